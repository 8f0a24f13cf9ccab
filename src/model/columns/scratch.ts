import { aligned } from './aligned.js';

/** Beyond this, memory is not kept. Units: bytes. */
const KEPT_BYTES = 32 * 1024 * 1024;

/**
 * Arrays for one purpose at a time: all of them are given back at once, and their memory is used again.
 *
 * Why: a row group's columns are some megabytes; made anew each time they are memory that the system's allocator does not give back, twice over.
 * What did not fit is made for itself, and the next time there is one piece for all.
 * Arrays hold whatever was there before: every value has to be written.
 */
export class Scratch {
  #memory = new ArrayBuffer(0);
  #used = 0;
  /** Bytes of arrays that did not fit. */
  #over = 0;

  /** Room for values of at most eight bytes each. */
  #room(bytes: number): { readonly memory: ArrayBuffer; readonly at: number } {
    const at = this.#used;
    const end = at + aligned(bytes);
    if (end > this.#memory.byteLength) {
      this.#over += aligned(bytes);
      return { memory: new ArrayBuffer(bytes), at: 0 };
    }
    this.#used = end;
    return { memory: this.#memory, at };
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
    const needed = this.#used + this.#over;
    if (needed > KEPT_BYTES) this.#memory = new ArrayBuffer(0);
    else if (this.#over > 0) this.#memory = new ArrayBuffer(aligned(needed + (needed >> 3)));
    this.#used = 0;
    this.#over = 0;
  }
}
