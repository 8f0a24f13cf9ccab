import { Buffer } from 'node:buffer';

const FIRST_BYTES = 64 * 1024;
/** Beyond this, memory is not kept. Units: bytes. */
const KEPT_BYTES = 16 * 1024 * 1024;
const QUOTE = 0x22;
const DIGIT = 0x30;

/** Bytes that are put one after the other into memory that grows, and is used again after `clear` unless it is large. */
export class ByteBuffer {
  #bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** What has been put, without a copy: valid until the next change. */
  view(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  clear(): void {
    if (this.#bytes.length > KEPT_BYTES) this.#bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
    this.#length = 0;
  }

  /** An empty one beside it. */
  fresh(): ByteBuffer {
    return new ByteBuffer();
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  /** Text of ASCII characters only. */
  ascii(text: string): void {
    this.#reserve(text.length);
    for (let i = 0; i < text.length; i++) this.#bytes[this.#length + i] = text.charCodeAt(i);
    this.#length += text.length;
  }

  text(text: string): void {
    this.#reserve(text.length * 3);
    this.#length += this.#bytes.utf8Write(text, this.#length);
  }

  /** Copies between quotes, each quote within doubled. */
  quoted(from: Uint8Array, start: number, end: number): void {
    this.#reserve(2 * (end - start) + 2);
    const bytes = this.#bytes;
    let at = this.#length;
    bytes[at++] = QUOTE;
    for (let i = start; i < end; i++) {
      const byte = from[i]!;
      if (byte === QUOTE) bytes[at++] = QUOTE;
      bytes[at++] = byte;
    }
    bytes[at++] = QUOTE;
    this.#length = at;
  }

  /** So many decimal digits of an integer, with leading zeros. */
  digits(value: number, count: number): void {
    this.#reserve(count);
    let rest = value;
    for (let at = this.#length + count - 1; at >= this.#length; at--) {
      const next = Math.floor(rest / 10);
      this.#bytes[at] = DIGIT + rest - next * 10;
      rest = next;
    }
    this.#length += count;
  }

  /** A large piece: one call into the runtime. */
  put(piece: Uint8Array): void {
    this.#reserve(piece.byteLength);
    this.#bytes.set(piece, this.#length);
    this.#length += piece.byteLength;
  }

  copy(from: Uint8Array, start: number, end: number): void {
    this.#reserve(end - start);
    const bytes = this.#bytes;
    let at = this.#length;
    // Values are short: a loop costs less than a call into the runtime.
    for (let i = start; i < end; i++) bytes[at++] = from[i]!;
    this.#length = at;
  }

  /** Copies unless one of the bytes is marked in the 256 flags; then nothing is put, and false comes back. */
  copyUnless(from: Uint8Array, start: number, end: number, flags: Uint8Array): boolean {
    this.#reserve(end - start);
    const bytes = this.#bytes;
    let at = this.#length;
    for (let i = start; i < end; i++) {
      const byte = from[i]!;
      if (flags[byte] === 1) return false;
      bytes[at++] = byte;
    }
    this.#length = at;
    return true;
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#length + bytes, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}
