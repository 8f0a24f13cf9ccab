import type { Schema } from 'apache-arrow';
import { BatchBuilder } from '../model/columns/batchBuilder.js';
import type { ColumnBatch } from '../model/columns/columnData.js';
import { SinkError } from '../model/errors.js';
import type { Compression as Codec } from '../model/job.js';
import type { Column } from '../model/table.js';
import { arrowBatch, arrowSchema } from './arrowVectors.js';
import { IpcBuffer } from './ipcBuffer.js';
import { ParquetSplice } from './parquetSplice.js';
import { Compression, Table as WasmTable, writeParquet, WriterPropertiesBuilder, type WriterProperties } from './parquetWasm.js';
import { plainColumns } from './plainColumns.js';

const CODECS: Readonly<Record<Codec, Compression>> = {
  zstd: Compression.ZSTD,
  snappy: Compression.SNAPPY,
  gzip: Compression.GZIP,
  none: Compression.UNCOMPRESSED,
};

/** One for all files of a thread: what it holds is of no use once the call that made it has ended. */
const ipcBuffer = new IpcBuffer();

/** What of a table its file is made by. */
export interface ParquetTable {
  /** For messages. */
  readonly name: string;
  readonly columns: readonly Column[];
}

/**
 * The bytes of a Parquet file by parquet-wasm, piece by piece: one row group a batch, each made by a writer of its own and appended (parquetSplice.ts).
 *
 * The same batches give the same bytes.
 */
export class ParquetRowGroups {
  readonly #table: ParquetTable;
  readonly #compression: Codec;
  readonly #schema: Schema;
  readonly #splice = new ParquetSplice();

  constructor(table: ParquetTable, compression: Codec) {
    this.#table = table;
    this.#compression = compression;
    this.#schema = arrowSchema(table.columns);
  }

  /** Rows of each row group so far. */
  get groups(): readonly number[] {
    return this.#splice.groupRows;
  }

  /** The bytes to append for a row group. @throws SinkError */
  add(batch: ColumnBatch): Uint8Array<ArrayBuffer> {
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

  /** The bytes that end the file; they begin it too where no row group came. */
  finish(): readonly Uint8Array[] {
    // Without rows the schema comes from a batch of no rows: a file without any batch is one that DuckDB refuses.
    const empty = this.groups.length === 0 ? [this.add(new BatchBuilder(this.#table).finish())] : [];
    return [...empty, this.#splice.finish()];
  }

  #properties(batch: ColumnBatch): WriterProperties {
    const whole = new WriterPropertiesBuilder().setCompression(CODECS[this.#compression]).setMaxRowGroupSize(Math.max(1, batch.rowCount));
    return plainColumns(this.#table.columns, batch, this.#compression).reduce((properties, name) => properties.setColumnDictionaryEnabled(name, false), whole).build();
  }
}
