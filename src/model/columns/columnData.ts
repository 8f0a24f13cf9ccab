/** Text held end to end: value i is `bytes[offsets[i] .. offsets[i+1])`, UTF-8. */
export interface TextData {
  /** Length: values + 1; the first is 0. */
  readonly offsets: Uint32Array;
  readonly bytes: Uint8Array;
}

/** One byte a row, 1 where the row has a value; absent where every row has one. */
export type Validity = Uint8Array | undefined;

/** Stands for NULL among dictionary codes. */
export const NULL_CODE = 0xffff_ffff;

/**
 * The values of one column of some rows.
 *
 * Invariant: arrays are exactly as long as the rows need; NULL rows hold 0 or an empty span. Never changed once made.
 */
export type ColumnData =
  | { readonly kind: 'text'; readonly valid: Validity; readonly text: TextData }
  | { readonly kind: 'dictionary'; readonly codes: Uint32Array; readonly values: TextData }
  | { readonly kind: 'int64'; readonly valid: Validity; readonly values: BigInt64Array }
  | { readonly kind: 'int32'; readonly valid: Validity; readonly values: Int32Array }
  | { readonly kind: 'boolean'; readonly valid: Validity; readonly values: Uint8Array }
  | { readonly kind: 'list'; readonly valid: Validity; readonly offsets: Uint32Array; readonly items: TextData }
  | { readonly kind: 'map'; readonly valid: Validity; readonly offsets: Uint32Array; readonly keys: TextData; readonly items: TextData };

/** How a column is held; timestamps are int64 epoch milliseconds, repeated text a dictionary. */
export type ColumnKind = ColumnData['kind'];

/** Rows of one table, column by column, in the table's column order: the form in which rows travel. */
export interface ColumnBatch {
  readonly rowCount: number;
  readonly columns: readonly ColumnData[];
}

/** Values a text column holds. */
export const textCount = (text: TextData): number => text.offsets.length - 1;
