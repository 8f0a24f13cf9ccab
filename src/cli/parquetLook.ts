import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

/** The first rows of a Parquet file, and how many it has. */
export interface ParquetLook {
  readonly totalRows: number;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/** Reads the first rows of a Parquet file, with a reader that shares nothing with the writer. */
export const lookAtParquet = async (path: string, rowCount: number): Promise<ParquetLook> => {
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file);
  const rows = await parquetReadObjects({ file, metadata, compressors, rowStart: 0, rowEnd: Math.min(rowCount, Number(metadata.num_rows)) });
  return { totalRows: Number(metadata.num_rows), rows };
};
