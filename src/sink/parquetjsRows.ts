import { Buffer } from 'node:buffer';
import { NULL_CODE, type ColumnBatch, type ColumnData, type TextData } from '../model/columns/columnData.js';
import { SinkError } from '../model/errors.js';
import type { Column, Table } from '../model/table.js';
import type { FieldDefinition } from 'parquetjs-lite';

/** parquetjs-lite keeps an INT64 as a JavaScript number on its way. */
const MAX_EXACT = BigInt(Number.MAX_SAFE_INTEGER);
/** The span of JavaScript's Date, by which timestamps are given to it. */
const MAX_DATE_MS = 8_640_000_000_000_000n;

const LEAVES = { string: 'UTF8', timestamp: 'TIMESTAMP_MILLIS', int64: 'INT64', int32: 'INT32', boolean: 'BOOLEAN' } as const;

/** A column's declaration. Lists and maps have the three levels that the format prescribes, so that readers see LIST and MAP. */
export const parquetjsField = (column: Column, compression: string): FieldDefinition => {
  const text: FieldDefinition = { type: 'UTF8', compression, statistics: false };
  const outer = { optional: column.nullable, statistics: false };
  switch (column.type) {
    case 'list':
      return { ...outer, type: 'LIST', fields: { list: { repeated: true, fields: { element: text } } } };
    case 'map':
      return { ...outer, type: 'MAP', fields: { key_value: { repeated: true, fields: { key: text, value: text } } } };
    default:
      return { ...outer, type: LEAVES[column.type], compression };
  }
};

type Cell = (row: number) => unknown;

/** The value's own bytes: the library copies them as they are. */
const textOf = (text: TextData): ((index: number) => Buffer) => {
  const bytes = Buffer.from(text.bytes.buffer, text.bytes.byteOffset, text.bytes.byteLength);
  return (index) => bytes.subarray(text.offsets[index], text.offsets[index + 1]);
};

const spanOf = <T>(offsets: Uint32Array, read: (index: number) => T) => {
  return (row: number): readonly T[] => {
    const items: T[] = [];
    for (let i = offsets[row]!; i < offsets[row + 1]!; i++) items.push(read(i));
    return items;
  };
};

const presentCell = (column: Column, data: Exclude<ColumnData, { kind: 'dictionary' }>): Cell => {
  switch (data.kind) {
    case 'text':
      return textOf(data.text);
    case 'int64':
      // By Date: a number before 1970 would be refused.
      return column.type === 'timestamp' ? (row) => new Date(Number(data.values[row])) : (row) => Number(data.values[row]);
    case 'int32':
      return (row) => data.values[row];
    case 'boolean':
      return (row) => data.values[row] === 1;
    case 'list': {
      const item = textOf(data.items);
      const span = spanOf(data.offsets, (i) => ({ element: item(i) }));
      return (row) => ({ list: span(row) });
    }
    case 'map': {
      const [key, value] = [textOf(data.keys), textOf(data.items)];
      const span = spanOf(data.offsets, (i) => ({ key: key(i), value: value(i) }));
      return (row) => ({ key_value: span(row) });
    }
  }
};

const cellOf = (column: Column, data: ColumnData): Cell => {
  if (data.kind === 'dictionary') {
    const value = textOf(data.values);
    return (row) => (data.codes[row] === NULL_CODE ? null : value(data.codes[row]!));
  }
  const cell = presentCell(column, data);
  const { valid } = data;
  return valid === undefined ? cell : (row) => (valid[row] === 0 ? null : cell(row));
};

const refuse = (table: Table, column: Column, what: string): never => {
  throw new SinkError(`${table.name}: parquetjs-lite cannot hold ${what} of column ${column.name} exactly`, { remedy: 'Set parquet.engine to arrow in the job.' });
};

/** Refuses what the library would round or drop, before it is given any of it. */
const checkColumn = (table: Table, column: Column, data: ColumnData): void => {
  if (data.kind === 'int64') {
    const limit = column.type === 'timestamp' ? MAX_DATE_MS : MAX_EXACT;
    const what = column.type === 'timestamp' ? 'a timestamp some 270,000 years away' : 'an integer beyond 2^53';
    for (const value of data.values) if (value > limit || value < -limit) refuse(table, column, what);
  }
  if (column.nullable) return;
  const hasNull = data.kind === 'dictionary' ? data.codes.includes(NULL_CODE) : data.valid?.includes(0) === true;
  if (hasNull) refuse(table, column, 'NULL in a required column');
};

/**
 * The rows of a batch as the library takes them.
 *
 * @throws SinkError naming table and column where a value would not come out as it went in.
 */
export function* parquetjsRows(table: Table, batch: ColumnBatch): Generator<Readonly<Record<string, unknown>>> {
  table.columns.forEach((column, i) => {
    checkColumn(table, column, batch.columns[i]!);
  });
  const names = table.columns.map(({ name }) => name);
  const cells = table.columns.map((column, i) => cellOf(column, batch.columns[i]!));
  for (let row = 0; row < batch.rowCount; row++) {
    const record: Record<string, unknown> = {};
    for (let i = 0; i < cells.length; i++) record[names[i]!] = cells[i]!(row);
    yield record;
  }
}
