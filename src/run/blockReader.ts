import type { FileOps, OpenFile } from '../model/files.js';
import type { MemoryPool } from '../model/memoryPool.js';
import type { TableBlock } from '../model/columns/block.js';
import { decodeTableBlock, directoryLength, readDirectory } from '../model/columns/blockCodec.js';
import type { ColumnKind } from '../model/columns/columnData.js';
import { readExactly } from './readExactly.js';
import { blockAt, type BlockPlaces } from './rowOrder.js';

/** Table blocks kept for conversations that are out of order. Units: bytes. */
const CACHE_BYTES = 4 * 1024 * 1024;
/** What a block takes on the heap beside its bytes, for itself and for each column: of pages with a row or two it is most of it. Units: bytes. */
const BLOCK_OVERHEAD = 1024;
const COLUMN_OVERHEAD = 512;

/** Which table of which job a reader reads. */
export interface BlockReaderOptions {
  readonly files: FileOps;
  readonly blocks: BlockPlaces;
  /** Tables in a block, and the place of ours among them. */
  readonly tables: number;
  readonly table: number;
  readonly kinds: readonly ColumnKind[];
  /** What blocks are read into; it has them back after `release` and `close`. */
  readonly memory: MemoryPool;
}

/** Reads one table's rows out of journaled blocks, keeping the last few. */
export class BlockReader {
  readonly #options: BlockReaderOptions;
  readonly #open = new Map<string, OpenFile>();
  readonly #cache = new Map<number, { readonly block: TableBlock; readonly memory: ArrayBuffer }>();
  #cached = 0;
  /** Memory of blocks that left the cache: rows that wait to be written may still be in it. */
  #left: ArrayBuffer[] = [];
  #leftBytes = 0;
  readonly #directory: ArrayBuffer;

  constructor(options: BlockReaderOptions) {
    this.#options = options;
    this.#directory = new ArrayBuffer(directoryLength(options.tables));
  }

  /** Block n, where it was read lately; undefined where it must be loaded. */
  cached(n: number): TableBlock | undefined {
    return this.#cache.get(n)?.block;
  }

  /** @throws StateError where the journal is not what was written */
  async load(n: number): Promise<TableBlock> {
    const { blocks, tables, table, kinds } = this.#options;
    const start = blockAt(blocks, n);
    const file = await this.#fileOf(start.file);
    const directory = await readExactly(start.file, file, { offset: start.offset, length: this.#directory.byteLength }, this.#directory);
    const { offset, length } = readDirectory(directory, tables)[table + 1]!;
    const bytes = await readExactly(start.file, file, { offset: start.offset + offset, length }, this.#options.memory.take(length));
    const block = decodeTableBlock(bytes, kinds);
    this.#keep(n, block, bytes.buffer);
    return block;
  }

  /** Memory of blocks given so far that waits for `release`, what they take beside their bytes included. Units: bytes. */
  get heldBytes(): number {
    return this.#leftBytes;
  }

  /** Blocks given so far are of no more use, except those still cached: their memory is used again. */
  release(): void {
    for (const piece of this.#left) this.#options.memory.give(piece);
    this.#left = [];
    this.#leftBytes = 0;
  }

  /** Nothing that was given is of use any more. */
  async close(): Promise<void> {
    this.release();
    for (const { memory } of this.#cache.values()) this.#options.memory.give(memory);
    this.#cache.clear();
    const open = [...this.#open.values()];
    this.#open.clear();
    const closed = await Promise.allSettled(open.map((file) => file.close()));
    for (const one of closed) if (one.status === 'rejected') throw one.reason;
  }

  #weight(memory: ArrayBuffer): number {
    return memory.byteLength + BLOCK_OVERHEAD + COLUMN_OVERHEAD * this.#options.kinds.length;
  }

  #keep(n: number, block: TableBlock, memory: ArrayBuffer): void {
    this.#cache.set(n, { block, memory });
    this.#cached += this.#weight(memory);
    for (const [oldest, entry] of this.#cache) {
      if (this.#cached <= CACHE_BYTES || this.#cache.size === 1) break;
      this.#cache.delete(oldest);
      this.#cached -= this.#weight(entry.memory);
      this.#left.push(entry.memory);
      this.#leftBytes += this.#weight(entry.memory);
    }
  }

  async #fileOf(path: string): Promise<OpenFile> {
    const known = this.#open.get(path);
    if (known !== undefined) return known;
    const file = await this.#options.files.open(path, 'read');
    this.#open.set(path, file);
    return file;
  }
}
