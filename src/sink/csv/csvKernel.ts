import { aligned } from '../../model/columns/aligned.js';
import type { ColumnBatch, ColumnData } from '../../model/columns/columnData.js';
import { kernelMaker } from '../../model/kernel/kernelMaker.js';
import { withMemoryFor } from '../../model/noMemory.js';
import type { Column } from '../../model/table.js';
import { CSV_KERNEL } from './csvKernelBinary.js';

/** What kernel/csvKernel.as.ts exports, and says of it. */
interface KernelExports {
  readonly memory: WebAssembly.Memory;
  firstFreePlace(): number;
  escapeFormulas(whether: boolean): void;
  putRows(columns: number, columnsEnd: number, from: number, to: number, out: number, limit: number): number;
  endOfText(): number;
  beginCount(): void;
  count(from: number, length: number): void;
  countedRecords(): number;
}

// As in kernel/column.as.ts.
const KINDS = ['text', 'dictionary', 'timestamp', 'int64', 'int32', 'boolean', 'list', 'map'] as const;
const COLUMN_BYTES = 28;

/** Room for text that is made before it is given out; a row that may need more is given out alone. Units: bytes. */
const TEXT_BYTES = 1024 * 1024;
/** Behind the last place where a field may begin: a number, or a text's quotes and brackets, a comma, and what is written sixteen bytes at a time. Units: bytes. */
const MARGIN = 64;
/** A kernel's memory never shrinks: one that has grown beyond this is let go when its work is done. Units: bytes. */
const MOST_KEPT = 32 * 1024 * 1024;
const WASM_PAGE = 64 * 1024;
/** What its memory is for, in messages. */
const WHAT = 'the rows of a CSV file';

type Arrays = readonly (ArrayBufferView | undefined)[];

/** A column's arrays in the order of the kernel's Column: validity, values, offsets, bytes, and those of a map's keys. */
const arraysOf = (data: ColumnData): Arrays => {
  switch (data.kind) {
    case 'text':
      return [data.valid, undefined, data.text.offsets, data.text.bytes];
    case 'dictionary':
      return [undefined, data.codes, data.values.offsets, data.values.bytes];
    case 'list':
      return [data.valid, data.offsets, data.items.offsets, data.items.bytes];
    case 'map':
      return [data.valid, data.offsets, data.items.offsets, data.items.bytes, data.keys.offsets, data.keys.bytes];
    case 'int64':
    case 'int32':
    case 'boolean':
      return [data.valid, data.values];
  }
};

const makeKernel = kernelMaker<KernelExports>(CSV_KERNEL, WHAT);

/** One instance of the kernel: for one file at a time. */
export class CsvKernel {
  readonly #exports = makeKernel();

  /** Of its memory. Units: bytes. */
  get size(): number {
    return this.#exports.memory.buffer.byteLength;
  }

  /**
   * The rows of a batch as CSV records (RFC 4180 with `\n` line ends), some whole ones at a time: NULL is nothing, the empty string `""`; instants are ISO-8601 with milliseconds and `Z`;
   * lists and maps JSON.
   *
   * Shape: a piece is a view of a megabyte at most, or of one larger row; it holds until the next one is asked for.
   * @throws MemoryError
   * @param escapeFormulas puts `'` before text that a spreadsheet would take for a formula, and before text that begins with `'`: dropping it gives the text back.
   */
  *records(columns: readonly Column[], batch: ColumnBatch, escapeFormulas: boolean): Generator<Uint8Array> {
    const kernel = this.#exports;
    kernel.escapeFormulas(escapeFormulas);
    const { first, last, out } = this.#lay(columns, batch);
    let room = TEXT_BYTES;
    for (let row = 0; row < batch.rowCount; ) {
      this.#reach(out + room + MARGIN);
      // In more than the usual room one row at a time: what follows a large one is not gathered until that is full.
      const to = room === TEXT_BYTES ? batch.rowCount : row + 1;
      const next = kernel.putRows(first, last, row, to, out, out + room);
      if (next === row) room *= 2;
      else {
        yield new Uint8Array(kernel.memory.buffer, out, kernel.endOfText() - out);
        room = TEXT_BYTES;
      }
      row = next;
    }
  }

  /** Begins to count the records of a file's text. */
  beginCount(): void {
    this.#exports.beginCount();
  }

  /** Counts on, in the next bytes of the text. */
  count(bytes: Uint8Array): void {
    const place = this.#exports.firstFreePlace();
    this.#reach(place + bytes.length + MARGIN);
    new Uint8Array(this.#exports.memory.buffer, place, bytes.length).set(bytes);
    this.#exports.count(place, bytes.length);
  }

  /** Records since `beginCount`; NaN where a quote is left open. */
  countedRecords(): number {
    const records = this.#exports.countedRecords();
    return records < 0 ? Number.NaN : records;
  }

  /** Copies a batch into the kernel's memory; gives where its columns are told of, and where text may go. */
  #lay(columns: readonly Column[], batch: ColumnBatch): { readonly first: number; readonly last: number; readonly out: number } {
    const first = aligned(this.#exports.firstFreePlace());
    const last = first + batch.columns.length * COLUMN_BYTES;
    const arrays = batch.columns.map(arraysOf);
    const out = arrays.flat().reduce((end, array) => end + aligned(array?.byteLength ?? 0), aligned(last));
    this.#reach(out);
    const memory = this.#exports.memory.buffer;
    const words = new Uint32Array(memory, first, (last - first) / 4).fill(0);
    let place = aligned(last);
    for (const [i, data] of batch.columns.entries()) {
      const at = (i * COLUMN_BYTES) / 4;
      words[at] = KINDS.indexOf(data.kind === 'int64' && columns[i]!.type === 'timestamp' ? 'timestamp' : data.kind);
      for (const [n, array] of arrays[i]!.entries()) {
        if (array === undefined) continue;
        new Uint8Array(memory, place, array.byteLength).set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
        words[at + 1 + n] = place;
        place += aligned(array.byteLength);
      }
    }
    return { first, last, out };
  }

  /** Memory reaches to this place afterwards, at least. @throws MemoryError */
  #reach(end: number): void {
    const missing = end - this.size;
    if (missing > 0) withMemoryFor(WHAT, () => this.#exports.memory.grow(Math.ceil(missing / WASM_PAGE)));
  }
}

/** Those that nobody uses. */
const free: CsvKernel[] = [];

/** Lends a kernel for some work on one file: a thread makes one, as long as it does not write two files at a time. */
export const withCsvKernel = async <T>(work: (kernel: CsvKernel) => Promise<T>): Promise<T> => {
  const kernel = free.pop() ?? new CsvKernel();
  try {
    return await work(kernel);
  } finally {
    if (kernel.size <= MOST_KEPT) free.push(kernel);
  }
};
