import { createNodeFiles } from '../../src/sink/nodeFiles.js';
import { failNth } from '../support/failingFiles.js';
import { fileOpsContract } from './fileOps.contract.js';

const MODES = { fileMode: 0o640, dirMode: 0o750 };

fileOpsContract('node', () => createNodeFiles(MODES));
fileOpsContract('node, counted', () => failNth(createNodeFiles(MODES)));
