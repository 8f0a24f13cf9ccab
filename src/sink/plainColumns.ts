import type { ColumnBatch, ColumnData } from '../model/columns/columnData.js';
import type { Column } from '../model/table.js';

/** A column of whole numbers is held as distinct where neighbours differ in so many of its rows. */
const MOSTLY = 0.75;

const isMostlyDistinct = (values: BigInt64Array): boolean => {
  // As halves: a look at each as a bigint would allocate it.
  const halves = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
  let changes = 0;
  for (let i = 2; i < halves.length; i += 2) if (halves[i] !== halves[i - 2] || halves[i + 1] !== halves[i - 1]) changes++;
  return changes > values.length * MOSTLY;
};

const isDistinct = (column: Column, data: ColumnData): boolean => {
  if (data.kind === 'text') return column.repeats === undefined;
  return data.kind === 'int64' && isMostlyDistinct(data.values);
};

/**
 * Columns of a row group whose values hardly recur: ids of their own rows, free text, the conversations' starts in their own table.
 *
 * Why: a dictionary of these holds every value and its codes come on top; written plain they are smaller and take less time.
 */
export const plainColumns = (columns: readonly Column[], batch: ColumnBatch): readonly string[] =>
  columns.filter((column, i) => isDistinct(column, batch.columns[i]!)).map(({ name }) => name);
