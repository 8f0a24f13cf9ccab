import type { ChangeReason } from '../model/glance.js';
import type { Job } from '../model/job.js';
import type { PartitionState } from '../model/manifest.js';
import { partitionPath, type Partition } from '../model/partition.js';

/** Why a partition is exported: never committed · committed before its data were final · so young that it may still change · asked for · its committed files are gone · settled, and conversations that were open have changed. */
export type DueReason = 'missing' | 'provisional' | 'lookback' | 'forced' | 'damaged' | ChangeReason;

/** Why a partition is not exported now: final · its window is not over · its `settle` has not passed · beyond `maxPartitions`. */
export type NotDueReason = 'settled' | 'not-ended' | 'settling' | 'left-for-later';

/** What a decision needs to know of a committed partition. */
export interface CommittedFacts {
  readonly state: PartitionState;
}

/** What is wanted and what is there. */
export interface DueQuestion {
  readonly job: Pick<Job, 'settleMs' | 'lookbackMs'>;
  /** Units: UTC epoch milliseconds. */
  readonly nowMs: number;
  /** The partitions in range, in any order. */
  readonly partitions: readonly Partition[];
  /** By partition path. */
  readonly committed: ReadonlyMap<string, CommittedFacts>;
  /** Paths of committed partitions whose files are gone. */
  readonly lost?: ReadonlySet<string>;
  /** Exports what is settled, too; never what has not ended or is settling. */
  readonly force: boolean;
  /** Settled partitions whose open conversations have changed, by path. */
  readonly changed?: ReadonlyMap<string, ChangeReason>;
  /** At most so many are due: the oldest of those never exported, then the oldest others. */
  readonly maxPartitions?: number;
}

/** A partition to export, and why. */
export interface DuePartition {
  readonly partition: Partition;
  readonly reason: DueReason;
}

/** A partition not to export now, and why. */
export interface NotDuePartition {
  readonly partition: Partition;
  readonly reason: NotDueReason;
}

/** Every partition in range, once: to export or not. Both oldest first. */
export interface Due {
  readonly due: readonly DuePartition[];
  readonly notDue: readonly NotDuePartition[];
}

const reasonFor = (partition: Partition, { job, nowMs, committed, lost, force, changed }: DueQuestion): DueReason | Exclude<NotDueReason, 'left-for-later'> => {
  const { endMs } = partition.window;
  if (endMs > nowMs) return 'not-ended';
  if (endMs + job.settleMs > nowMs) return 'settling';
  const facts = committed.get(partitionPath(partition));
  if (facts === undefined) return 'missing';
  if (force) return 'forced';
  if (lost?.has(partitionPath(partition)) === true) return 'damaged';
  // Young is provisional whatever the manifest says: the lookback may have been lengthened since.
  if (endMs + job.lookbackMs > nowMs) return 'lookback';
  return facts.state === 'settled' ? (changed?.get(partitionPath(partition)) ?? 'settled') : 'provisional';
};

/** Of more than are wanted the oldest; what is committed and may still change waits for what was never exported, which a small limit would starve. */
const firstOf = (wanted: readonly DuePartition[], limit: number): ReadonlySet<DuePartition> =>
  new Set([...wanted.filter(({ reason }) => reason === 'missing'), ...wanted.filter(({ reason }) => reason !== 'missing')].slice(0, limit));

/** Which partitions are to be exported, and why; which not, and why not. */
export const due = (question: DueQuestion): Due => {
  const wanted: DuePartition[] = [];
  const notDue: NotDuePartition[] = [];
  const oldestFirst = [...question.partitions].sort((a, b) => a.window.startMs - b.window.startMs);
  for (const partition of oldestFirst) {
    const reason = reasonFor(partition, question);
    if (reason === 'settled' || reason === 'not-ended' || reason === 'settling') notDue.push({ partition, reason });
    else wanted.push({ partition, reason });
  }
  const now = firstOf(wanted, question.maxPartitions ?? Number.POSITIVE_INFINITY);
  const later = wanted.filter((one) => !now.has(one)).map(({ partition }): NotDuePartition => ({ partition, reason: 'left-for-later' }));
  return { due: wanted.filter((one) => now.has(one)), notDue: [...notDue, ...later].sort((a, b) => a.partition.window.startMs - b.partition.window.startMs) };
};

/** How many partitions are not due, by reason; reasons without partitions are absent. */
export const countByReason = (notDue: readonly NotDuePartition[]): Readonly<Record<string, number>> => {
  const counts: Partial<Record<NotDueReason, number>> = {};
  for (const { reason } of notDue) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
};
