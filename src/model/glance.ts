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

/** What is remembered of followed conversations between runs. Nothing rests on it: which are open stands in the manifests. */
export interface Followed {
  readonly conversations: readonly FollowedConversation[];
  /** Settled partitions that are still to be exported again. */
  readonly due: readonly { readonly partition: string; readonly reason: ChangeReason }[];
  /** When they were looked at last; null: never. Units: UTC epoch milliseconds. */
  readonly lookedMs: number | null;
}

/** Nothing is remembered. */
export const NONE_FOLLOWED: Followed = { conversations: [], due: [], lookedMs: null };
