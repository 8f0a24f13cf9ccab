import { ANSWERS } from './answers.js';
import { CONFIGURATION } from './configuration.js';
import { csvTargets } from './csv.js';
import type { FuzzTarget } from './fuzzTarget.js';
import { PATHS } from './paths.js';
import { savedFileTargets } from './savedFiles.js';

/** Everything that reads what others have written. `folder` is empty, and theirs. */
export const fuzzTargets = async (folder: string): Promise<readonly FuzzTarget[]> => [...ANSWERS, ...CONFIGURATION, ...PATHS, ...csvTargets(folder), ...(await savedFileTargets(folder))];
