import type { TextData } from './columnData.js';
import { GrowingUint32 } from './growing.js';

const FIRST_BYTES = 16 * 1024;
/** Beyond this, memory is not kept. Units: bytes. */
const KEPT_BYTES = 4 * 1024 * 1024;

/** Numbers byte strings that come in runs: one that is not the same as the one before gets a new number, whether it came earlier or not. */
export class TextRuns {
  readonly #offsets = new GrowingUint32();
  #bytes = new Uint8Array(FIRST_BYTES);
  /** Where the last value starts and where it ends. */
  #start = 0;
  #end = 0;
  #count = 0;

  constructor() {
    this.#offsets.append(0);
  }

  /** The number of the value `bytes[from, to)`. */
  codeOf(bytes: Uint8Array, from: number, to: number): number {
    if (this.#count > 0 && this.#isLast(bytes, from, to)) return this.#count - 1;
    const end = this.#end + to - from;
    if (end > this.#bytes.length) this.#growBytes(end);
    this.#bytes.set(bytes.subarray(from, to), this.#end);
    this.#start = this.#end;
    this.#end = end;
    this.#offsets.append(end);
    return this.#count++;
  }

  /** The values, in the order of their numbers: views, which hold until `clear`. */
  values(): TextData {
    return { offsets: this.#offsets.finish(), bytes: this.#bytes.subarray(0, this.#end) };
  }

  /** Begins anew, in the same memory. */
  clear(): void {
    if (this.#bytes.length > KEPT_BYTES) this.#bytes = new Uint8Array(FIRST_BYTES);
    this.#offsets.clear();
    this.#offsets.append(0);
    this.#start = 0;
    this.#end = 0;
    this.#count = 0;
  }

  #isLast(bytes: Uint8Array, from: number, to: number): boolean {
    const known = this.#bytes;
    if (this.#end - this.#start !== to - from) return false;
    for (let i = from, at = this.#start; i < to; i++, at++) if (known[at] !== bytes[i]) return false;
    return true;
  }

  #growBytes(room: number): void {
    const larger = new Uint8Array(Math.max(room, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#end));
    this.#bytes = larger;
  }
}
