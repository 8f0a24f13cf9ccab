import type { ColumnBatch, TextData } from './columnData.js';

/** What the run needs to know of each conversation of a page, without reading its rows. */
export interface ConversationIndex {
  readonly count: number;
  /** conversationId of each. */
  readonly ids: TextData;
  /** conversationStart, UTC epoch milliseconds; NaN where the answer has none. */
  readonly startMs: Float64Array;
  /** FLAG_… bits of each. */
  readonly flags: Uint8Array;
}

/** Without conversationEnd. */
export const FLAG_OPEN = 1;
/** At least one participant, of whatever purpose, has attributes. */
export const FLAG_HAS_ATTRIBUTES = 2;

/** The rows that a page gave one table. */
export interface TableBlock {
  /** Row of each conversation's first row, and at the end the number of rows: conversation i has rows `[starts[i], starts[i+1])`. */
  readonly rowStarts: Uint32Array;
  readonly batch: ColumnBatch;
}

/** A page after extraction: what the journal keeps of it. */
export interface Block {
  readonly index: ConversationIndex;
  /** In the order of the job's tables. */
  readonly tables: readonly TableBlock[];
}
