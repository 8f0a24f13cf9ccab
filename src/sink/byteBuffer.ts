import { Buffer } from 'node:buffer';

const FIRST_BYTES = 64 * 1024;
/** Beyond this, memory is not kept. Units: bytes. */
const KEPT_BYTES = 16 * 1024 * 1024;

/** Bytes that are put one after the other into memory that grows, and is used again after `clear` unless it is large. */
export class ByteBuffer {
  #bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #length = 0;

  /** What has been put, without a copy: valid until the next change. */
  view(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  clear(): void {
    if (this.#bytes.length > KEPT_BYTES) this.#bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
    this.#length = 0;
  }

  put(piece: Uint8Array): void {
    this.#reserve(piece.byteLength);
    this.#bytes.set(piece, this.#length);
    this.#length += piece.byteLength;
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#length + bytes, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}
