import type { FileMetaData } from 'hyparquet';
// Not from 'hyparquet': every lane thread would load all that reads rows.
import { parquetMetadataAsync } from 'hyparquet/src/metadata.js';
import { errnoCode } from '../model/errnoCode.js';
import { SinkError } from '../model/errors.js';
import type { OpenFile } from '../model/files.js';

const REMEDY = 'Run again. If it happens again, choose the other parquet.engine in the job and report this.';

const footerOf = async (file: OpenFile, bytes: number): Promise<FileMetaData | undefined> => {
  try {
    return await parquetMetadataAsync({
      byteLength: bytes,
      slice: async (start, end = bytes) => (await file.read(start, end - start)).slice().buffer,
    });
  } catch (error) {
    // The reader answers bytes that are no Parquet with plain errors; those of the file system have a code and go on.
    if (error instanceof Error && errnoCode(error) === undefined) return undefined;
    throw error;
  }
};

/** Magic bytes before the pages; footer length and magic bytes behind the footer. */
const HEAD_BYTES = 4;
const TAIL_BYTES = 8;

/** Whether the column chunks follow each other between the file's head and its footer. */
const haveRoom = (footer: FileMetaData, bytes: number): boolean => {
  let at = HEAD_BYTES;
  for (const { meta_data: chunk } of footer.row_groups.flatMap((group) => group.columns)) {
    const start = Number(chunk?.dictionary_page_offset ?? chunk?.data_page_offset ?? Number.NaN);
    if (!(start >= at)) return false;
    at = start + Number(chunk?.total_compressed_size);
  }
  return at <= bytes - TAIL_BYTES - footer.metadata_length;
};

/**
 * Reads the footer of a finished Parquet file with another reader than the writer's, and compares row groups and their rows.
 *
 * Why: parquet-wasm and parquetjs-lite have both been seen to end a file early without an error.
 * @param groups rows of each row group, in order; row groups of no rows may be missing from the file.
 * @throws SinkError where the file does not hold what was written.
 */
export const requireParquet = async (file: OpenFile, bytes: number, table: string, groups: readonly number[]): Promise<void> => {
  const footer = await footerOf(file, bytes);
  if (footer === undefined) throw new SinkError(`${table}: the Parquet file that was written has no footer`, { remedy: REMEDY });
  if (!haveRoom(footer, bytes)) throw new SinkError(`${table}: the Parquet file that was written names pages that are not in it`, { remedy: REMEDY });
  const found = footer.row_groups.map((group) => Number(group.num_rows)).filter((rows) => rows > 0);
  const wanted = groups.filter((rows) => rows > 0);
  const total = wanted.reduce((sum, rows) => sum + rows, 0);
  if (Number(footer.num_rows) === total && found.length === wanted.length && found.every((rows, i) => rows === wanted[i])) return;
  throw new SinkError(`${table}: the Parquet file holds ${String(footer.num_rows)} rows in ${String(found.length)} row groups, ${String(total)} in ${String(wanted.length)} were written`, { remedy: REMEDY });
};
