import type { FileOps } from '../model/files.js';

/** What the name of a journal that is being removed ends in. */
export const GONE = '.gone';

/** Removes the files of a folder, then the folder. */
export const removeFolder = async (files: FileOps, folder: string): Promise<void> => {
  for (const name of await files.list(folder)) await files.unlink(`${folder}/${name}`);
  await files.removeFolder(folder);
};

/**
 * Removes a journal's folder.
 *
 * Why renamed first: half a journal looks damaged to the next run; what is under the other name is only ever removed.
 */
export const removeJournal = async (files: FileOps, folder: string): Promise<void> => {
  await files.rename(folder, `${folder}${GONE}`);
  await removeFolder(files, `${folder}${GONE}`);
};
