import type { Reject } from './journal.js';
import type { DecodedPage } from './page.js';

/** A page's conversations, told apart. */
export interface DecodedConversations<T> extends DecodedPage<T> {
  readonly rejects: readonly Reject[];
  /** Keys that stood twice in one object, of those that the job's tables need; the last of them counts. */
  readonly repeatedKeys: number;
}
