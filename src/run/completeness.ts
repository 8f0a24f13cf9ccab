import { forcedBackfill } from '../model/backfillCommand.js';
import { CompletenessError, RequestRefusedError } from '../model/errors.js';
import type { CompletenessOptions } from '../model/job.js';
import type { Manifest } from '../model/manifest.js';
import { dayOf, partitionPath, type Partition } from '../model/partition.js';
import { isFewerThan } from '../model/shortfall.js';
import type { FetchedPages } from './fetchPages.js';
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

/** Conversations that were read and started in the window, or do not tell when they started; those set aside included. */
const readIn = ({ contents: { counts, rejectsElsewhere, rejectsWritten } }: Pick<FetchedPages, 'contents'>): number => counts.unique + counts.rejects - rejectsElsewhere - rejectsWritten;

/** Whether what was read is as much as the API says there is, within the job's tolerance: by its own count where the job asks for it, else by the totals that its answers give. */
export const isComplete = (read: Pick<FetchedPages, 'contents' | 'missing'>, total: number | null, { tolerance, answerTotals }: CompletenessOptions): boolean => {
  const count = readIn(read);
  if (total === null) return !answerTotals || !isFewerThan(count + read.missing, count, tolerance);
  return !isFewerThan(total, count, tolerance) && count - total <= total * tolerance;
};

/** The error of a partition that stays short, or long, when it has been read twice. */
export const incomplete = (partition: Partition, read: Pick<FetchedPages, 'contents' | 'missing'>, total: number | null): CompletenessError => {
  const what = `${partitionPath(partition)}: ${String(readIn(read))}`;
  return total === null
    ? new CompletenessError(`${what} conversations were read, ${String(read.missing)} more should have come by the answers’ own totals, which led to no further page`, {
        remedy: 'Run again later. If it stays so: look at an answer for a link under another name, or, where its totals count something else, set completeness.answerTotals: false in the job.',
      })
    : new CompletenessError(`${what} conversations were read, the API counts ${String(total)}`, {
        remedy: 'Run again later. If it stays so: compare the divisions that the OAuth client may see, or raise completeness.tolerance in the job.',
      });
};

/** Whether what was read is as much as files held that are gone: the API may have forgotten, a backup may not. */
export const isAsMuch = (counts: IndexCounts, { counts: before }: Manifest): boolean => counts.unique + counts.rejects >= before.unique + before.rejects;

/** The error of a partition whose files are gone, and of which the API gives less by now. */
export const lessThanLost = (counts: IndexCounts, { job, partition, counts: before }: Manifest): CompletenessError =>
  new CompletenessError(`${partition}: its committed files are gone, and the API gives ${String(counts.unique + counts.rejects)} of the ${String(before.unique + before.rejects)} conversations that they held`, {
    remedy: `Restore its files from a backup, or take what the API still has: ${forcedBackfill(job, dayOf(partition))}`,
  });
