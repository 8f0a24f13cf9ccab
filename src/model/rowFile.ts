import type { ColumnBatch } from './columns/columnData.js';
import type { Format, Job } from './job.js';
import type { Table } from './table.js';

/** What a finished data file holds. */
export interface WrittenFile {
  readonly rows: number;
  readonly bytes: number;
  /** Lower-case hex of the whole file. */
  readonly sha256: string;
}

/**
 * A data file being written. Engines only turn batches into bytes; naming, durability and publication are not theirs.
 *
 * Invariant: nothing is at the final path before `close` resolves; after `abort` nothing of it is left.
 */
export interface RowFile {
  /** Appends the rows; in Parquet one batch becomes one row group. Resolves when the next may come. */
  write(batch: ColumnBatch): Promise<void>;
  /**
   * Finishes the file, makes it durable, reads its footer or row count again, and moves it to the path that `named` makes of its hash.
   *
   * @throws SinkError where the file does not hold what was written, or cannot be made durable.
   */
  close(named: (file: WrittenFile) => string): Promise<WrittenFile & { readonly path: string }>;
  abort(): Promise<void>;
}

/** What a data file is to be. */
export interface RowFileSpec {
  readonly table: Table;
  readonly format: Format;
  /** Who writes it: part of the temporary name, so that what a kill leaves is known as the attempt's. */
  readonly attemptId: string;
  /** Folder of the temporary file and of the final one. */
  readonly folder: string;
  readonly options: Pick<Job, 'parquet' | 'csv'>;
}

/** Opens a data file of any format. @throws SinkError */
export type OpenRowFile = (spec: RowFileSpec) => Promise<RowFile>;
