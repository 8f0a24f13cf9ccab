import type { ConversationParts } from '../../model/conversation.js';
import type { ConversationSink } from '../../model/conversationSink.js';
import type { SourceKind } from '../../model/job.js';
import type { Reject } from '../../model/journal.js';
import type { DecodedConversations } from '../../model/decodedConversations.js';
import { readPage } from './readPage.js';

/**
 * Decodes a page's bytes into a sink, which has ended before this first waits for anything: one sink may serve one page after the other. Where the page is refused it has not, and is begun anew with the next.
 *
 * @param parts what of a conversation is read.
 * @returns conversations that are not what we rely on apart, with the path of the offending field: what becomes of them, the caller knows.
 * @throws DecodeError where the answer is no page.
 */
export const decodePage = async <T>(body: Uint8Array<ArrayBuffer>, kind: SourceKind, label: string, parts: ConversationParts, sink: ConversationSink<T>): Promise<DecodedConversations<T>> => {
  sink.begin();
  const { envelope, field, listHash, rejected, repeatedKeys } = readPage(body, kind, label, parts, (conversation) => { sink.add(conversation); });
  const content = sink.finish();
  if (rejected.length === 0) return { envelope, listHash, content, rejects: [], repeatedKeys };
  const { explainRejected } = await import('./explainRejected.js');
  const rejects = rejected.map(({ index, source }): Reject => {
    const { conversationId, path, problem } = explainRejected(source);
    return { conversationId, path: `${field}[${String(index)}]${path}`, reason: problem, record: source };
  });
  return { envelope, listHash, content, rejects, repeatedKeys };
};
