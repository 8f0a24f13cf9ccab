import type { Window } from './window.js';

/** A conversation as a look at it alone shows it. */
export interface Glance {
  /** It has no end. */
  readonly isOpen: boolean;
  /** The same for the same content, whatever the order in which the answer has it. */
  readonly fingerprint: string;
}

/** Conversations to look at, and the window that they started in. */
export interface GlanceWish {
  readonly window: Window;
  readonly ids: readonly string[];
}

/** Why a settled partition is exported again: conversations in it that were open have ended · came back after their end · are other than before · are no longer there · may have, as they were never looked at or cannot be one by one. */
export const CHANGE_REASONS = ['conversations-reopened', 'conversations-ended', 'conversations-changed', 'conversations-vanished', 'conversations-open'] as const;
/** One of the reasons. */
export type ChangeReason = (typeof CHANGE_REASONS)[number];

/** A conversation that is looked at again and again, and how it was at the last look that its partition has taken in. */
export interface FollowedConversation {
  readonly id: string;
  readonly partition: string;
  /** Null: it was not there. */
  readonly fingerprint: string | null;
  /** When it was first seen ended, or gone; null while it is open. Units: UTC epoch milliseconds. */
  readonly endedMs: number | null;
}

/** How the conversations of a partition looked, until it has taken that in. */
export interface FollowedLook {
  readonly partition: string;
  /** The source's mark, taken before the look that first showed them like this: what was read as of it, or later, has taken them in. Units: UTC epoch milliseconds. */
  readonly asOfMs: number;
  /** All that is to be remembered of the partition then. */
  readonly conversations: readonly FollowedConversation[];
}

/** What is remembered of followed conversations between runs. Nothing rests on it: which are open stands in the manifests. */
export interface Followed {
  readonly conversations: readonly FollowedConversation[];
  /** Settled partitions that are still to be exported again. */
  readonly due: readonly { readonly partition: string; readonly reason: ChangeReason }[];
  /** Of partitions that are to be exported. */
  readonly looks: readonly FollowedLook[];
  /** Attempts that have nothing left to do but to remove their journals. */
  readonly finished: readonly string[];
  /** When they were looked at last; null: never. Units: UTC epoch milliseconds. */
  readonly lookedMs: number | null;
}

/** Nothing is remembered. */
export const NONE_FOLLOWED: Followed = { conversations: [], due: [], looks: [], finished: [], lookedMs: null };
