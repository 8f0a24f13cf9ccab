import { afterAll, afterEach } from 'vitest';
import { fileEnds, testEnds } from './support/leftovers.js';

// Here and not in the modules that make things: without isolation a module is loaded once a process, and a hook at its top would serve the first file only.
afterEach(testEnds);
afterAll(fileEnds);
