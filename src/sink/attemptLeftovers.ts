import type { FileOps } from '../model/files.js';
import { guarded } from './fileTrouble.js';
import { dataFolder, hiveEscape, manifestFolder, rejectsPath } from './layout.js';
import { createManifestStore } from './manifests.js';
import { attemptTemporaryPrefix } from './temporaryName.js';

/**
 * Removes what an attempt wrote and no version of its partition names: data of a try that was cut short or changed nothing, and temporary files.
 *
 * Why an attempt's own are never garbage that waits 72 hours: its id is in every name, and who removes its journal knows that it has ended.
 * @throws SinkError · StateError where the partition's manifests are damaged: nothing is removed then.
 */
export const removeAttemptLeftovers = async (files: FileOps, jobFolder: string, partition: string, attemptId: string): Promise<void> => {
  const chain = await createManifestStore(files, jobFolder).chain(partition);
  const named = new Set(chain.flatMap(({ manifest }) => [...manifest.files.map(({ path }) => path), ...(manifest.rejects === null ? [] : [manifest.rejects.path])]));
  const rejects = rejectsPath(partition, attemptId);
  const prefixes = [attemptTemporaryPrefix(attemptId), `${hiveEscape(attemptId)}-`, rejects.slice(rejects.lastIndexOf('/') + 1)];
  for (const folder of [dataFolder(partition), manifestFolder(partition), rejects.slice(0, rejects.lastIndexOf('/'))]) {
    const path = `${jobFolder}/${folder}`;
    await guarded(path, 'cleaned', async () => {
      let removed = false;
      for (const name of await files.list(path)) {
        if (!prefixes.some((prefix) => name.startsWith(prefix)) || named.has(`${folder}/${name}`)) continue;
        await files.unlink(`${path}/${name}`);
        removed = true;
      }
      if (removed) await files.syncFolder(path);
    });
  }
};
