import { parquetMetadataAsync, parquetRead, type AsyncBuffer, type DecodedArray, type FileMetaData, type ParquetParsers } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import type { OpenFile } from '../model/files.js';
import type { Column } from '../model/table.js';
import { errnoCode } from './errnoCode.js';
import { comparedColumns } from './parquetColumns.js';
import { ID_COLUMN, keyText, START_COLUMN, type ReadRequest, type RowBatch, type RowReader } from './rowReader.js';
import { Unreadable } from './unreadable.js';

/** Why not the default parsers: they drop a leading BOM and replace bytes that are not UTF-8. */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const parsers: Partial<ParquetParsers> = {
  stringFromBytes: (bytes: Uint8Array | undefined): string | undefined => (bytes === undefined ? undefined : decoder.decode(bytes)),
  timestampFromMilliseconds: (millis: bigint): number => Number(millis),
};

const bufferOf = (file: OpenFile, size: number): AsyncBuffer => ({
  byteLength: size,
  async slice(start, end = size) {
    const from = start < 0 ? size + start : start;
    const bytes = await file.read(from, end - from);
    return bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength
      ? bytes.buffer
      : bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  },
});

/** Whatever the Parquet reader throws at bytes that it cannot make sense of means the same here; errors of the file system stay what they are. */
const decoding = async <T>(where: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (/^E(?!RR_)/.test(errnoCode(error) ?? '')) throw error;
    throw new Unreadable(`${where} cannot be decoded as Parquet`, { cause: error });
  }
};

interface Group {
  readonly index: number;
  readonly firstRow: number;
  readonly rowCount: number;
}

const groupsOf = (metadata: FileMetaData): Group[] => {
  let firstRow = 0;
  return metadata.row_groups.map((group, index) => {
    const rowCount = Number(group.num_rows);
    firstRow += rowCount;
    return { index, firstRow: firstRow - rowCount, rowCount };
  });
};

type Cell = string | number | bigint | null | undefined;

/** One column of one row group, whole. */
const readColumn = async (file: AsyncBuffer, metadata: FileMetaData, column: Column, group: Group): Promise<readonly Cell[]> => {
  const chunks: DecodedArray[] = [];
  await parquetRead({
    file,
    metadata,
    columns: [column.name],
    rowStart: group.firstRow,
    rowEnd: group.firstRow + group.rowCount,
    compressors,
    parsers,
    onChunk: ({ columnData }) => chunks.push(columnData),
  });
  return chunks.length === 1 && Array.isArray(chunks[0]) ? (chunks[0] as Cell[]) : chunks.flatMap((chunk) => Array.from(chunk as ArrayLike<Cell>));
};

const countNulls = (cells: readonly Cell[]): number => {
  let nulls = 0;
  for (const cell of cells) if (cell === null || cell === undefined) nulls++;
  return nulls;
};

const batchOf = (rowCount: number, keyColumns: readonly string[] | undefined, kept: ReadonlyMap<string, readonly Cell[]>): RowBatch => {
  const key = keyColumns?.map((name) => kept.get(name) ?? []);
  const starts = kept.get(START_COLUMN);
  const ids = kept.get(ID_COLUMN);
  return {
    rowCount,
    key: (row) => (key === undefined ? undefined : keyText(key.map((cells) => cells[row] ?? ''))),
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
  const buffer = bufferOf(file, size);
  const metadata = await decoding('the footer', () => parquetMetadataAsync(buffer));
  const columns = comparedColumns(metadata, table, report);
  const groups = groupsOf(metadata);
  const counted = groups.reduce((sum, group) => sum + group.rowCount, 0);
  if (counted !== Number(metadata.num_rows)) report('rows', `its footer says ${String(metadata.num_rows)} rows, its row groups hold ${String(counted)}`);
  const hasKey = table.key.every((name) => columns.some((column) => column.name === name));

  for (const group of groups) {
    if (group.rowCount === 0) continue;
    const kept = new Map<string, readonly Cell[]>();
    for (const column of columns) {
      signal?.throwIfAborted();
      const where = `row group ${String(group.index)}, column ${column.name}`;
      const cells = await decoding(where, () => readColumn(buffer, metadata, column, group));
      if (cells.length !== group.rowCount) throw new Unreadable(`${where} holds ${String(cells.length)} values for ${String(group.rowCount)} rows`);
      const nulls = column.nullable ? 0 : countNulls(cells);
      if (nulls > 0) report('rows', `${where}: ${String(nulls)} values are NULL, and the column has none`);
      if (column.name === START_COLUMN || column.name === ID_COLUMN || table.key.includes(column.name)) kept.set(column.name, cells);
    }
    yield batchOf(group.rowCount, hasKey ? table.key : undefined, kept);
  }
};
