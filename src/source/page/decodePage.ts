import type { ConversationParts } from '../../model/conversation.js';
import type { ConversationSink } from '../../model/conversationSink.js';
import { DecodeError } from '../../model/errors.js';
import type { SourceKind } from '../../model/job.js';
import type { Reject } from '../../model/journal.js';
import type { DecodedConversations } from '../../model/decodedConversations.js';
import { readPage } from './readPage.js';

/** How to decode. */
export interface DecodeOptions {
  /** What of a conversation is read. */
  readonly parts: ConversationParts;
  /** `fail`: the first bad conversation is an error; `reject`: it is set aside. */
  readonly onBadRecord: 'fail' | 'reject';
}

/**
 * Decodes a page's bytes into a sink, which has ended before this first waits for anything: one sink may serve one page after the other. Where the page is refused it has not, and is begun anew with the next.
 *
 * @throws DecodeError where the answer is no page; in mode `fail` also where a conversation is not what we rely on, with the path of the offending field.
 */
export const decodePage = async <T>(body: Uint8Array<ArrayBuffer>, kind: SourceKind, label: string, { parts, onBadRecord }: DecodeOptions, sink: ConversationSink<T>): Promise<DecodedConversations<T>> => {
  sink.begin();
  const { envelope, field, listHash, rejected, repeatedKeys } = readPage(body, kind, label, parts, (conversation) => { sink.add(conversation); });
  const content = sink.finish();
  if (rejected.length === 0) return { envelope, listHash, content, rejects: [], repeatedKeys };
  const { explainRejected } = await import('./explainRejected.js');
  const rejects = rejected.map(({ index, source }): Reject => {
    const { conversationId, path, problem } = explainRejected(source);
    const place = `${field}[${String(index)}]${path}`;
    if (onBadRecord === 'fail') throw new DecodeError(label, place, problem);
    return { conversationId, path: place, reason: problem, record: source };
  });
  return { envelope, listHash, content, rejects, repeatedKeys };
};
