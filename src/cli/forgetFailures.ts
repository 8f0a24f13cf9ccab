import { StateError } from '../model/errors.js';
import { partitionPath } from '../model/partition.js';
import type { Log } from '../model/ports.js';
import type { Due } from '../plan/due.js';
import type { Failures, FoundFailure } from '../state/failures.js';

/** Failures of a forced export that are over when a partition's files are in place: its publication, e.g., which is made up for. Others say that what is committed was not replaced. */
const OF_FILES: ReadonlySet<string> = new Set(['SinkError', 'StateError', 'CompletenessError', 'OtherSettingsError']);

const isOver = (found: FoundFailure): boolean => found.kind === 'unreadable' || found.failure.forced !== true || OF_FILES.has(found.failure.error);

/**
 * Forgets what earlier runs could not do where it is done: the partition is settled and its files are in place. Nothing exports it again, and so nothing else forgets the failure.
 *
 * @param undone paths of partitions whose files are not in place, or that a later run exports again all the same
 */
export const forgetFailures = async (failures: Pick<Failures, 'list' | 'clear'>, { notDue }: Pick<Due, 'notDue'>, undone: ReadonlySet<string>, log: Log): Promise<void> => {
  try {
    const settled = new Set(notDue.flatMap(({ partition, reason }) => (reason === 'settled' ? [partitionPath(partition)] : [])));
    for (const found of await failures.list()) {
      const { partition } = found;
      if (settled.has(partition) && !undone.has(partition) && isOver(found)) await failures.clear(partition);
    }
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    log.warn('failure record not removed', { reason: error.message });
  }
};
