import type { ChangeReason, Followed, FollowedConversation, Glance, GlanceWish } from '../model/glance.js';
import { CHANGE_REASONS } from '../model/glance.js';
import type { Job } from '../model/job.js';
import type { PartitionState } from '../model/manifest.js';
import { partitionPath, type Partition } from '../model/partition.js';

/** What is known of a committed partition whose conversations may be followed. */
export interface FollowedPartition {
  readonly partition: Partition;
  readonly state: PartitionState;
  /** This run's export of it would be settled. */
  readonly settlesNow: boolean;
  /** Conversations of the committed version without an end; null: not listed by id. */
  readonly openIds: readonly string[] | null;
  /** How many they are. */
  readonly open: number;
  /** How fresh the source was for the committed version. Units: UTC epoch milliseconds. */
  readonly asOfMs: number;
}

/** What decides who is looked at. */
export interface FollowQuestion {
  readonly job: Pick<Job, 'lookbackMs' | 'openConversations'>;
  /** Units: UTC epoch milliseconds. */
  readonly nowMs: number;
  readonly partitions: readonly FollowedPartition[];
  readonly known: Followed;
}

/** A partition, and the conversations in it that are to be looked at. */
export interface FollowWish extends GlanceWish {
  /** Its path. */
  readonly partition: string;
  readonly isSettled: boolean;
}

/** Whom to look at, and which settled partitions can only be read whole. */
export interface FollowPlan {
  readonly wishes: readonly FollowWish[];
  readonly whole: readonly string[];
}

/** Ids that can stand in a list of ids in an address. */
const ASKABLE = /^[\w.~-]{1,128}$/;

const byPartition = (conversations: readonly FollowedConversation[]): ReadonlyMap<string, readonly FollowedConversation[]> => {
  const groups = new Map<string, FollowedConversation[]>();
  for (const conversation of conversations) groups.set(conversation.partition, [...(groups.get(conversation.partition) ?? []), conversation]);
  return groups;
};

/** Whether it ended, or went, so long ago that nothing more is expected of it. */
const isOver = ({ endedMs }: FollowedConversation, { job, nowMs }: Pick<FollowQuestion, 'job' | 'nowMs'>): boolean => endedMs !== null && endedMs + job.lookbackMs <= nowMs;

/**
 * The conversations to look at: those that are open in a settled partition, or in one that settles now, and those that ended less than `lookback` ago,
 * as wrap-ups come late and some are reopened; each until its partition is older than `maxAge`.
 */
export const followPlan = (question: FollowQuestion): FollowPlan => {
  const { job, nowMs, partitions, known } = question;
  const knownOf = byPartition(known.conversations);
  const wishes: FollowWish[] = [];
  const whole: string[] = [];
  for (const { partition, state, settlesNow, openIds, open, asOfMs } of partitions) {
    const path = partitionPath(partition);
    const isSettled = state === 'settled';
    if (partition.window.endMs + job.openConversations.maxAgeMs <= nowMs || !(isSettled || settlesNow)) continue;
    const before = knownOf.get(path) ?? [];
    // A version that was read later and has it open again knows better.
    const done = new Set(before.filter((one) => isOver(one, question) && (one.endedMs ?? 0) >= asOfMs).map(({ id }) => id));
    const late = before.filter((one) => one.endedMs !== null && !isOver(one, question)).map(({ id }) => id);
    const ids = [...new Set([...(openIds ?? []), ...late])].filter((id) => !done.has(id)).sort();
    if ((openIds === null && open > 0) || !ids.every((id) => ASKABLE.test(id))) {
      if (isSettled) whole.push(path);
    } else if (ids.length > 0) {
      wishes.push({ partition: path, window: partition.window, ids, isSettled });
    }
  }
  return { wishes, whole };
};

/** What a look gave. */
export interface FollowVerdict {
  /** Settled partitions to export again, by path, and why. */
  readonly reasons: ReadonlyMap<string, ChangeReason>;
  /** What is to be remembered of each partition that was looked at, once it has taken in what changed. */
  readonly after: ReadonlyMap<string, readonly FollowedConversation[]>;
  /** Conversations by what became of them; those that are as before are not counted. */
  readonly changes: Readonly<Partial<Record<ChangeReason, number>>>;
}

const changeOf = (before: FollowedConversation | undefined, now: Glance | undefined): ChangeReason | undefined => {
  if (before !== undefined && before.fingerprint === (now?.fingerprint ?? null)) return undefined;
  const wasOpen = before === undefined || before.endedMs === null;
  if (now === undefined) return 'conversations-vanished';
  if (!now.isOpen) return wasOpen ? 'conversations-ended' : 'conversations-changed';
  if (!wasOpen) return 'conversations-reopened';
  // Never looked at before: nobody knows whether it is as it was exported, so that its partition is read once more.
  return before === undefined ? 'conversations-open' : 'conversations-changed';
};

/** Holds what a look found against what the partitions have taken in. */
export const followVerdict = (wishes: readonly FollowWish[], found: ReadonlyMap<string, Glance>, question: Omit<FollowQuestion, 'partitions'>): FollowVerdict => {
  const { known, nowMs } = question;
  const knownOf = byPartition(known.conversations);
  const reasons = new Map<string, ChangeReason>();
  const after = new Map<string, readonly FollowedConversation[]>();
  const changes: Partial<Record<ChangeReason, number>> = {};
  for (const { partition, ids, isSettled } of wishes) {
    const before = new Map((knownOf.get(partition) ?? []).map((one) => [one.id, one]));
    for (const id of ids) {
      const now = found.get(id);
      const remembered = before.get(id);
      const was = remembered === undefined || isOver(remembered, question) ? undefined : remembered;
      const change = changeOf(was, now);
      if (change !== undefined && isSettled) {
        changes[change] = (changes[change] ?? 0) + 1;
        const reason = reasons.get(partition);
        if (reason === undefined || CHANGE_REASONS.indexOf(change) < CHANGE_REASONS.indexOf(reason)) reasons.set(partition, change);
      }
      before.set(id, { id, partition, fingerprint: now?.fingerprint ?? null, endedMs: now?.isOpen === true ? null : (was?.endedMs ?? nowMs) });
    }
    after.set(partition, [...before.values()]);
  }
  return { reasons, after, changes };
};
