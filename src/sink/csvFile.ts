import { stringify } from 'csv-stringify/sync';
import type { ColumnBatch } from '../model/columns/columnData.js';
import { SinkError } from '../model/errors.js';
import type { OpenFile } from '../model/files.js';
import type { RowFile, WrittenFile } from '../model/rowFile.js';
import type { Table } from '../model/table.js';
import type { AtomicFile } from './atomicFile.js';
import { ByteBuffer } from './byteBuffer.js';
import { csvFields } from './csvFields.js';

/** Bytes gathered before they are written; a row is never split. */
const CHUNK_BYTES = 1024 * 1024;
const READ_BYTES = 1024 * 1024;

const COMMA = 0x2c;
const QUOTE = 0x22;
const NEWLINE = 0x0a;

/** Records of a CSV file: line ends outside quotes. An inner quote is doubled, so that it toggles twice. */
const countRecords = async (file: OpenFile, bytes: number): Promise<number> => {
  let records = 0;
  let isQuoted = false;
  for (let at = 0; at < bytes; ) {
    const chunk = await file.read(at, Math.min(READ_BYTES, bytes - at));
    if (chunk.length === 0) break;
    at += chunk.length;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i];
      if (byte === QUOTE) isQuoted = !isQuoted;
      else if (byte === NEWLINE && !isQuoted) records++;
    }
  }
  return isQuoted ? Number.NaN : records;
};

/**
 * A CSV file: RFC 4180 with `\n` line ends, a header row, UTF-8 without BOM.
 *
 * NULL is an empty field without quotes, the empty string is `""`. Memory: a megabyte of text.
 * Why not all through csv-stringify: values that need no quotes, nearly all of them, are copied as the bytes they are, in half the time.
 */
export class CsvFile implements RowFile {
  readonly #file: AtomicFile;
  readonly #table: Table;
  readonly #escapeFormulas: boolean;
  readonly #out = new ByteBuffer();
  #rows = 0;

  constructor(file: AtomicFile, table: Table, escapeFormulas: boolean) {
    this.#file = file;
    this.#table = table;
    this.#escapeFormulas = escapeFormulas;
    this.#out.text(stringify([table.columns.map(({ name }) => name)]));
  }

  async write(batch: ColumnBatch): Promise<void> {
    const out = this.#out;
    const fields = csvFields(out, this.#table.columns, batch, this.#escapeFormulas);
    for (let row = 0; row < batch.rowCount; row++) {
      for (let i = 0; i < fields.length; i++) {
        if (i > 0) out.byte(COMMA);
        fields[i]!(row);
      }
      out.byte(NEWLINE);
      if (out.length >= CHUNK_BYTES) await this.#flush();
    }
    this.#rows += batch.rowCount;
  }

  async close(named: (file: WrittenFile) => string): Promise<WrittenFile & { readonly path: string }> {
    await this.#flush();
    const rows = this.#rows;
    const written = await this.#file.close((digest) => named({ rows, ...digest }), {
      check: async (file, { bytes }) => {
        const records = await countRecords(file, bytes);
        if (records === rows + 1) return;
        throw new SinkError(`${this.#table.name}: the CSV file holds ${String(records - 1)} rows, ${String(rows)} were written`, { remedy: 'Run again. If it happens again, report this.' });
      },
    });
    return { rows, ...written };
  }

  abort(): Promise<void> {
    return this.#file.abort();
  }

  async #flush(): Promise<void> {
    if (this.#out.length > 0) await this.#file.write(this.#out.view());
    this.#out.clear();
  }
}
