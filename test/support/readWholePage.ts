import type { Conversation, ConversationParts } from '../../src/model/conversation.js';
import type { SourceKind } from '../../src/model/job.js';
import { readPage, type ReadPage } from '../../src/source/page/readPage.js';
import { keepConversations } from './keepConversations.js';

/** A page with all of its conversations. */
export interface WholePage extends ReadPage {
  readonly conversations: readonly Conversation[];
}

/** Reads a page and keeps its conversations. @throws DecodeError */
export const readWholePage = (body: Uint8Array<ArrayBuffer>, kind: SourceKind, label: string, parts: ConversationParts): WholePage => {
  const kept = keepConversations();
  const page = readPage(body, kind, label, parts, (conversation) => { kept.add(conversation); });
  return { ...page, conversations: kept.finish() };
};
