import type { ColumnBatch } from '../model/columns/columnData.js';
import { createMemoryDrain } from '../model/memoryDrain.js';
import type { Compression } from '../model/job.js';
import type { RowFile, WrittenFile } from '../model/rowFile.js';
import type { AtomicFile } from './atomicFile.js';
import { ParquetRowGroups, type ParquetTable } from './parquetRowGroups.js';
import { requireParquet } from './writtenParquet.js';

/** One for all files of a thread. */
const drain = createMemoryDrain();

/** A Parquet file written by parquet-wasm from Arrow columns, one row group a batch. Memory: one row group. The same batches give the same bytes. */
export class ArrowParquetFile implements RowFile {
  readonly #file: AtomicFile;
  readonly #table: ParquetTable;
  readonly #groups: ParquetRowGroups;

  constructor(file: AtomicFile, table: ParquetTable, compression: Compression) {
    this.#file = file;
    this.#table = table;
    this.#groups = new ParquetRowGroups(table, compression);
  }

  async write(batch: ColumnBatch): Promise<void> {
    if (batch.rowCount === 0) return;
    const bytes = this.#groups.add(batch);
    await this.#file.write(bytes);
    drain.letGo(bytes.buffer);
  }

  async close(named: (file: WrittenFile) => string): Promise<WrittenFile & { readonly path: string }> {
    for (const bytes of this.#groups.finish()) await this.#file.write(bytes);
    const { groups } = this.#groups;
    const rows = groups.reduce((sum, count) => sum + count, 0);
    const written = await this.#file.close((digest) => named({ rows, ...digest }), { check: (file, digest) => requireParquet(file, digest.bytes, this.#table.name, groups) });
    return { rows, ...written };
  }

  abort(): Promise<void> {
    return this.#file.abort();
  }
}
