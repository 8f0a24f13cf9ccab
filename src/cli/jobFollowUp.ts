import type { Followed } from '../model/glance.js';
import type { Job } from '../model/job.js';
import type { SourceAsOf } from '../model/page.js';
import { partitionReader } from '../plan/partitions.js';
import { followPlan, withCommitted, type FollowedPartition } from '../plan/follow.js';
import { settledOrProvisional } from '../plan/state.js';
import type { FollowedFacts } from './openedJob.js';
import type { Committed } from './jobWork.js';
import { exportedAsNow } from './otherSettings.js';

/**
 * The committed partitions of a job whose open conversations may be followed.
 *
 * Left out: those that were exported with other settings than the job has now, as exporting them again needs `--force`.
 */
export const followedPartitions = (job: Job, committed: Committed, { nowMs, sourceAsOf }: { readonly nowMs: number; readonly sourceAsOf: SourceAsOf }): readonly FollowedPartition[] => {
  const read = partitionReader(job);
  const isAsNow = exportedAsNow(job);
  return [...committed].flatMap(([path, manifest]) => {
    const partition = read(path);
    if (partition === undefined || !isAsNow(partition, manifest)) return [];
    const { state, counts, openIds, sourceAsOf: { at } } = manifest;
    const settlesNow = settledOrProvisional({ partition, sourceAsOf, nowMs, job }) === 'settled';
    return [{ partition, state, settlesNow, openIds: openIds ?? null, open: counts.open, asOfMs: Date.parse(at) }];
  });
};

/** As they would be taken by a run now: without asking, the source is as fresh as can be. */
const partitionsAt = (job: Job, committed: Committed, nowMs: number): readonly FollowedPartition[] => followedPartitions(job, committed, { nowMs, sourceAsOf: { ms: nowMs, origin: 'date-header' } });

/** What is known of followed conversations: what was remembered, and what is committed since. */
export const knownOf = (job: Job, committed: Committed, remembered: Followed, nowMs: number): Followed =>
  remembered.looks.length === 0 ? remembered : withCommitted(remembered, partitionsAt(job, committed, nowMs));

/** How many conversations the next run looks at, by what is known without asking; null where the job follows none. */
export const followedFacts = (job: Job, committed: Committed, known: Followed, nowMs: number): FollowedFacts | null => {
  if (job.openConversations.maxAgeMs === 0) return null;
  const { wishes, whole } = followPlan({ job, nowMs, partitions: partitionsAt(job, committed, nowMs), known });
  const settled = wishes.filter(({ isSettled }) => isSettled);
  return {
    conversations: settled.reduce((sum, { ids }) => sum + ids.length, 0),
    partitions: settled.length + whole.length,
    lookedAt: known.lookedMs === null ? null : new Date(known.lookedMs).toISOString(),
  };
};
