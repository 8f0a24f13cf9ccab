import { FLAG_HAS_ATTRIBUTES, FLAG_OPEN, type Block } from '../model/columns/block.js';
import { BatchBuilder } from '../model/columns/batchBuilder.js';
import { TextBuilder } from '../model/columns/textBuilder.js';
import type { Conversation } from '../model/conversation.js';
import type { ParticipantPolicy } from '../model/participantPolicy.js';
import type { Table } from '../model/table.js';

/** A page's rows, and what was noticed on the way. */
export interface ExtractedPage {
  readonly block: Block;
  /** Values in which lone surrogates became U+FFFD. */
  readonly replacedText: number;
}

const flagsOf = ({ conversationEnd, participants }: Conversation): number =>
  (conversationEnd === null ? FLAG_OPEN : 0) | (participants.some(({ attributes }) => attributes.names.length > 0) ? FLAG_HAS_ATTRIBUTES : 0);

/**
 * Makes what turns a page's conversations into columns: the next call uses the memory of the last one's block again.
 *
 * Why: columns that grow anew with each page cost more than filling them.
 */
export const pageExtractor = (tables: readonly Table[], policy: ParticipantPolicy): ((conversations: readonly Conversation[]) => ExtractedPage) => {
  const ids = new TextBuilder();
  const builders = tables.map((table) => ({ table, builder: new BatchBuilder(table) }));
  return (conversations) => {
    ids.clear();
    const startMs = new Float64Array(conversations.length);
    const flags = new Uint8Array(conversations.length);
    conversations.forEach((conversation, i) => {
      ids.append(conversation.conversationId);
      startMs[i] = conversation.conversationStart ?? Number.NaN;
      flags[i] = flagsOf(conversation);
    });
    let replacedText = 0;
    const blocks = builders.map(({ table, builder }) => {
      builder.clear();
      const rowStarts = new Uint32Array(conversations.length + 1);
      conversations.forEach((conversation, i) => {
        for (const row of table.rows(conversation, policy)) builder.append(row);
        rowStarts[i + 1] = builder.rowCount;
      });
      replacedText += builder.replaced;
      return { rowStarts, batch: builder.finish() };
    });
    return { block: { index: { count: ids.count, ids: ids.finish(), startMs, flags }, tables: blocks }, replacedText };
  };
};
