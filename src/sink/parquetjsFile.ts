import parquetjs, { type FieldDefinition, type ParquetSchema, type ParquetWriter } from 'parquetjs-lite';
import { SinkError } from '../model/errors.js';
import type { ColumnBatch } from '../model/columns/columnData.js';
import type { Compression } from '../model/job.js';
import type { RowFile, WrittenFile } from '../model/rowFile.js';
import type { Table } from '../model/table.js';
import type { AtomicFile } from './atomicFile.js';
import { withUtcTimestamps } from './parquetjsFooter.js';
import { parquetjsField, parquetjsRows } from './parquetjsRows.js';
import { requireParquet } from './writtenParquet.js';

/** Version 1 pages and no page index: the library's own are wrong and make readers skip rows (ENGINES). */
const OPTIONS = { useDataPageV2: false, pageIndex: false } as const;

const CODECS: Readonly<Record<Exclude<Compression, 'zstd'>, string>> = { snappy: 'SNAPPY', gzip: 'GZIP', none: 'UNCOMPRESSED' };

const schemaOf = (table: Table, codec: string): ParquetSchema => {
  const fields: Record<string, FieldDefinition> = {};
  for (const column of table.columns) fields[column.name] = parquetjsField(column, codec);
  return new parquetjs.ParquetSchema(fields);
};

/**
 * A Parquet file written by parquetjs-lite: one row group a batch; no statistics, no dictionaries.
 *
 * Memory: one row group, as objects. The same batches give the same bytes.
 */
export class ParquetjsFile implements RowFile {
  readonly #file: AtomicFile;
  readonly #table: Table;
  readonly #writer: ParquetWriter;
  readonly #groups: number[] = [];
  /** What the library has written and the file has not: it does not await all of its own writes. */
  #waiting: Uint8Array[] = [];

  constructor(file: AtomicFile, table: Table, compression: Exclude<Compression, 'zstd'>) {
    this.#file = file;
    this.#table = table;
    const schema = schemaOf(table, CODECS[compression]);
    const take = (bytes: Uint8Array): Promise<void> => {
      this.#waiting.push(bytes);
      return Promise.resolve();
    };
    this.#writer = new parquetjs.ParquetWriter(schema, new parquetjs.ParquetEnvelopeWriter(schema, take, () => Promise.resolve(), 0, OPTIONS), OPTIONS);
  }

  async write(batch: ColumnBatch): Promise<void> {
    if (batch.rowCount === 0) return;
    await this.#encode(async () => {
      // The row group ends with the batch's last row.
      this.#writer.setRowGroupSize(batch.rowCount);
      for (const row of parquetjsRows(this.#table, batch)) await this.#writer.appendRow(row);
    });
    this.#groups.push(batch.rowCount);
  }

  async close(named: (file: WrittenFile) => string): Promise<WrittenFile & { readonly path: string }> {
    await this.#encode(async () => {
      await this.#writer.close();
      // The library gives the footer as one piece, last.
      this.#waiting.push(withUtcTimestamps(this.#waiting.pop()!));
    });
    const rows = this.#groups.reduce((sum, count) => sum + count, 0);
    const written = await this.#file.close((digest) => named({ rows, ...digest }), {
      check: (file, { bytes }) => requireParquet(file, bytes, this.#table.name, this.#groups),
    });
    return { rows, ...written };
  }

  abort(): Promise<void> {
    return this.#file.abort();
  }

  /** Lets the library work, then writes what it gave. What it throws is a text that quotes the value: that is not passed on. */
  async #encode(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof SinkError) throw error;
      throw new SinkError(`${this.#table.name}: parquetjs-lite cannot encode a row`, { remedy: 'Set parquet.engine to arrow in the job.' });
    }
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const bytes of waiting) await this.#file.write(bytes);
  }
}
