import { Bool, Field, Int32, Int64, List, Table as ArrowTable, TimestampMillisecond, Utf8, tableToIPC, vectorFromArray, type DataType, type Vector } from 'apache-arrow';
import { Compression, Table as WasmTable, writeParquet, WriterPropertiesBuilder } from '../../src/sink/parquetWasm.js';
import type { Column, ColumnType, Row } from '../../src/model/table.js';

const TYPES: Readonly<Record<ColumnType, () => DataType>> = {
  string: () => new Utf8(),
  timestamp: () => new TimestampMillisecond('UTC'),
  int64: () => new Int64(),
  int32: () => new Int32(),
  boolean: () => new Bool(),
  list: () => new List(new Field('item', new Utf8(), true)),
  map: () => {
    throw new Error('not by these means');
  },
};

/**
 * A Parquet file of rows, made value by value: small files for tests of readers.
 *
 * Maps cannot be made this way: leave those columns out.
 */
export const parquetBytes = (columns: readonly Column[], rows: readonly Row[], rowGroupRows = 100_000): Uint8Array => {
  const vectors: Record<string, Vector> = {};
  columns.forEach((column, i) => {
    const cells = rows.map((row) => (column.type === 'int64' && typeof row[i] === 'number' ? BigInt(row[i]) : row[i]));
    vectors[column.name] = vectorFromArray(cells, TYPES[column.type]());
  });
  const table = WasmTable.fromIPCStream(tableToIPC(new ArrowTable(vectors), 'stream'));
  return writeParquet(table, new WriterPropertiesBuilder().setCompression(Compression.ZSTD).setMaxRowGroupSize(rowGroupRows).build());
};
