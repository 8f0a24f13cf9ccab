import { createHash } from 'node:crypto';
import type { TextData } from '../model/columns/columnData.js';

const UUID_LENGTH = 36;
const DASH = 45;

const hexDigit = (code: number): number => (code >= 48 && code <= 57 ? code - 48 : code >= 97 && code <= 102 ? code - 87 : -1);

/** Four 32-bit words of an id. */
export type Words = Uint32Array;

/**
 * Reads a lower-case UUID's 128 bits into `into`; false where the bytes are none.
 *
 * Shape: word order is text order, so comparing words compares ids.
 */
const uuidWords = (bytes: Uint8Array, start: number, into: Words): boolean => {
  let nibble = 0;
  let word = 0;
  for (let i = 0; i < UUID_LENGTH; i++) {
    const code = bytes[start + i]!;
    if (i === 8 || i === 13 || i === 18 || i === 23) {
      if (code !== DASH) return false;
      continue;
    }
    const digit = hexDigit(code);
    if (digit < 0) return false;
    word = (word << 4) | digit;
    if ((++nibble & 7) === 0) into[(nibble >> 3) - 1] = word;
  }
  return true;
};

/** 128 bits that stand for an id: a UUID's own, else half of its SHA-256. */
export const idWords = (ids: TextData, index: number, into: Words): void => {
  const start = ids.offsets[index]!;
  const end = ids.offsets[index + 1]!;
  if (end - start === UUID_LENGTH && uuidWords(ids.bytes, start, into)) return;
  const digest = createHash('sha256').update(ids.bytes.subarray(start, end)).digest();
  for (let i = 0; i < 4; i++) into[i] = digest.readUInt32BE(i * 4);
};

const FIRST_ROOM = 1024;

/**
 * A growing set of 128-bit ids, numbered in the order they came.
 *
 * Why not Set<string>: at a million conversations this is 24 MB instead of 150.
 */
export class IdSet {
  #words = new Uint32Array(FIRST_ROOM * 4);
  /** Open addressing: 0 is free, otherwise number + 1. */
  #slots = new Uint32Array(FIRST_ROOM * 2);
  #count = 0;

  get size(): number {
    return this.#count;
  }

  /** The number of an id, which is `size - 1` of afterwards where it is new. */
  add(words: Words): number {
    if (this.#count * 2 >= this.#slots.length) this.#grow();
    const slot = this.#slotOf(words, 0);
    const taken = this.#slots[slot]!;
    if (taken !== 0) return taken - 1;
    this.#words.set(words, this.#count * 4);
    this.#slots[slot] = this.#count + 1;
    return this.#count++;
  }

  /** Orders two ids by number: negative where a comes first. */
  compare(a: number, b: number): number {
    const words = this.#words;
    for (let i = 0; i < 4; i++) {
      const difference = words[a * 4 + i]! - words[b * 4 + i]!;
      if (difference !== 0) return difference;
    }
    return 0;
  }

  #slotOf(words: Words, at: number): number {
    const mask = this.#slots.length - 1;
    const own = this.#words;
    let slot = (words[at]! ^ Math.imul(words[at + 3]!, 0x9e37_79b1)) & mask;
    for (;;) {
      const taken = this.#slots[slot]!;
      if (taken === 0) return slot;
      const other = (taken - 1) * 4;
      if (own[other] === words[at] && own[other + 1] === words[at + 1] && own[other + 2] === words[at + 2] && own[other + 3] === words[at + 3]) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #grow(): void {
    const words = new Uint32Array(this.#words.length * 2);
    words.set(this.#words);
    this.#words = words;
    this.#slots = new Uint32Array(this.#slots.length * 2);
    for (let n = 0; n < this.#count; n++) this.#slots[this.#slotOf(words, n * 4)] = n + 1;
  }
}
