import type { TextData } from './columnData.js';

const FIRST_SLOTS = 1024;
const FIRST_BYTES = 16 * 1024;
/** Beyond this, memory is not kept. Units: distinct values; bytes. */
const KEPT_SLOTS = 256 * 1024;
const KEPT_BYTES = 4 * 1024 * 1024;
/** FNV-1a, 32 bits, over the bytes of a value. Source: Fowler, Noll, Vo. */
const FNV_START = 0x811c_9dc5;
const FNV_PRIME = 0x0100_0193;

/**
 * Numbers distinct byte strings in the order in which they first come.
 *
 * Why not a Map of strings: making a string of each value costs more than comparing its bytes.
 */
export class TextInterner {
  #slots = new Uint32Array(FIRST_SLOTS);
  #hashes = new Int32Array(FIRST_SLOTS);
  #offsets = new Uint32Array(FIRST_SLOTS);
  #bytes = new Uint8Array(FIRST_BYTES);
  #count = 0;

  /** Distinct values so far. */
  get count(): number {
    return this.#count;
  }

  /** Bytes of the distinct values so far. */
  get size(): number {
    return this.#offsets[this.#count]!;
  }

  /** The number of the value `bytes[from, to)`. */
  codeOf(bytes: Uint8Array, from: number, to: number): number {
    let hash = FNV_START | 0;
    for (let i = from; i < to; i++) hash = Math.imul(hash ^ bytes[i]!, FNV_PRIME);
    const slots = this.#slots;
    const mask = slots.length - 1;
    // The low bits of the product are the weak ones.
    for (let slot = (hash ^ (hash >>> 15)) & mask; ; slot = (slot + 1) & mask) {
      const code = slots[slot]! - 1;
      if (code === -1) return this.#add(slot, hash, bytes, from, to);
      if (this.#hashes[code] === hash && this.#isSame(code, bytes, from, to)) return code;
    }
  }

  /** The distinct values, in the order of their numbers: views, which hold until `clear`. */
  values(): TextData {
    return { offsets: this.#offsets.subarray(0, this.#count + 1), bytes: this.#bytes.subarray(0, this.size) };
  }

  /** Begins anew, in the same memory. */
  clear(): void {
    this.#count = 0;
    if (this.#bytes.length > KEPT_BYTES) this.#bytes = new Uint8Array(FIRST_BYTES);
    if (this.#slots.length <= KEPT_SLOTS) {
      this.#slots.fill(0);
      return;
    }
    this.#slots = new Uint32Array(FIRST_SLOTS);
    this.#hashes = new Int32Array(FIRST_SLOTS);
    this.#offsets = new Uint32Array(FIRST_SLOTS);
  }

  #isSame(code: number, bytes: Uint8Array, from: number, to: number): boolean {
    const known = this.#bytes;
    const start = this.#offsets[code]!;
    if (this.#offsets[code + 1]! - start !== to - from) return false;
    for (let i = from, at = start; i < to; i++, at++) if (known[at] !== bytes[i]) return false;
    return true;
  }

  #add(slot: number, hash: number, bytes: Uint8Array, from: number, to: number): number {
    const code = this.#count++;
    const start = this.#offsets[code]!;
    const end = start + to - from;
    if (end > this.#bytes.length) this.#growBytes(end);
    this.#bytes.set(bytes.subarray(from, to), start);
    this.#slots[slot] = code + 1;
    this.#hashes[code] = hash;
    this.#offsets[code + 1] = end;
    if (this.#count * 2 > this.#slots.length) this.#growSlots();
    return code;
  }

  #growBytes(room: number): void {
    const larger = new Uint8Array(Math.max(room, this.#bytes.length * 2));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }

  #growSlots(): void {
    const slots = new Uint32Array(this.#slots.length * 2);
    const hashes = new Int32Array(slots.length);
    const offsets = new Uint32Array(slots.length);
    hashes.set(this.#hashes);
    offsets.set(this.#offsets);
    const mask = slots.length - 1;
    for (let code = 0; code < this.#count; code++) {
      const hash = hashes[code]!;
      let slot = (hash ^ (hash >>> 15)) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = code + 1;
    }
    this.#slots = slots;
    this.#hashes = hashes;
    this.#offsets = offsets;
  }
}
