import { Buffer } from 'node:buffer';

/** Room beyond this is not kept: it was for an exception. Units: bytes. */
const KEPT_BYTES = 4 * 1024 * 1024;

/**
 * Gathers frames that are written at once, in memory that is used again: pages of a partition are much alike.
 *
 * Why: a copy costs less than another way through the thread pool.
 */
export class FrameBuffer {
  #memory = Buffer.alloc(0);
  #length = 0;

  /** Bytes gathered. */
  get length(): number {
    return this.#length;
  }

  add(...pieces: readonly Uint8Array[]): void {
    const length = pieces.reduce((sum, piece) => sum + piece.length, this.#length);
    if (this.#memory.length < length) {
      const larger = Buffer.allocUnsafeSlow(length + (length >> 2));
      larger.set(this.#memory.subarray(0, this.#length));
      this.#memory = larger;
    }
    for (const piece of pieces) {
      this.#memory.set(piece, this.#length);
      this.#length += piece.length;
    }
  }

  /** What was gathered, and is no longer kept: a view that holds until the next is added. */
  take(): Uint8Array {
    const taken = this.#memory.subarray(0, this.#length);
    this.#length = 0;
    if (this.#memory.length > KEPT_BYTES) this.#memory = Buffer.alloc(0);
    return taken;
  }
}
