import { groupsOf, openParquet, readColumn, type ParquetCell } from './parquetGroups.js';
import { comparedColumns } from './parquetColumns.js';
import { ID_COLUMN, keyText, START_COLUMN, type ReadRequest, type RowBatch, type RowReader } from './rowReader.js';

const countNulls = (cells: readonly ParquetCell[]): number => {
  let nulls = 0;
  for (const cell of cells) if (cell === null || cell === undefined) nulls++;
  return nulls;
};

/** Key columns are text and numbers. */
const keyPart = (cell: ParquetCell): string | number | bigint => (typeof cell === 'string' || typeof cell === 'number' || typeof cell === 'bigint' ? cell : '');

const batchOf = (rowCount: number, keyColumns: readonly string[] | undefined, kept: ReadonlyMap<string, readonly ParquetCell[]>): RowBatch => {
  const key = keyColumns?.map((name) => kept.get(name) ?? []);
  const starts = kept.get(START_COLUMN);
  const ids = kept.get(ID_COLUMN);
  return {
    rowCount,
    key: (row) => (key === undefined ? undefined : keyText(key.map((cells) => keyPart(cells[row])))),
    startMs: (row) => {
      const start = starts?.[row];
      return typeof start === 'number' ? start : Number.NaN;
    },
    conversationId: (row) => {
      const id = ids?.[row];
      return typeof id === 'string' ? id : undefined;
    },
  };
};

/** Reads a Parquet file a row group at a time, and of that a column at a time: only key columns and the start are kept for the batch. */
export const readParquetRows: RowReader = async function* ({ file, size, table, report, signal }: ReadRequest) {
  const source = await openParquet(file, size);
  const { metadata } = source;
  const columns = comparedColumns(metadata, table, report);
  const groups = groupsOf(metadata);
  const counted = groups.reduce((sum, group) => sum + group.rowCount, 0);
  if (counted !== Number(metadata.num_rows)) report('rows', `its footer says ${String(metadata.num_rows)} rows, its row groups hold ${String(counted)}`);
  const hasKey = table.key.every((name) => columns.some((column) => column.name === name));

  for (const group of groups) {
    if (group.rowCount === 0) continue;
    const kept = new Map<string, readonly ParquetCell[]>();
    for (const column of columns) {
      signal?.throwIfAborted();
      const cells = await readColumn(source, column, group);
      const nulls = column.nullable ? 0 : countNulls(cells);
      if (nulls > 0) report('rows', `row group ${String(group.index)}, column ${column.name}: ${String(nulls)} values are NULL, and the column has none`);
      if (column.name === START_COLUMN || column.name === ID_COLUMN || table.key.includes(column.name)) kept.set(column.name, cells);
    }
    yield batchOf(group.rowCount, hasKey ? table.key : undefined, kept);
  }
};
