import { Buffer } from 'node:buffer';
import type { Column, Row, Value } from '../table.js';
import { NULL_CODE, textCount, type ColumnBatch, type ColumnData, type TextData } from './columnData.js';

/** Reads one value of a column. `int64` gives a bigint, `timestamp` epoch milliseconds as a number. */
export type CellReader = (row: number) => Value;

const textReader = (text: TextData): ((index: number) => string) => {
  const bytes = Buffer.from(text.bytes.buffer, text.bytes.byteOffset, text.bytes.byteLength);
  const { offsets } = text;
  return (index) => bytes.utf8Slice(offsets[index], offsets[index + 1]);
};

const span = <T>(offsets: Uint32Array, row: number, read: (index: number) => T): T[] => {
  const items: T[] = [];
  for (let i = offsets[row]!; i < offsets[row + 1]!; i++) items.push(read(i));
  return items;
};

const valueReader = (column: Column, data: ColumnData): CellReader => {
  switch (data.kind) {
    case 'text':
      return textReader(data.text);
    case 'dictionary': {
      const read = textReader(data.values);
      const values = Array.from({ length: textCount(data.values) }, (_, code) => read(code));
      return (row) => (data.codes[row] === NULL_CODE ? null : values[data.codes[row]!]!);
    }
    case 'int64':
      return column.type === 'timestamp' ? (row) => Number(data.values[row]) : (row) => data.values[row]!;
    case 'int32':
      return (row) => data.values[row]!;
    case 'boolean':
      return (row) => data.values[row] === 1;
    case 'list': {
      const read = textReader(data.items);
      return (row) => span(data.offsets, row, read);
    }
    case 'map': {
      const key = textReader(data.keys);
      const item = textReader(data.items);
      return (row) => new Map(span(data.offsets, row, (i): [string, string] => [key(i), item(i)]));
    }
  }
};

/** A reader of one column's values, NULL included. */
const cellReader = (column: Column, data: ColumnData): CellReader => {
  const read = valueReader(column, data);
  const valid = data.kind === 'dictionary' ? undefined : data.valid;
  return valid === undefined ? read : (row) => (valid[row] === 0 ? null : read(row));
};

/** One value of a column, where others are not wanted: of a dictionary no other is made. */
export const cellAt = (column: Column, data: ColumnData, row: number): Value => {
  if (data.kind !== 'dictionary') return cellReader(column, data)(row);
  const code = data.codes[row]!;
  return code === NULL_CODE ? null : textReader(data.values)(code);
};

/** The rows of a batch, one after the other: for formats that want rows, and for looking. */
export function* rowsOf(columns: readonly Column[], batch: ColumnBatch): Generator<Row> {
  const readers = columns.map((column, i) => cellReader(column, batch.columns[i]!));
  for (let row = 0; row < batch.rowCount; row++) yield readers.map((read) => read(row));
}
