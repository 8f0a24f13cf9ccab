import type { OpenFile } from '../model/files.js';
import type { Table } from '../model/table.js';

/** Some rows of a data file: what the checks of rows need of them. */
export interface RowBatch {
  readonly rowCount: number;
  /** A row's key as one text; different keys never give the same. Undefined where the file lacks a column of the key. */
  key(row: number): string | undefined;
  /** `conversation_start`. Units: UTC epoch milliseconds; NaN for NULL. */
  startMs(row: number): number;
  /** `conversation_id`; undefined where the file lacks it. */
  conversationId(row: number): string | undefined;
}

/** A defect of a file's content, to be reported; reading goes on. */
export type ReportDefect = (kind: 'columns' | 'rows', what: string) => void;

/** What to read. */
export interface ReadRequest {
  readonly file: OpenFile;
  readonly size: number;
  readonly table: Table;
  readonly report: ReportDefect;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads every value of a file, in bounded memory: a row group of its key columns, or some megabytes of text.
 *
 * @throws Unreadable where the file is not of its format.
 */
export type RowReader = (request: ReadRequest) => AsyncGenerator<RowBatch, void, void>;

/** One text for the values of a key: lengths go before values, so no two keys run together into the same text. */
export const keyText = (values: readonly (string | number | bigint)[]): string => {
  let text = '';
  for (const value of values) {
    const part = typeof value === 'string' ? value : String(value);
    text += `${String(part.length)}:${part}`;
  }
  return text;
};

/** Name of the column that decides the partition. */
export const START_COLUMN = 'conversation_start';
/** Name of the column that every table's key begins with. */
export const ID_COLUMN = 'conversation_id';
