import type { Conversation } from './conversation.js';
import type { Reject } from './journal.js';
import type { PageEnvelope } from './page.js';

/** A page's conversations, told apart. */
export interface DecodedConversations {
  readonly envelope: PageEnvelope;
  /** See DecodedPage. */
  readonly listHash: string;
  readonly conversations: readonly Conversation[];
  readonly rejects: readonly Reject[];
  /** Keys that stood twice in one object, of those that are read; the last of them counts. */
  readonly repeatedKeys: number;
}
