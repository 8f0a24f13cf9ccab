import type { Job } from '../model/job.js';
import type { PartitionState } from '../model/manifest.js';
import type { SourceAsOf } from '../model/page.js';
import type { Partition } from '../model/partition.js';

/** What decides whether an export of a partition may still change. */
export interface StateQuestion {
  readonly partition: Pick<Partition, 'window'>;
  /** The mark taken before page 1 of the attempt, also where the attempt was resumed days later. */
  readonly sourceAsOf: SourceAsOf;
  /** The source's clock where it is known, else ours. Units: UTC epoch milliseconds. */
  readonly nowMs: number;
  readonly job: Pick<Job, 'settleMs' | 'lookbackMs'>;
}

/**
 * `settled` where the source was complete for the window, `settle` had passed, and what was read is younger than the lookback's end; else `provisional`.
 *
 * Why the lookback is measured against the source's mark, too: an attempt begun inside the lookback and finished after it
 * holds pages from before late changes, and a lake that lags has not seen them.
 */
export const settledOrProvisional = ({ partition, sourceAsOf, nowMs, job }: StateQuestion): PartitionState => {
  const { endMs } = partition.window;
  const readMs = Math.min(nowMs, sourceAsOf.ms);
  return endMs <= readMs && endMs + job.settleMs <= nowMs && endMs + job.lookbackMs <= readMs ? 'settled' : 'provisional';
};

/** What a provisional partition waits for: the data lake to get on · its lookback to pass · nothing but the next run. */
export type Awaited = 'watermark' | 'lookback' | 'run';

/** Why a partition is provisional still. */
export const awaitedBy = ({ partition, sourceAsOf, nowMs, job }: StateQuestion): Awaited => {
  const { endMs } = partition.window;
  const isLake = sourceAsOf.origin === 'availability';
  if (isLake && endMs > sourceAsOf.ms) return 'watermark';
  if (endMs + Math.max(job.settleMs, job.lookbackMs) > nowMs) return 'lookback';
  return isLake && endMs + job.lookbackMs > sourceAsOf.ms ? 'watermark' : 'run';
};
