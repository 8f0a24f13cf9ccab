import type { ParticipantPolicy } from './participantPolicy.js';
import type { Attributes, Conversation, ConversationParts } from './conversation.js';

/** The six tables (CONTRACT section 6). */
export const TABLE_NAMES = ['participant_attributes', 'conversations', 'participants', 'sessions', 'segments', 'session_metrics'] as const;
/** One of the six tables. */
export type TableName = (typeof TABLE_NAMES)[number];

/**
 * A column's type. Parquet: `string` UTF8 · `timestamp` TIMESTAMP(MILLIS, UTC) · `int64` INT64 · `int32` INT32 · `boolean` BOOLEAN ·
 * `list` LIST of UTF8 · `map` MAP of UTF8 to UTF8. CSV: ISO-8601 for timestamps, JSON text for lists and maps.
 */
export type ColumnType = 'string' | 'timestamp' | 'int64' | 'int32' | 'boolean' | 'list' | 'map';

/** A column as data: the one declaration behind Parquet, CSV, documents and SQL. */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly nullable: boolean;
  /**
   * The same value recurs in many rows: held and written as a dictionary. `inRuns`: ids of parents, which come row after row and then no more; `anywhere`: enum members,
   * names. Only for `string`.
   */
  readonly repeats?: 'inRuns' | 'anywhere';
  /** Rows are looked up by it: its dictionary is written to Parquet, too, by which a reader tells whether a row group holds a value. Matters where values repeat `inRuns`: `anywhere` keeps its dictionary in any case. */
  readonly isLookedUp?: true;
  /** What the value means, for people; one sentence or two. */
  readonly doc: string;
}

/** A cell. `timestamp`: epoch milliseconds; `int64`: an exact number or bigint; `map`: in the answer's order, as attributes are read from a page, or as a Map where a cell is read back. */
export type Value = string | number | bigint | boolean | null | readonly string[] | ReadonlyMap<string, string> | Attributes;

/** A row: one value a column, in the columns' order. */
export type Row = readonly Value[];

/** A table: its columns as data, and one pure function from a conversation to its rows. */
export interface Table {
  readonly name: TableName;
  /** What a row stands for. */
  readonly doc: string;
  /** Names of the columns that identify a row. */
  readonly key: readonly string[];
  readonly columns: readonly Column[];
  /** The table is empty on protocols that carry no participant attributes (page-number). */
  readonly needsAttributes: boolean;
  /** What its rows are made of beside what is always read: what no table of a job needs is not read from its pages. */
  readonly parts: Partial<ConversationParts>;
  /** The rows of one conversation, in the answer's order. */
  rows(conversation: Conversation, policy: ParticipantPolicy): readonly Row[];
}
