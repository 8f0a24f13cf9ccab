import { FLAG_HAS_ATTRIBUTES, FLAG_OPEN, type Block } from '../model/columns/block.js';
import { BatchBuilder } from '../model/columns/batchBuilder.js';
import { GrowingBytes, GrowingUint32 } from '../model/columns/growing.js';
import { TextBuilder } from '../model/columns/textBuilder.js';
import type { Conversation } from '../model/conversation.js';
import type { ConversationSink } from '../model/conversationSink.js';
import type { ParticipantPolicy } from '../model/participantPolicy.js';
import type { Table } from '../model/table.js';

/** A page's rows, and what was noticed on the way. */
export interface ExtractedPage {
  /** Views, which hold until the next page begins. */
  readonly block: Block;
  /** Values in which lone surrogates became U+FFFD. */
  readonly replacedText: number;
}

const flagsOf = ({ conversationEnd, participants }: Conversation): number =>
  (conversationEnd === null ? FLAG_OPEN : 0) | (participants.some(({ attributes }) => attributes.names.length > 0) ? FLAG_HAS_ATTRIBUTES : 0);

/** One table's rows of a page. */
class TableExtractor {
  readonly #table: Table;
  readonly #builder: BatchBuilder;
  readonly #rowStarts = new GrowingUint32();

  constructor(table: Table) {
    this.#table = table;
    this.#builder = new BatchBuilder(table);
  }

  get replaced(): number {
    return this.#builder.replaced;
  }

  begin(): void {
    this.#builder.clear();
    this.#rowStarts.clear();
    this.#rowStarts.append(0);
  }

  add(conversation: Conversation, policy: ParticipantPolicy): void {
    for (const row of this.#table.rows(conversation, policy)) this.#builder.append(row);
    this.#rowStarts.append(this.#builder.rowCount);
  }

  finish(): Block['tables'][number] {
    return { rowStarts: this.#rowStarts.finish(), batch: this.#builder.finish() };
  }
}

/**
 * Turns a page's conversations into columns.
 *
 * Why one for all pages: columns that grow anew with each page cost more than filling them.
 */
export class PageExtractor implements ConversationSink<ExtractedPage> {
  readonly #tables: readonly TableExtractor[];
  readonly #policy: ParticipantPolicy;
  readonly #ids = new TextBuilder();
  #startMs: number[] = [];
  readonly #flags = new GrowingBytes();

  constructor(tables: readonly Table[], policy: ParticipantPolicy) {
    this.#tables = tables.map((table) => new TableExtractor(table));
    this.#policy = policy;
  }

  begin(): void {
    this.#ids.clear();
    this.#startMs = [];
    this.#flags.clear();
    for (const table of this.#tables) table.begin();
  }

  add(conversation: Conversation): void {
    this.#ids.append(conversation.conversationId);
    this.#startMs.push(conversation.conversationStart ?? Number.NaN);
    this.#flags.append(flagsOf(conversation));
    for (const table of this.#tables) table.add(conversation, this.#policy);
  }

  finish(): ExtractedPage {
    const index = { count: this.#ids.count, ids: this.#ids.finish(), startMs: Float64Array.from(this.#startMs), flags: this.#flags.finish() };
    return {
      block: { index, tables: this.#tables.map((table) => table.finish()) },
      replacedText: this.#tables.reduce((sum, table) => sum + table.replaced, 0),
    };
  }
}
