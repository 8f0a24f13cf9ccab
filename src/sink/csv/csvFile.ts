import { Buffer } from 'node:buffer';
import { stringify } from 'csv-stringify/sync';
import type { ColumnBatch } from '../../model/columns/columnData.js';
import { SinkError } from '../../model/errors.js';
import type { RowFile, WrittenFile } from '../../model/rowFile.js';
import type { Table } from '../../model/table.js';
import type { AtomicFile } from '../atomicFile.js';
import { withCsvKernel } from './csvKernel.js';
import { countCsvRecords } from './csvRecordCount.js';

/**
 * A CSV file: RFC 4180 with `\n` line ends, a header row, UTF-8 without BOM.
 *
 * NULL is an empty field without quotes, the empty string is `""`. Memory: a copy of the batch and a megabyte of text, or one larger row.
 * Why not all through csv-stringify: it takes rows of values, and no value of a batch needs to be made to be written.
 */
export class CsvFile implements RowFile {
  readonly #file: AtomicFile;
  readonly #table: Table;
  readonly #escapeFormulas: boolean;
  #hasHeader = false;
  #rows = 0;

  constructor(file: AtomicFile, table: Table, escapeFormulas: boolean) {
    this.#file = file;
    this.#table = table;
    this.#escapeFormulas = escapeFormulas;
  }

  async write(batch: ColumnBatch): Promise<void> {
    await this.#writeHeader();
    await withCsvKernel(async (kernel) => {
      for (const records of kernel.records(this.#table.columns, batch, this.#escapeFormulas)) await this.#file.write(records);
    });
    this.#rows += batch.rowCount;
  }

  async close(named: (file: WrittenFile) => string): Promise<WrittenFile & { readonly path: string }> {
    await this.#writeHeader();
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

  async #writeHeader(): Promise<void> {
    if (this.#hasHeader) return;
    this.#hasHeader = true;
    await this.#file.write(Buffer.from(stringify([this.#table.columns.map(({ name }) => name)])));
  }
}
