import { FLAG_HAS_ATTRIBUTES, FLAG_OPEN, type Block } from '../model/columns/block.js';
import { BatchBuilder } from '../model/columns/batchBuilder.js';
import { TextBuilder } from '../model/columns/textBuilder.js';
import type { Conversation } from '../model/conversation.js';
import type { ParticipantPolicy } from '../model/participantPolicy.js';
import type { Row, Table } from '../model/table.js';
import { attributesOf, conversationStartOf } from './spelling.js';

/** A page's rows, and what was noticed on the way. */
export interface ExtractedPage {
  readonly block: Block;
  /** Values in which lone surrogates became U+FFFD. */
  readonly replacedText: number;
}

/** A conversation whose fields decoded but whose rows cannot be made. */
export type OnBadConversation = (index: number, error: unknown) => void;

const flagsOf = (conversation: Conversation): number => {
  const open = conversation.conversationEnd === undefined || conversation.conversationEnd === null ? FLAG_OPEN : 0;
  const attributed = conversation.participants?.some((participant) => attributesOf(participant).length > 0) === true;
  return open | (attributed ? FLAG_HAS_ATTRIBUTES : 0);
};

/**
 * Turns a page's conversations into columns.
 *
 * Invariant: a conversation gives rows to all tables or to none: where one table refuses it, no other keeps its rows.
 * @param onBad told of a conversation that cannot be turned into rows, which is then left out; without it the error is thrown.
 * @throws DecodeError
 */
export const extractPage = (
  conversations: readonly Conversation[],
  tables: readonly Table[],
  policy: ParticipantPolicy,
  onBad?: OnBadConversation,
): ExtractedPage => {
  const builders = tables.map((table) => new BatchBuilder(table));
  const rowStarts = tables.map(() => [0]);
  const ids = new TextBuilder();
  const starts: number[] = [];
  const flags: number[] = [];

  conversations.forEach((conversation, i) => {
    let rows: (readonly Row[])[];
    let start: number | null;
    try {
      start = conversationStartOf(conversation);
      rows = tables.map((table) => table.rows(conversation, policy));
    } catch (error) {
      if (onBad === undefined) throw error;
      onBad(i, error);
      return;
    }
    rows.forEach((ofTable, t) => {
      const builder = builders[t]!;
      for (const row of ofTable) builder.append(row);
      rowStarts[t]!.push(builder.rowCount);
    });
    ids.append(conversation.conversationId);
    starts.push(start ?? Number.NaN);
    flags.push(flagsOf(conversation));
  });

  return {
    block: {
      index: { count: ids.count, ids: ids.finish(), startMs: Float64Array.from(starts), flags: Uint8Array.from(flags) },
      tables: builders.map((builder, t) => ({ rowStarts: Uint32Array.from(rowStarts[t]!), batch: builder.finish() })),
    },
    replacedText: builders.reduce((sum, builder) => sum + builder.replaced, 0),
  };
};
