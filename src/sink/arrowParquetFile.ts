import type { Schema } from 'apache-arrow';
import { Compression, Table as WasmTable, writeParquet, WriterPropertiesBuilder, type WriterProperties } from 'parquet-wasm/node';
import type { ColumnBatch } from '../model/columns/columnData.js';
import { BatchBuilder } from '../model/columns/batchBuilder.js';
import { SinkError } from '../model/errors.js';
import { createMemoryDrain } from '../model/memoryDrain.js';
import type { Compression as Codec } from '../model/job.js';
import type { RowFile, WrittenFile } from '../model/rowFile.js';
import type { Column } from '../model/table.js';
import { arrowBatch, arrowSchema } from './arrowVectors.js';
import type { AtomicFile, Finish } from './atomicFile.js';
import { IpcBuffer } from './ipcBuffer.js';
import { ParquetSplice } from './parquetSplice.js';
import { plainColumns } from './plainColumns.js';
import { requireParquet } from './writtenParquet.js';

const CODECS: Readonly<Record<Codec, Compression>> = {
  zstd: Compression.ZSTD,
  snappy: Compression.SNAPPY,
  gzip: Compression.GZIP,
  none: Compression.UNCOMPRESSED,
};

/** One for all files of a thread: what it holds is of no use once the call that made it has ended. */
const ipcBuffer = new IpcBuffer();
const drain = createMemoryDrain();

/** What of a table its file is made by. */
export interface ParquetTable {
  /** For messages. */
  readonly name: string;
  readonly columns: readonly Column[];
}

/**
 * A Parquet file written by parquet-wasm from Arrow columns: one row group a batch, each made by a writer of its own and appended (parquetSplice.ts).
 *
 * Memory: one row group. The same batches give the same bytes.
 */
export class ArrowParquetFile implements RowFile {
  readonly #file: AtomicFile;
  readonly #table: ParquetTable;
  readonly #compression: Codec;
  readonly #schema: Schema;
  readonly #finish: Finish;
  readonly #splice = new ParquetSplice();
  readonly #groups: number[] = [];

  /** `finish`: a further check before the file is put in its place, and whether it may replace another. */
  constructor(file: AtomicFile, table: ParquetTable, compression: Codec, finish: Finish = {}) {
    this.#file = file;
    this.#table = table;
    this.#compression = compression;
    this.#schema = arrowSchema(table.columns);
    this.#finish = finish;
  }

  async write(batch: ColumnBatch): Promise<void> {
    if (batch.rowCount > 0) await this.#append(batch);
  }

  async close(named: (file: WrittenFile) => string): Promise<WrittenFile & { readonly path: string }> {
    // Without rows the schema comes from a batch of no rows: a file without any batch is one that DuckDB refuses.
    if (this.#groups.length === 0) await this.#append(new BatchBuilder(this.#table).finish());
    const rows = this.#groups.reduce((sum, count) => sum + count, 0);
    await this.#file.write(this.#splice.finish());
    const written = await this.#file.close((digest) => named({ rows, ...digest }), {
      ...this.#finish,
      check: async (file, digest) => {
        await requireParquet(file, digest.bytes, this.#table.name, this.#groups);
        await this.#finish.check?.(file, digest);
      },
    });
    return { rows, ...written };
  }

  abort(): Promise<void> {
    return this.#file.abort();
  }

  async #append(batch: ColumnBatch): Promise<void> {
    const bytes = this.#encode(batch);
    this.#groups.push(batch.rowCount);
    await this.#file.write(bytes);
    drain.letGo(bytes.buffer);
  }

  /** The bytes to append for a row group. */
  #encode(batch: ColumnBatch): Uint8Array<ArrayBuffer> {
    const ipc = ipcBuffer.encode(this.#schema, arrowBatch(this.#schema, batch));
    try {
      return this.#splice.add(writeParquet(WasmTable.fromIPCStream(ipc), this.#properties(batch)) as Uint8Array<ArrayBuffer>);
    } catch (error) {
      if (error instanceof SinkError) throw error;
      throw new SinkError(`${this.#table.name}: a row group of ${String(batch.rowCount)} rows cannot be encoded as Parquet`, {
        remedy: 'Lower parquet.rowGroupRows in the job; if that does not help, report this.',
        cause: error,
      });
    }
  }

  #properties(batch: ColumnBatch): WriterProperties {
    const whole = new WriterPropertiesBuilder().setCompression(CODECS[this.#compression]).setMaxRowGroupSize(Math.max(1, batch.rowCount));
    return plainColumns(this.#table.columns, batch).reduce((properties, name) => properties.setColumnDictionaryEnabled(name, false), whole).build();
  }
}
