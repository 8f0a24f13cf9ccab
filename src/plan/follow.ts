import type { ChangeReason, Followed, FollowedConversation, FollowedLook, Glance, GlanceWish } from '../model/glance.js';
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

/** What is remembered once these partitions have taken in how they looked. */
export const withTakenIn = (followed: Followed, partitions: ReadonlySet<string>): Followed => {
  const isTaken = ({ partition }: { readonly partition: string }): boolean => partitions.has(partition);
  const looks = followed.looks.filter(isTaken);
  const replaced = new Set(looks.map(({ partition }) => partition));
  return {
    ...followed,
    conversations: [...followed.conversations.filter(({ partition }) => !replaced.has(partition)), ...looks.flatMap(({ conversations }) => conversations)],
    due: followed.due.filter((one) => !isTaken(one)),
    looks: followed.looks.filter((one) => !isTaken(one)),
  };
};

/** What is remembered, and what the committed versions show beside: a run that is stopped right after a commit cannot say what its partition has taken in. */
export const withCommitted = (followed: Followed, partitions: readonly Pick<FollowedPartition, 'partition' | 'asOfMs'>[]): Followed => {
  const asOf = new Map(partitions.map(({ partition, asOfMs }) => [partitionPath(partition), asOfMs]));
  const taken = followed.looks.filter(({ partition, asOfMs }) => (asOf.get(partition) ?? Number.NEGATIVE_INFINITY) >= asOfMs);
  return withTakenIn(followed, new Set(taken.map(({ partition }) => partition)));
};

/** Ids that can stand in a list of ids in an address. */
const ASKABLE = /^[\w.~-]{1,128}$/;

const byPartition = (conversations: readonly FollowedConversation[]): ReadonlyMap<string, readonly FollowedConversation[]> => {
  const groups = new Map<string, FollowedConversation[]>();
  for (const conversation of conversations) {
    const group = groups.get(conversation.partition);
    if (group === undefined) groups.set(conversation.partition, [conversation]);
    else group.push(conversation);
  }
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
  /** One of each partition that was looked at. */
  readonly looks: readonly FollowedLook[];
  /** Conversations by what became of them; those that are as before are not counted. */
  readonly changes: Readonly<Partial<Record<ChangeReason, number>>>;
}

const unlessOver = (conversation: FollowedConversation | undefined, question: Pick<FollowQuestion, 'job' | 'nowMs'>): FollowedConversation | undefined =>
  conversation === undefined || isOver(conversation, question) ? undefined : conversation;

const changeOf = (before: FollowedConversation | undefined, now: Glance | undefined): ChangeReason | undefined => {
  if (before !== undefined && before.fingerprint === (now?.fingerprint ?? null)) return undefined;
  const wasOpen = before === undefined || before.endedMs === null;
  if (now === undefined) return 'conversations-vanished';
  if (!now.isOpen) return wasOpen ? 'conversations-ended' : 'conversations-changed';
  if (!wasOpen) return 'conversations-reopened';
  // Never looked at before: nobody knows whether it is as it was exported, so that its partition is read once more.
  return before === undefined ? 'conversations-open' : 'conversations-changed';
};

const showTheSame = (some: readonly FollowedConversation[], others: readonly FollowedConversation[]): boolean => {
  const fingerprints = new Map(others.map(({ id, fingerprint }) => [id, fingerprint]));
  return some.length === others.length && some.every(({ id, fingerprint }) => fingerprints.get(id) === fingerprint);
};

/** What a verdict needs to know; the source's mark was taken before the look. Units: UTC epoch milliseconds. */
export type VerdictQuestion = Omit<FollowQuestion, 'partitions'> & { readonly asOfMs: number };

/**
 * Holds what a look found against what the partitions have taken in.
 *
 * A look that shows a partition as the one before it did is that one: what was read between the two has taken it in.
 */
export const followVerdict = (wishes: readonly FollowWish[], found: ReadonlyMap<string, Glance>, question: VerdictQuestion): FollowVerdict => {
  const { known, nowMs, asOfMs } = question;
  const knownOf = byPartition(known.conversations);
  const lookOf = new Map(known.looks.map((one) => [one.partition, one]));
  const reasons = new Map<string, ChangeReason>();
  const looks: FollowedLook[] = [];
  const changes: Partial<Record<ChangeReason, number>> = {};
  for (const { partition, ids, isSettled } of wishes) {
    const after = new Map((knownOf.get(partition) ?? []).map((one) => [one.id, one]));
    const earlier = lookOf.get(partition);
    const seen = new Map((earlier?.conversations ?? []).map((one) => [one.id, one]));
    for (const id of ids) {
      const now = found.get(id);
      const was = unlessOver(after.get(id), question);
      const last = unlessOver(seen.get(id), question) ?? was;
      const change = changeOf(was, now);
      if (change !== undefined && isSettled) {
        changes[change] = (changes[change] ?? 0) + 1;
        const reason = reasons.get(partition);
        if (reason === undefined || CHANGE_REASONS.indexOf(change) < CHANGE_REASONS.indexOf(reason)) reasons.set(partition, change);
      }
      after.set(id, { id, partition, fingerprint: now?.fingerprint ?? null, endedMs: now?.isOpen === true ? null : (last?.endedMs ?? nowMs) });
    }
    const conversations = [...after.values()];
    looks.push(earlier !== undefined && showTheSame(earlier.conversations, conversations) ? earlier : { partition, asOfMs, conversations });
  }
  return { reasons, looks, changes };
};
