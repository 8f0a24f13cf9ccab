import { GrowingUint32 } from '../model/columns/growing.js';
import type { FileOps } from '../model/files.js';
import type { BlockRef, ScratchFile } from '../model/journal.js';
import { readExactly } from './readExactly.js';

/** Entries of a file that are written and read at once. */
const ENTRIES_AT_ONCE = 8192;
/** Block and conversation. */
const ENTRY_WORDS = 2;
/** File and offset. */
const PLACE_WORDS = 2;

/** Units: bytes. */
const ENTRY_BYTES = ENTRY_WORDS * Uint32Array.BYTES_PER_ELEMENT;

/** Memory that threads share. */
export const sharedNumbers = (length: number): Uint32Array => new Uint32Array(new SharedArrayBuffer(length * Uint32Array.BYTES_PER_ELEMENT));

/** Where a block begins; how long it is stands in its directory. */
export type BlockStart = Pick<BlockRef, 'file' | 'offset'>;

/** Where blocks begin, by number: a file's number and an offset each. Threads share the memory of `places`. */
export interface BlockPlaces {
  readonly files: readonly string[];
  readonly places: Uint32Array;
}

/** Conversations to write, in order. Threads share the memory of `entries`; where they are many, they lie in a file. */
export interface RowOrder {
  readonly blocks: BlockPlaces;
  /** Of the pairs in `entries`, the first to write. */
  readonly first: number;
  readonly count: number;
  /** Pairs: a block, and a conversation of it; or the path of a file of such pairs. */
  readonly entries: Uint32Array | string;
}

/** A partition of so many conversations is written in halves: fewer are not worth it; of more, two lanes at one table would take a tenth more memory than one does. */
const HALVED = { least: 50_000, most: 131_072 };

/**
 * What one lane writes: an order, or the halves of it, one after the other.
 *
 * Why: at the end of a large partition all lanes but one would wait for its last table. Not in more pieces, as each is a file of its own, and readers like few. It depends on
 * the conversations alone, so that the same answers give the same files on any machine.
 */
export const piecesOf = (order: RowOrder, { least, most } = HALVED): readonly RowOrder[] => {
  if (order.count < least || order.count > most) return [order];
  const half = Math.ceil(order.count / 2);
  return [{ ...order, count: half }, { ...order, first: order.first + half, count: order.count - half }];
};

/** Where a block begins. */
export const blockAt = ({ files, places }: BlockPlaces, block: number): BlockStart => {
  const at = block * PLACE_WORDS;
  return { file: files[places[at]!]!, offset: places[at + 1]! };
};

/** Gathers the places of blocks, numbered in the order they came. Units: 8 bytes a block. */
export class BlockList {
  readonly #files: string[] = [];
  readonly #places = new GrowingUint32();
  #count = 0;

  /** The block's number. */
  add({ file, offset }: BlockStart): number {
    // Pages come segment by segment.
    if (this.#files.at(-1) !== file) this.#files.push(file);
    this.#places.append(this.#files.length - 1);
    this.#places.append(offset);
    return this.#count++;
  }

  shared(): BlockPlaces {
    const places = sharedNumbers(this.#count * PLACE_WORDS);
    places.set(this.#places.finish());
    return { files: [...this.#files], places };
  }
}

/** Writes an order's pairs to a file. */
export class OrderFile {
  readonly #file: ScratchFile['file'];
  readonly #words = new Uint32Array(ENTRIES_AT_ONCE * ENTRY_WORDS);
  #at = 0;

  constructor({ file }: ScratchFile) {
    this.#file = file;
  }

  /** A promise only where it has to be waited for. */
  add(block: number, conversation: number): Promise<void> | undefined {
    this.#words[this.#at++] = block;
    this.#words[this.#at++] = conversation;
    return this.#at === this.#words.length ? this.flush() : undefined;
  }

  async flush(): Promise<void> {
    await this.#file.write(new Uint8Array(this.#words.buffer, 0, this.#at * Uint32Array.BYTES_PER_ELEMENT));
    this.#at = 0;
  }
}

/** An order's pairs, a piece at a time; a piece holds until the next. @throws StateError where the file is not what was written. */
export async function* orderPieces({ entries, first, count }: RowOrder, files: FileOps): AsyncGenerator<Uint32Array, void, void> {
  if (typeof entries !== 'string') {
    yield entries.subarray(first * ENTRY_WORDS, (first + count) * ENTRY_WORDS);
    return;
  }
  const file = await files.open(entries, 'read');
  try {
    const memory = new ArrayBuffer(ENTRIES_AT_ONCE * ENTRY_BYTES);
    for (let at = 0; at < count; at += ENTRIES_AT_ONCE) {
      const length = Math.min(ENTRIES_AT_ONCE, count - at) * ENTRY_BYTES;
      const bytes = await readExactly(entries, file, { offset: (first + at) * ENTRY_BYTES, length }, memory);
      yield new Uint32Array(bytes.buffer, bytes.byteOffset, length / Uint32Array.BYTES_PER_ELEMENT);
    }
  } finally {
    await file.close();
  }
}
