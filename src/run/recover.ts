import { StateError } from '../model/errors.js';
import { failureOf } from './failureOf.js';
import type { CurrentManifest, PartitionPorts } from './partitionPorts.js';
import type { Failure, PartitionOutcome } from './report.js';

type RecoverPorts = Pick<PartitionPorts, 'journals' | 'manifests' | 'publish' | 'removeLeftovers' | 'log' | 'signal'> & {
  readonly source: Pick<PartitionPorts['source'], 'release'>;
  /** By the file system's clock. Units: UTC epoch milliseconds. */
  readonly nowMs: number;
  /** Attempts that have nothing left to do but to remove their journals. */
  readonly finished: ReadonlySet<string>;
};

/** A journal that no run went on with for so long belongs to a partition that nobody wants any more; the API has forgotten its position, too. */
const FORGOTTEN_MS = 7 * 24 * 3_600_000;

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

const publicationFailure = async ({ publish }: RecoverPorts, { manifest }: CurrentManifest): Promise<Failure | undefined> => {
  try {
    await publish(manifest);
    return undefined;
  } catch (error) {
    return failureOf(error);
  }
};

/**
 * Finishes what a crash left between a commit and its clean-up, and drops journals of attempts that are finished, that a later commit has overtaken, or that no run has gone on with for a week.
 *
 * Why by journals: a journal is the last thing a commit removes, so one that is there says that its commit, if there was one, is not finished.
 * @returns the partitions whose commit cannot be finished, e.g. because its data are gone: each is to be told, none keeps the others, or its own new export, from running.
 */
export const recover = async (ports: RecoverPorts): Promise<readonly PartitionOutcome[]> => {
  const { journals, removeLeftovers, source, log, signal } = ports;
  const unfinished: PartitionOutcome[] = [];
  const forgottenMs = ports.nowMs - FORGOTTEN_MS;
  for (const { attemptId, partition, sourceAsOf, position, writtenMs } of await journals.attempts(forgottenMs)) {
    // The next run finishes the rest.
    if (signal.aborted) break;
    const current = await currentOf(ports, partition);
    const mine = current?.manifest.commitId === attemptId;
    if (!mine && writtenMs < forgottenMs) {
      if (position !== null) await source.release(position, signal);
      await journals.discard(attemptId);
      log.warn('forgotten journal removed', { partition });
      continue;
    }
    if (current === undefined) continue;
    const overtaken = current.manifest.sourceAsOf.origin === sourceAsOf.origin && Date.parse(current.manifest.sourceAsOf.at) > sourceAsOf.ms;
    const finished = mine || ports.finished.has(attemptId);
    if (!finished && !overtaken) continue;
    const failure = mine ? await publicationFailure(ports, current) : undefined;
    if (failure !== undefined) {
      unfinished.push({ result: 'failed', partition, failure, pagesFetched: 0 });
      continue;
    }
    await removeLeftovers(partition, attemptId);
    if (position !== null) await source.release(position, signal);
    await journals.discard(attemptId);
    log.info(mine ? 'commit finished after a crash' : finished ? 'journal of a finished export removed' : 'journal overtaken by a later commit', { partition });
  }
  return unfinished;
};
