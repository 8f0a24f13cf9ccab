import type { TableBlock } from '../model/columns/block.js';
import { cellAt } from '../model/columns/cells.js';
import type { ColumnBatch, ColumnData, ColumnKind } from '../model/columns/columnData.js';
import { columnKind } from '../model/columns/columnKind.js';
import { gather, Gatherer, type GatherMemory, type Slice } from '../model/columns/gather.js';
import { formatInstant } from '../model/instant.js';
import type { Job } from '../model/job.js';
import type { RowFile } from '../model/rowFile.js';
import type { Column, Table } from '../model/table.js';
import type { BlockReader } from './blockReader.js';
import type { TableJob, WrittenPart } from './lanes.js';

/** A row group is closed at so many bytes of text, whatever its rows: what bounds the memory of a writer. */
const ROW_GROUP_BYTES = 3 * 1024 * 1024;
/** Rows are copied out of their blocks when these take so much: rows that wait may be few of each block's. A row group of rows that came in order is less. */
const HELD_BYTES = 16 * 1024 * 1024;
/** A file is closed at so many rows or bytes of text. */
const PART_ROWS = 2_000_000;
const PART_BYTES = 512 * 1024 * 1024;

/** What a table's writer is given. */
export interface TableWriterDeps {
  readonly table: Table;
  readonly job: Pick<Job, 'parquet' | 'csv'>;
  readonly reader: BlockReader;
  /** Pairs of block and conversation, a piece at a time. */
  readonly order: AsyncIterable<Uint32Array>;
  /** Nobody else's until the table is written. */
  readonly memory: GatherMemory;
  /** Opens the next file. */
  readonly openFile: () => Promise<RowFile>;
  /** Path of the n-th finished file, from 0, relative to the job's folder. */
  readonly pathOf: (n: number, sha256: string) => string;
  /** The job's folder. */
  readonly folder: string;
}

/** Kinds of columns that count towards the size of a row group; the text of a dictionary is there once. */
const TEXTS = ['text', 'list', 'map'] as const;
type TextColumn = Extract<ColumnData, { kind: (typeof TEXTS)[number] }>;
const isText = (kind: ColumnKind): boolean => (TEXTS as readonly ColumnKind[]).includes(kind);

type Key = readonly [string | null, string];

const textBytes = (column: TextColumn, from: number, to: number): number => {
  switch (column.kind) {
    case 'text':
      return column.text.offsets[to]! - column.text.offsets[from]!;
    case 'map': {
      const first = column.offsets[from]!;
      const last = column.offsets[to]!;
      return column.keys.offsets[last]! - column.keys.offsets[first]! + column.items.offsets[last]! - column.items.offsets[first]!;
    }
    case 'list':
      return column.items.offsets[column.offsets[to]!]! - column.items.offsets[column.offsets[from]!]!;
  }
};

/** Rows waiting to become a row group. */
class Pending {
  readonly #copied: Slice[] = [];
  #slices: Slice[] = [];
  /** Places of the columns that hold text. */
  readonly #texts: readonly number[];
  rows = 0;
  bytes = 0;

  constructor(texts: readonly number[]) {
    this.#texts = texts;
  }

  add(batch: ColumnBatch, from: number, to: number): void {
    const last = this.#slices.at(-1);
    if (last?.batch === batch && last.to === from) this.#slices[this.#slices.length - 1] = { batch, from: last.from, to };
    else this.#slices.push({ batch, from, to });
    this.rows += to - from;
    for (const i of this.#texts) this.bytes += textBytes(batch.columns[i] as TextColumn, from, to);
  }

  /** Copies the rows out of their blocks. */
  copyOut(columns: readonly Column[]): void {
    if (this.#slices.length === 0) return;
    const batch = gather(columns, this.#slices);
    this.#copied.push({ batch, from: 0, to: batch.rowCount });
    this.#slices = [];
  }

  /** In order; what was copied out comes first. */
  get slices(): readonly Slice[] {
    return [...this.#copied, ...this.#slices];
  }
}

/** Writes one table of one partition, or of a half of it, in order: cuts rows into row groups and row groups into files. */
export class TableWriter {
  readonly #deps: TableWriterDeps;
  readonly #written: WrittenPart[] = [];
  readonly #gatherer: Gatherer;
  /** Places of the columns that hold text. */
  readonly #texts: readonly number[];
  readonly #startColumn: number;
  readonly #idColumn: number;
  #pending: Pending;
  #file: RowFile | undefined;
  #rows = 0;
  #bytes = 0;
  #minKey: Key | null = null;
  #maxKey: Key | null = null;

  constructor(deps: TableWriterDeps) {
    this.#deps = deps;
    this.#gatherer = new Gatherer(deps.table.columns, deps.memory);
    this.#texts = deps.table.columns.flatMap((column, i) => (isText(columnKind(column)) ? [i] : []));
    this.#pending = new Pending(this.#texts);
    this.#startColumn = deps.table.columns.findIndex((column) => column.name === 'conversation_start');
    this.#idColumn = deps.table.columns.findIndex((column) => column.name === 'conversation_id');
  }

  /** @throws SinkError; nothing of an unfinished file is left then. */
  async write({ table, format }: Pick<TableJob, 'table' | 'format'>): Promise<readonly WrittenPart[]> {
    try {
      for await (const piece of this.#deps.order) await this.#takePiece(piece, table, format);
      await this.#flush();
      await this.#closeFile(table, format);
      return this.#written;
    } catch (error) {
      await this.#file?.abort();
      throw error;
    }
  }

  async #takePiece(pairs: Uint32Array, table: TableJob['table'], format: TableJob['format']): Promise<void> {
    const { reader } = this.#deps;
    for (let i = 0; i < pairs.length; i += 2) {
      const n = pairs[i]!;
      const block = reader.cached(n) ?? (await reader.load(n));
      if (reader.heldBytes > HELD_BYTES) this.#copyOut();
      await this.#take(block, pairs[i + 1]!, table, format);
    }
  }

  /** Not async: a conversation that fills no row group costs no promise. */
  #take(block: TableBlock, conversation: number, table: TableJob['table'], format: TableJob['format']): Promise<void> | undefined {
    const from = block.rowStarts[conversation]!;
    const to = block.rowStarts[conversation + 1]!;
    const room = this.#deps.job.parquet.rowGroupRows - this.#pending.rows;
    if (to - from < room && this.#pending.bytes < ROW_GROUP_BYTES) {
      if (to > from) this.#pending.add(block.batch, from, to);
      return undefined;
    }
    return this.#takeInPieces(block, from, to, table, format);
  }

  async #takeInPieces(block: TableBlock, from: number, to: number, table: TableJob['table'], format: TableJob['format']): Promise<void> {
    let at = from;
    while (at < to) {
      if (this.#isFull()) await this.#flush();
      if (this.#rows >= PART_ROWS || this.#bytes >= PART_BYTES) await this.#closeFile(table, format);
      const end = Math.min(to, at + this.#deps.job.parquet.rowGroupRows - this.#pending.rows);
      this.#pending.add(block.batch, at, end);
      at = end;
    }
  }

  #isFull(): boolean {
    return this.#pending.rows >= this.#deps.job.parquet.rowGroupRows || this.#pending.bytes >= ROW_GROUP_BYTES;
  }

  /** Rows that wait need their blocks no longer. */
  #copyOut(): void {
    this.#pending.copyOut(this.#deps.table.columns);
    this.#deps.reader.release();
  }

  async #flush(): Promise<void> {
    const pending = this.#pending;
    const { rows, bytes } = pending;
    this.#pending = new Pending(this.#texts);
    if (rows === 0) return;
    const batch = this.#gatherer.gather(pending.slices);
    this.#minKey ??= this.#keyOf(batch, 0);
    this.#maxKey = this.#keyOf(batch, rows - 1);
    this.#file ??= await this.#deps.openFile();
    await this.#file.write(batch);
    // The rows are written: nothing points into their blocks any more.
    this.#deps.reader.release();
    this.#rows += rows;
    this.#bytes += bytes;
  }

  async #closeFile(table: TableJob['table'], format: TableJob['format']): Promise<void> {
    const file = this.#file;
    if (file === undefined) return;
    const pathOf = (sha256: string): string => this.#deps.pathOf(this.#written.length, sha256);
    const { bytes, sha256, rows } = await file.close((written) => `${this.#deps.folder}/${pathOf(written.sha256)}`);
    this.#file = undefined;
    this.#written.push({ table, format, path: pathOf(sha256), bytes, sha256, rows, minKey: this.#minKey, maxKey: this.#maxKey });
    [this.#rows, this.#bytes, this.#minKey, this.#maxKey] = [0, 0, null, null];
  }

  #keyOf(batch: ColumnBatch, row: number): Key {
    const [start, id] = [this.#startColumn, this.#idColumn].map((i) => cellAt(this.#deps.table.columns[i]!, batch.columns[i]!, row));
    return [typeof start === 'number' ? formatInstant(start) : null, String(id)];
  }
}
