import type { FileOps } from '../model/files.js';
import type { Job } from '../model/job.js';
import type { Manifest } from '../model/manifest.js';
import type { Clock, Log } from '../model/ports.js';
import type { Settings } from '../model/settings.js';
import type { PartitionPorts } from '../run/partitionPorts.js';
import { lookAtCommitted, mendCommitted, type FilesLook, type Mended } from '../sink/committedFiles.js';
import { sweep } from '../sink/dataFolder.js';
import { removeAttemptLeftovers } from '../sink/attemptLeftovers.js';
import { dataFolder, publishedPath } from '../sink/layout.js';
import { guarded } from '../sink/fileTrouble.js';
import { createLedger, type LedgerFolder } from '../sink/ledgerFile.js';
import { createManifestStore } from '../sink/manifests.js';
import { createNodeFiles } from '../sink/nodeFiles.js';
import { publish } from '../sink/publishedTree.js';
import { writeRejects } from '../sink/rejectsFile.js';
import { withoutLinks } from '../sink/withoutLinks.js';
import { createFailures, type Failures } from '../state/failures.js';
import { createFollowedStore, type FollowedStore } from '../state/followedFile.js';
import { createJournalStore } from '../state/journalStore.js';

/** What a job keeps on disk, each part opened. */
export interface JobStore extends Pick<PartitionPorts, 'journals' | 'publish' | 'publishedPath' | 'removeLeftovers' | 'prepareData' | 'writeRejects'> {
  readonly files: FileOps;
  /** `<root>/<job>`, absolute. */
  readonly folder: string;
  readonly manifests: ReturnType<typeof createManifestStore>;
  readonly failures: Failures;
  readonly ledger: LedgerFolder;
  readonly followed: FollowedStore;
  /** Whether a version's files are where they belong, by name and size. @throws SinkError */
  lookAt(manifest: Manifest): Promise<FilesLook>;
  /** Puts a version's files back from what is there. For the holder of the job's lock. @throws SinkError */
  mend(manifest: Manifest): Promise<Mended>;
  /** Removes data files and rejected records that no manifest names and that are older than three days, and those superseded for a week. Gives how many. */
  sweep(nowMs: number): Promise<number>;
}

/** How long the files of a superseded version are kept for readers that hold its manifest. */
const KEEP_SUPERSEDED_MS = 7 * 24 * 3_600_000;

/** Opens a job's folder; makes nothing. */
export const openJobStore = (settings: Settings, job: Job, world: { readonly clock: Clock; readonly log: Log; readonly files?: FileOps }): JobStore => {
  const folder = `${settings.output.root}/${job.name}`;
  const files = withoutLinks(world.files ?? createNodeFiles(settings.output), folder);
  const ledger = createLedger(files, folder, world.log);
  return {
    files,
    folder,
    journals: createJournalStore({ files, clock: world.clock, log: world.log, jobFolder: folder }),
    manifests: createManifestStore(files, folder),
    failures: createFailures(files, folder),
    ledger,
    followed: createFollowedStore(files, folder, world.log),
    async sweep(nowMs) {
      await ledger.tidy();
      const swept = await sweep(files, folder, { nowMs, keepSupersededMs: KEEP_SUPERSEDED_MS });
      if (swept.removed > 0) world.log.info('garbage removed', { files: swept.removed, bytes: swept.removedBytes });
      return swept.removed;
    },
    lookAt: (manifest) => lookAtCommitted(files, folder, manifest),
    mend: (manifest) => mendCommitted(files, folder, manifest),
    publish: (manifest) => publish(files, folder, manifest),
    publishedPath,
    removeLeftovers: (partition, attemptId) => removeAttemptLeftovers(files, folder, partition, attemptId),
    async prepareData(partition) {
      const path = `${folder}/${dataFolder(partition)}`;
      await guarded(path, 'made', () => files.makeFolder(path));
    },
    writeRejects: (partition, attemptId, rejects) => writeRejects(files, folder, partition, attemptId, rejects),
  };
};
