import type { FileOps } from '../model/files.js';

/**
 * Puts a small file in place of another, durably: temporary, fsync, rename, fsync of the folder.
 *
 * Invariant: one writer a name (the job's lock); a temporary that a crash left behind is replaced.
 * @throws what the file operations throw; the old file is then still there.
 */
export const replaceFile = async (files: FileOps, folder: string, name: string, bytes: Uint8Array): Promise<void> => {
  const path = `${folder}/${name}`;
  const temporary = `${folder}/.tmp-${name}`;
  if ((await files.look(temporary)) !== undefined) await files.unlink(temporary);
  const file = await files.open(temporary, 'create');
  try {
    await file.write(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await files.rename(temporary, path);
  await files.syncFolder(folder);
};
