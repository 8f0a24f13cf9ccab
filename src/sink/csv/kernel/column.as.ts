/** A value's kind. As in ../csvKernel.ts. */
export const TEXT: u32 = 0;
/** Text of a dictionary. */
export const DICTIONARY: u32 = 1;
/** UTC epoch milliseconds. */
export const TIMESTAMP: u32 = 2;
/** A whole number of 64 bits. */
export const INT64: u32 = 3;
/** One of 32 bits. */
export const INT32: u32 = 4;
/** A byte, 1 where it is true. */
export const BOOLEAN: u32 = 5;
/** Texts. */
export const LIST: u32 = 6;
/** Pairs of texts. */
export const MAP: u32 = 7;

/** Stands for NULL among dictionary codes. As in model/columns/columnData.ts. */
export const NULL_CODE: u32 = 0xffffffff;

/** Where the arrays of a column lie: those of model/columns/columnData.ts, 0 where it has none. As ../csvKernel.ts puts them. */
@unmanaged
export class Column {
  kind: u32;
  /** A byte a row; absent where every row has a value. */
  valid: usize;
  /** Of fixed width: codes, numbers, the first item of each row's. */
  values: usize;
  /** Of the text, or of items. */
  offsets: usize;
  bytes: usize;
  /** Of a map's keys. */
  keyOffsets: usize;
  keyBytes: usize;
}
