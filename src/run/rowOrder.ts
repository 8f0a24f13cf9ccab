import { StateError } from '../model/errors.js';
import type { FileOps } from '../model/files.js';
import type { BlockRef } from '../model/journal.js';

/** Entries of a file that are read at once. */
const ENTRIES_AT_ONCE = 8192;
/** Block and conversation. */
const ENTRY_WORDS = 2;
const PLACE_WORDS = 3;
const FIRST_ROOM = 64;

/** Units: bytes. */
export const ENTRY_BYTES = ENTRY_WORDS * Uint32Array.BYTES_PER_ELEMENT;

/** Memory that threads share. */
export const sharedNumbers = (length: number): Uint32Array => new Uint32Array(new SharedArrayBuffer(length * Uint32Array.BYTES_PER_ELEMENT));

/** Where blocks lie, by number: a file's number, an offset and a length each. Threads share the memory of `places`. */
export interface BlockPlaces {
  readonly files: readonly string[];
  readonly places: Uint32Array;
}

/** Conversations to write, in order. Threads share the memory of `entries`; where they are many, they lie in a file. */
export interface RowOrder {
  readonly blocks: BlockPlaces;
  readonly count: number;
  /** Pairs: a block, and a conversation of it; or the path of a file of such pairs. */
  readonly entries: Uint32Array | string;
}

/** A block's place. */
export const blockAt = ({ files, places }: BlockPlaces, block: number): BlockRef => {
  const at = block * PLACE_WORDS;
  return { file: files[places[at]!]!, offset: places[at + 1]!, length: places[at + 2]! };
};

/** Gathers the places of blocks, numbered in the order they came. Units: 12 bytes a block. */
export class BlockList {
  readonly #files: string[] = [];
  #places = new Uint32Array(FIRST_ROOM * PLACE_WORDS);
  #count = 0;

  /** The block's number. */
  add({ file, offset, length }: BlockRef): number {
    // Pages come segment by segment.
    if (this.#files.at(-1) !== file) this.#files.push(file);
    const at = this.#count * PLACE_WORDS;
    if (at === this.#places.length) {
      const larger = new Uint32Array(this.#places.length * 2);
      larger.set(this.#places);
      this.#places = larger;
    }
    this.#places.set([this.#files.length - 1, offset, length], at);
    return this.#count++;
  }

  shared(): BlockPlaces {
    const places = sharedNumbers(this.#count * PLACE_WORDS);
    places.set(this.#places.subarray(0, places.length));
    return { files: [...this.#files], places };
  }
}

/** An order's pairs, a piece at a time; a piece holds until the next. @throws StateError where the file is not what was written. */
export async function* orderPieces({ entries, count }: RowOrder, files: FileOps): AsyncGenerator<Uint32Array, void, void> {
  if (typeof entries !== 'string') {
    yield entries;
    return;
  }
  const file = await files.open(entries, 'read');
  try {
    const memory = new ArrayBuffer(ENTRIES_AT_ONCE * ENTRY_BYTES);
    for (let at = 0; at < count; at += ENTRIES_AT_ONCE) {
      const wanted = Math.min(ENTRIES_AT_ONCE, count - at) * ENTRY_BYTES;
      const bytes = await file.read(at * ENTRY_BYTES, wanted, memory);
      if (bytes.length !== wanted) throw new StateError(`${entries}: is shorter than it was`, { remedy: 'Run again: it goes on from the pages that are there.' });
      yield new Uint32Array(bytes.buffer, bytes.byteOffset, wanted / Uint32Array.BYTES_PER_ELEMENT);
    }
  } finally {
    await file.close();
  }
}
