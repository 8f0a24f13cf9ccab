import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { whenFileEnds } from './leftovers.js';

/** A fresh folder, removed when the test file is done. */
export const temporaryFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'gcx-'));
  whenFileEnds(() => rm(folder, { recursive: true, force: true }));
  return folder;
};
