import { CompletenessError, RequestRefusedError } from '../model/errors.js';
import type { Manifest } from '../model/manifest.js';
import { dayAfter, partitionPath, type Partition } from '../model/partition.js';
import type { IndexCounts } from './partitionIndex.js';
import type { PartitionPorts } from './partitionPorts.js';

/**
 * The API's own count of a partition; null where the job does not ask for it, or the server cannot say.
 *
 * @throws what `ConversationSource.total` throws, but for a refusal: a gateway need not speak the public query.
 */
export const sourceTotal = async (ports: PartitionPorts, partition: Partition): Promise<number | null> => {
  if (!ports.job.completeness.checkTotal) return null;
  try {
    return await ports.source.total(partition.window, ports.signal);
  } catch (error) {
    if (!(error instanceof RequestRefusedError)) throw error;
    ports.log.warn('the API does not count', { partition: partitionPath(partition), reason: error.message });
    return null;
  }
};

/** Whether what was read is as much as the API says there is, within the job's tolerance. */
export const isComplete = (counts: IndexCounts, total: number | null, tolerance: number): boolean =>
  total === null || Math.abs(counts.unique + counts.rejects - total) <= total * tolerance;

/** The error of a partition that stays short, or long, when it has been read twice. */
export const incomplete = (partition: Partition, counts: IndexCounts, total: number): CompletenessError =>
  new CompletenessError(`${partitionPath(partition)}: ${String(counts.unique + counts.rejects)} conversations were read, the API counts ${String(total)}`, {
    remedy: 'Run again later. If it stays so: compare the divisions that the OAuth client may see, or raise completeness.tolerance in the job.',
  });

/** Whether what was read is as much as files held that are gone: the API may have forgotten, a backup may not. */
export const isAsMuch = (counts: IndexCounts, { counts: before }: Manifest): boolean => counts.unique + counts.rejects >= before.unique + before.rejects;

/** The error of a partition whose files are gone, and of which the API gives less by now. */
export const lessThanLost = (counts: IndexCounts, { job, partition, counts: before }: Manifest): CompletenessError =>
  new CompletenessError(`${partition}: its committed files are gone, and the API gives ${String(counts.unique + counts.rejects)} of the ${String(before.unique + before.rejects)} conversations that they held`, {
    remedy: `Restore its files from a backup, or take what the API still has: gcx backfill ${job} --from ${partition.slice(3, 13)} --to ${dayAfter(partition.slice(3, 13))} --force`,
  });
