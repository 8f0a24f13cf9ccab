import { DecodeError } from '../model/errors.js';
import { parseInstant } from '../model/instant.js';
import type { Reject } from '../model/journal.js';
import { contains, type Window } from '../model/window.js';

/** When a conversation that did not decode started; undefined where it does not tell. */
const startOf = ({ record }: Reject): number | undefined => {
  const value = JSON.parse(record) as { readonly conversationStart?: unknown } | null;
  return typeof value?.conversationStart === 'string' ? parseInstant(value.conversationStart) : undefined;
};

/** Whether a conversation that did not decode says itself that it started outside the window: it is none of the window's, whatever is wrong with it. */
export const startedElsewhere = (reject: Reject, window: Window): boolean => {
  const startMs = startOf(reject);
  return startMs !== undefined && !contains(window, startMs);
};

/**
 * Refuses a page for the first record that did not decode, unless that is of another window, which will meet it.
 *
 * @param label names the page.
 */
export const refuseBadRecords = (rejects: readonly Reject[], window: Window, label: string): void => {
  const bad = rejects.find((reject) => !startedElsewhere(reject, window));
  if (bad !== undefined) throw new DecodeError(label, bad.path, bad.reason);
};
