import { StateError } from '../model/errors.js';
import type { CurrentManifest, PartitionPorts } from './partitionPorts.js';

type RecoverPorts = Pick<PartitionPorts, 'journals' | 'manifests' | 'publish' | 'log'>;

/** A damaged manifest fails its own partition when that is due, and `verify`; it does not keep the others from being finished. */
const currentOf = async ({ manifests, log }: RecoverPorts, partition: string): Promise<CurrentManifest | undefined> => {
  try {
    return await manifests.read(partition);
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    log.warn('manifest cannot be read', { partition, reason: error.message });
    return undefined;
  }
};

/**
 * Finishes what a crash left between a commit and its clean-up, and drops journals that a later commit has overtaken.
 *
 * Why by journals: a journal is the last thing a commit removes, so one that is there says that its commit, if there was one, is not finished.
 */
export const recover = async (ports: RecoverPorts): Promise<void> => {
  const { journals, publish, log } = ports;
  for (const { attemptId, partition, sourceAsOf } of await journals.attempts()) {
    const current = await currentOf(ports, partition);
    if (current === undefined) continue;
    const mine = current.manifest.commitId === attemptId;
    const overtaken = Date.parse(current.manifest.sourceAsOf.at) > sourceAsOf.ms;
    if (!mine && !overtaken) continue;
    if (mine) await publish(current.manifest);
    await journals.discard(attemptId);
    log.info(mine ? 'commit finished after a crash' : 'journal overtaken by a later commit', { partition });
  }
};
