import { parquetMetadataAsync, parquetRead, type AsyncBuffer, type DecodedArray, type FileMetaData, type ParquetParsers } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { errnoCode } from '../model/errnoCode.js';
import type { OpenFile } from '../model/files.js';
import type { Column } from '../model/table.js';
import { Unreadable } from './unreadable.js';

/** Why not the default parsers: they drop a leading BOM and replace bytes that are not UTF-8. */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Goes before each key and value of a map. Why: the library makes an object of a map, and `__proto__` is no ordinary key of an object. */
export const MAP_MARK = '=';

const parsersOf = (column: Column): Partial<ParquetParsers> => {
  const mark = column.type === 'map' ? MAP_MARK : '';
  return {
    stringFromBytes: (bytes: Uint8Array | undefined): string | undefined => (bytes === undefined ? undefined : mark + decoder.decode(bytes)),
    timestampFromMilliseconds: (millis: bigint): number => Number(millis),
  };
};

/** An open Parquet file: its footer, and the way to its bytes. */
export interface ParquetSource {
  readonly buffer: AsyncBuffer;
  readonly metadata: FileMetaData;
}

/** A row group's place among the rows of its file. */
export interface RowGroup {
  readonly index: number;
  readonly firstRow: number;
  readonly rowCount: number;
}

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

/** Reads the footer. @throws Unreadable */
export const openParquet = async (file: OpenFile, size: number): Promise<ParquetSource> => {
  const buffer = bufferOf(file, size);
  return { buffer, metadata: await decoding('the footer', () => parquetMetadataAsync(buffer)) };
};

/** The row groups of a file, in order. */
export const groupsOf = (metadata: FileMetaData): readonly RowGroup[] => {
  let firstRow = 0;
  return metadata.row_groups.map((group, index) => {
    const rowCount = Number(group.num_rows);
    firstRow += rowCount;
    return { index, firstRow: firstRow - rowCount, rowCount };
  });
};

/** A value as the library gives it. A map is an object whose keys and values have `MAP_MARK` before them. */
export type ParquetCell = string | number | bigint | boolean | readonly string[] | Readonly<Record<string, string>> | null | undefined;

/** One column of one row group, whole. @throws Unreadable, also where there are not as many values as rows. */
export const readColumn = async ({ buffer, metadata }: ParquetSource, column: Column, group: RowGroup): Promise<readonly ParquetCell[]> => {
  const where = `row group ${String(group.index)}, column ${column.name}`;
  const chunks: DecodedArray[] = [];
  await decoding(where, () =>
    parquetRead({
      file: buffer,
      metadata,
      columns: [column.name],
      rowStart: group.firstRow,
      rowEnd: group.firstRow + group.rowCount,
      compressors,
      parsers: parsersOf(column),
      onChunk: ({ columnData }) => chunks.push(columnData),
    }),
  );
  const cells = chunks.length === 1 && Array.isArray(chunks[0]) ? (chunks[0] as ParquetCell[]) : chunks.flatMap((chunk) => Array.from(chunk as ArrayLike<ParquetCell>));
  if (cells.length !== group.rowCount) throw new Unreadable(`${where} holds ${String(cells.length)} values for ${String(group.rowCount)} rows`);
  return cells;
};
