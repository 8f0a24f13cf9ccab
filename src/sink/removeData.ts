import { dirname } from 'node:path';
import { SinkError } from '../model/errors.js';
import type { FileOps } from '../model/files.js';
import { guarded } from './fileTrouble.js';
import { isUnder } from './layout.js';

/**
 * Removes data files, and files of rejected records, that no manifest names. Paths are relative to the job's folder; those that are gone already are passed over.
 *
 * @throws SinkError where a path lies outside `_data` and `_rejects`, or cannot be removed.
 */
export const removeData = async (files: FileOps, jobFolder: string, paths: readonly string[]): Promise<void> => {
  const folders = new Set<string>();
  for (const relative of paths) {
    const path = `${jobFolder}/${relative}`;
    if (!isUnder(`${jobFolder}/_data`, path) && !isUnder(`${jobFolder}/_rejects`, path)) throw new SinkError(`${path}: it lies outside _data and _rejects, so it is not removed`);
    await guarded(path, 'removed', async () => {
      if ((await files.look(path)) === undefined) return;
      await files.unlink(path);
      folders.add(dirname(path));
    });
  }
  for (const folder of folders) await guarded(folder, 'made durable', () => files.syncFolder(folder));
};
