import { Buffer } from 'node:buffer';
import type { TextData } from './columnData.js';
import { GrowingUint32 } from './growing.js';

const FIRST_BYTES = 4096;
/** Beyond this, memory is not kept. Units: bytes. */
const KEPT_BYTES = 1024 * 1024;
/** Text of so many characters counts as short. */
const SHORT = 24;

/**
 * Gathers text values into one growing buffer.
 *
 * Why by hand: `TextEncoder.encode` a value is five times slower (ENGINES).
 * Memory: kept for what is gathered after `clear`, unless it is large.
 * Lone surrogates have no UTF-8 form: Buffer writes U+FFFD in their place; `replaced` counts the values this happened to.
 */
export class TextBuilder {
  #bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  readonly #offsets = new GrowingUint32();
  #used = 0;
  #count = 0;
  replaced = 0;

  constructor() {
    this.#offsets.append(0);
  }

  append(value: string): void {
    // UTF-8 takes at most three bytes a UTF-16 unit.
    const room = this.#used + value.length * 3;
    if (room > this.#bytes.length) this.#growBytes(room);
    if (value.length <= SHORT && this.#appendAscii(value)) return;
    const written = this.#bytes.utf8Write(value, this.#used);
    // Only text that is not ASCII can hold a surrogate.
    if (written !== value.length && !value.isWellFormed()) this.replaced++;
    this.#used += written;
    this.#close();
  }

  /** For short text a loop costs less than the call that writes UTF-8. False, with nothing appended, where a character is beyond ASCII. */
  #appendAscii(value: string): boolean {
    const bytes = this.#bytes;
    const start = this.#used;
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i);
      if (code > 0x7f) return false;
      bytes[start + i] = code;
    }
    this.#used = start + value.length;
    this.#close();
    return true;
  }

  /** Closes a value without text: what a NULL row holds. */
  appendEmpty(): void {
    this.#close();
  }

  get count(): number {
    return this.#count;
  }

  /** What was gathered: views, which hold until `clear`. */
  finish(): TextData {
    return { offsets: this.#offsets.finish(), bytes: new Uint8Array(this.#bytes.buffer, 0, this.#used) };
  }

  /** Begins anew. */
  clear(): void {
    if (this.#bytes.length > KEPT_BYTES) this.#bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
    this.#offsets.clear();
    this.#offsets.append(0);
    this.#used = 0;
    this.#count = 0;
    this.replaced = 0;
  }

  #close(): void {
    this.#count++;
    this.#offsets.append(this.#used);
  }

  #growBytes(room: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(room, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#used);
    this.#bytes = larger;
  }
}
