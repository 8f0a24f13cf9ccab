import { randomBytes } from 'node:crypto';
import { BatchBuilder } from '../../src/model/columns/batchBuilder.js';
import type { ColumnBatch } from '../../src/model/columns/columnData.js';
import type { FileOps } from '../../src/model/files.js';
import type { Format, Job } from '../../src/model/job.js';
import type { RowFileSpec, WrittenFile } from '../../src/model/rowFile.js';
import type { Row, Table } from '../../src/model/table.js';
import { createOpenRowFile } from '../../src/sink/openRowFile.js';
import { diskFiles } from './diskFiles.js';

/** Rows as one batch. */
export const batchOf = (table: Pick<Table, 'columns'>, rows: Iterable<Row>): ColumnBatch => {
  const builder = new BatchBuilder(table);
  for (const row of rows) builder.append(row);
  return builder.finish();
};

/** What to write beside the rows. */
export interface WriteOptions {
  readonly format?: Format;
  readonly parquet?: Partial<Job['parquet']>;
  readonly escapeFormulas?: boolean;
  readonly files?: FileOps;
}

/** A data file's declaration, with the product's own defaults. */
export const rowFileSpec = (folder: string, table: Table, options: WriteOptions = {}): RowFileSpec => ({
  table,
  format: options.format ?? 'parquet',
  attemptId: 'a1',
  folder,
  options: { parquet: { engine: 'arrow', compression: 'zstd', rowGroupRows: 100_000, ...options.parquet }, csv: { escapeFormulas: options.escapeFormulas ?? false } },
});

/** Writes batches into a file of the folder, as a run does. */
export const writeRowFile = async (folder: string, table: Table, batches: readonly ColumnBatch[], options: WriteOptions = {}): Promise<WrittenFile & { readonly path: string }> => {
  const open = createOpenRowFile(options.files ?? diskFiles, () => randomBytes(16).toString('hex'));
  const spec = rowFileSpec(folder, table, options);
  const file = await open(spec);
  try {
    for (const batch of batches) await file.write(batch);
    return await file.close(({ sha256 }) => `${folder}/${sha256.slice(0, 16)}.${spec.format}`);
  } catch (error) {
    await file.abort();
    throw error;
  }
};
