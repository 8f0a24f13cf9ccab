import { StateError } from '../model/errors.js';
import { partitionPath } from '../model/partition.js';
import type { Log } from '../model/ports.js';
import type { Due } from '../plan/due.js';
import type { Failures } from '../state/failures.js';

/**
 * Forgets what earlier runs could not do where it is done: the partition is settled and its files are in place. Nothing exports it again, and so nothing else forgets the failure.
 *
 * @param damaged paths of partitions whose files are not in place
 */
export const forgetFailures = async (failures: Pick<Failures, 'clear'>, { notDue }: Pick<Due, 'notDue'>, damaged: { has(path: string): boolean }, log: Log): Promise<void> => {
  try {
    for (const { partition, reason } of notDue) {
      const path = partitionPath(partition);
      if (reason === 'settled' && !damaged.has(path)) await failures.clear(path);
    }
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    log.warn('failure record not removed', { reason: error.message });
  }
};
