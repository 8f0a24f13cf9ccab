/** Memory is taken from the engine in pieces of at least so many bytes. */
const PIECE_BYTES = 512 * 1024;
/** Beyond this, memory is not kept. Units: bytes. */
const KEPT_BYTES = 16 * 1024 * 1024;

interface Piece {
  readonly memory: ArrayBuffer;
  used: number;
}

/**
 * Arrays for one purpose at a time: all of them are given back at once, and their memory is used again.
 *
 * Why: a row group's columns are some megabytes; made anew each time they are memory that the system's allocator does not give back, twice over.
 * Arrays hold whatever was there before: every value has to be written.
 */
export class Scratch {
  #pieces: Piece[] = [];

  /** Room for values of at most eight bytes each. */
  #room(bytes: number): { readonly memory: ArrayBuffer; readonly at: number } {
    let piece = this.#pieces.find(({ memory, used }) => memory.byteLength - used >= bytes);
    if (piece === undefined) {
      piece = { memory: new ArrayBuffer(Math.max(PIECE_BYTES, bytes + (bytes >> 2) + 7) & ~7), used: 0 };
      this.#pieces.push(piece);
    }
    const at = piece.used;
    piece.used = (at + bytes + 7) & ~7;
    return { memory: piece.memory, at };
  }

  uint8(length: number): Uint8Array<ArrayBuffer> {
    const { memory, at } = this.#room(length);
    return new Uint8Array(memory, at, length);
  }

  uint32(length: number): Uint32Array<ArrayBuffer> {
    const { memory, at } = this.#room(length * 4);
    return new Uint32Array(memory, at, length);
  }

  int32(length: number): Int32Array<ArrayBuffer> {
    const { memory, at } = this.#room(length * 4);
    return new Int32Array(memory, at, length);
  }

  int64(length: number): BigInt64Array<ArrayBuffer> {
    const { memory, at } = this.#room(length * 8);
    return new BigInt64Array(memory, at, length);
  }

  /** Arrays given so far are of no more use. */
  clear(): void {
    if (this.#pieces.reduce((sum, { memory }) => sum + memory.byteLength, 0) > KEPT_BYTES) this.#pieces = [];
    for (const piece of this.#pieces) piece.used = 0;
  }
}
