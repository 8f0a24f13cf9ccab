import { stringify } from 'csv-stringify/sync';
import type { ColumnBatch } from '../model/columns/columnData.js';
import { SinkError } from '../model/errors.js';
import type { RowFile, WrittenFile } from '../model/rowFile.js';
import type { Table } from '../model/table.js';
import type { AtomicFile } from './atomicFile.js';
import { ByteBuffer } from './byteBuffer.js';
import { csvFields } from './csvFields.js';
import { countCsvRecords } from './csvRecordCount.js';

/** Bytes gathered before they are written; a row is never split. */
const CHUNK_BYTES = 1024 * 1024;

const COMMA = 0x2c;
const NEWLINE = 0x0a;

/**
 * A CSV file: RFC 4180 with `\n` line ends, a header row, UTF-8 without BOM.
 *
 * NULL is an empty field without quotes, the empty string is `""`. Memory: a megabyte of text.
 * Why not all through csv-stringify: values that need no quotes, nearly all of them, are copied as the bytes they are.
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
        const records = await countCsvRecords(file, bytes);
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
