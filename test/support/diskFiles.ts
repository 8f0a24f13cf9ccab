import { createNodeFiles } from '../../src/sink/nodeFiles.js';

/** The real file operations, with the default modes. */
export const diskFiles = createNodeFiles({ fileMode: 0o600, dirMode: 0o700 });
