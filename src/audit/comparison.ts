import type { TableName } from '../model/table.js';

/** How many rows or conversations are on one side only, or on both with different values. */
export interface Differences {
  readonly onlyHere: number;
  readonly onlyThere: number;
  readonly differing: number;
}

/** A value that is not the same. NULL is null; instants are ISO-8601, lists and maps JSON. */
export interface ValueDifference {
  /** The row, by the columns of its key other than the conversation. */
  readonly key: Readonly<Record<string, string | null>>;
  readonly column: string;
  readonly here: string | null;
  readonly there: string | null;
}

/** A conversation whose rows in a table are not the same. */
export interface ConversationDifference {
  /** `dt=2026-01-05`. */
  readonly day: string;
  readonly conversationId: string;
  /** `only-here` and `only-there`: the other side has no row of it in this table. */
  readonly kind: 'only-here' | 'only-there' | 'differing';
  readonly rows: Differences;
  /** Columns that differ, in the table's order. */
  readonly columns: readonly string[];
  /** Only where values were asked for. Never in a log. */
  readonly values?: readonly ValueDifference[];
}

/** What was found in one table, all days together. */
export interface TableComparison {
  readonly table: TableName;
  readonly rowsHere: number;
  readonly rowsThere: number;
  readonly rows: Differences;
  readonly conversations: Differences;
  /** The first ones of each kind, up to the limit. */
  readonly listed: readonly ConversationDifference[];
}

/** A day that cannot be compared as a whole. */
export interface UnevenDay {
  readonly day: string;
  /** Hours that are committed, 0 to 25; 0: nothing. */
  readonly hoursHere: number;
  readonly hoursThere: number;
}

/** What comparing two exports found. */
export interface Comparison {
  /** Every day is on both sides, and every row of every table is the same. */
  readonly equal: boolean;
  /** Days that both sides have. */
  readonly days: number;
  /** Days that one side lacks, wholly or in hours. */
  readonly uneven: readonly UnevenDay[];
  /** Tables that only one of the jobs exports: not compared. */
  readonly skipped: readonly { readonly table: TableName; readonly only: 'here' | 'there' }[];
  /** The `'` that `csv.escapeFormulas` puts before text was not counted as a difference, as one side writes it. */
  readonly ignoresFormulaMarks: boolean;
  readonly tables: readonly TableComparison[];
}
