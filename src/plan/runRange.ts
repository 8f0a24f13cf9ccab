import type { Job } from '../model/job.js';
import type { PartitionState } from '../model/manifest.js';
import type { Partition } from '../model/partition.js';
import type { Window } from '../model/window.js';
import type { CommittedFacts } from './due.js';
import { partitionFromPath, partitionOf, partitionsBetween, startOfDate } from './partitions.js';

/** What of a job decides what `run` looks at. */
export type RunScope = Pick<Job, 'name' | 'window' | 'timezone' | 'start'>;

/** A half-open range of partitions. Units: UTC epoch milliseconds. */
export interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Yesterday's first instant, in the job's time zone. */
const yesterday = (job: RunScope, nowMs: number): number => {
  const days = { name: job.name, timezone: job.timezone, window: '1d' as const };
  const today: Window = partitionOf(days, nowMs).window;
  return partitionOf(days, today.startMs - 1).window.startMs;
};

/**
 * What `run` looks at: from `start` (without it: yesterday) to the end of the last window that is over.
 *
 * Shape: empty (`fromMs >= toMs`) where the start is still to come.
 */
export const runRange = (job: RunScope, nowMs: number): Range => {
  const startMs = job.start === undefined ? undefined : startOfDate(job.timezone, job.start);
  return { fromMs: startMs ?? yesterday(job, nowMs), toMs: partitionOf(job, nowMs).window.startMs };
};

/** Where committed partitions of the job's own cut start; with a state, only those in it. */
function* committedStarts(job: RunScope, committed: ReadonlyMap<string, CommittedFacts>, state?: PartitionState): Generator<number, void, void> {
  for (const [path, facts] of committed) {
    if (state !== undefined && facts.state !== state) continue;
    const partition = partitionFromPath(job, path);
    if (partition !== undefined) yield partition.window.startMs;
  }
}

const partitionsFrom = (job: RunScope, nowMs: number, starts: Iterable<number>): readonly Partition[] => {
  const { fromMs, toMs } = runRange(job, nowMs);
  let firstMs = fromMs;
  if (job.start === undefined) for (const startMs of starts) firstMs = Math.min(firstMs, startMs);
  return partitionsBetween(job, firstMs, toMs);
};

/**
 * The partitions that `run` looks at, oldest first. A job without a start also goes back to its oldest provisional partition,
 * and looks at everything since.
 *
 * Why: a run that was missed for some days must not leave them out for ever; a provisional partition shows where runs stopped.
 * @throws ConfigError where the job's windows cannot tile (`partitionsBetween`).
 */
export const runPartitions = (job: RunScope, nowMs: number, committed: ReadonlyMap<string, CommittedFacts>): readonly Partition[] =>
  partitionsFrom(job, nowMs, committedStarts(job, committed, 'provisional'));

/**
 * The partitions between which a gap is worth naming, oldest first: from the start (without it: from the oldest committed one)
 * to the last window that is over.
 *
 * Why more than `run` looks at: a job without a start that was not run for days has holes that only `backfill` fills.
 * @throws ConfigError where the job's windows cannot tile (`partitionsBetween`).
 */
export const expectedPartitions = (job: RunScope, nowMs: number, committed: ReadonlyMap<string, CommittedFacts>): readonly Partition[] =>
  partitionsFrom(job, nowMs, committedStarts(job, committed));
