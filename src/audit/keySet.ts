import { hash } from 'node:crypto';

/** Keys held at once: 64 MiB of slots. More rows than these are checked in several passes, each over its share of the keys. */
export const KEYS_AT_ONCE = 3_000_000;

const WORDS = 4;
const LARGEST_LOAD = 0.75;

const slotsFor = (keys: number): number => {
  let slots = 1024;
  while (slots * LARGEST_LOAD < keys) slots *= 2;
  return slots;
};

/** A key's first 128 bits of SHA-256, as four words. */
export type KeyHash = Uint32Array;

/** Hashes a key. Why SHA-256: keys hold names that others choose, and a collision would be reported as a duplicate. */
export const hashKey = (key: string): KeyHash => {
  const bytes = hash('sha256', key, 'buffer');
  return new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + 4 * WORDS));
};

/**
 * A set of key hashes: 16 bytes a slot, whatever the keys' length.
 *
 * Units: two different keys among 10 million share 128 bits with a probability below 10^-24.
 */
export class KeySet {
  #slots: Uint32Array;
  #mask: number;
  #size = 0;

  /** @param expected keys to make room for; more are possible and cost a copy. */
  constructor(expected: number) {
    const slots = slotsFor(Math.min(expected, KEYS_AT_ONCE));
    this.#slots = new Uint32Array(slots * WORDS);
    this.#mask = slots - 1;
  }

  /** Adds a key; false where it is there already. */
  add(key: KeyHash): boolean {
    if (this.#size + 1 > (this.#mask + 1) * LARGEST_LOAD) this.#grow();
    return this.#place(key);
  }

  /** Whether a key was added. */
  has(key: KeyHash): boolean {
    const [a = 0, b = 0, c = 0, d = 0] = key;
    const last = (a | b | c | d) === 0 ? 1 : d;
    const slots = this.#slots;
    for (let slot = b & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const at = slot * WORDS;
      if (slots[at] === a && slots[at + 1] === b && slots[at + 2] === c && slots[at + 3] === last) return true;
      if ((slots[at]! | slots[at + 1]! | slots[at + 2]! | slots[at + 3]!) === 0) return false;
    }
  }

  #place(key: KeyHash): boolean {
    const [a = 0, b = 0, c = 0, d = 0] = key;
    // A slot of zeros is free: the one hash that is all zeros counts as another.
    const last = (a | b | c | d) === 0 ? 1 : d;
    const slots = this.#slots;
    for (let slot = b & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const at = slot * WORDS;
      if (slots[at] === a && slots[at + 1] === b && slots[at + 2] === c && slots[at + 3] === last) return false;
      if ((slots[at]! | slots[at + 1]! | slots[at + 2]! | slots[at + 3]!) === 0) {
        slots[at] = a;
        slots[at + 1] = b;
        slots[at + 2] = c;
        slots[at + 3] = last;
        this.#size++;
        return true;
      }
    }
  }

  #grow(): void {
    const old = this.#slots;
    const slots = (this.#mask + 1) * 2;
    this.#slots = new Uint32Array(slots * WORDS);
    this.#mask = slots - 1;
    this.#size = 0;
    for (let at = 0; at < old.length; at += WORDS) {
      const key = old.subarray(at, at + WORDS);
      if ((key[0]! | key[1]! | key[2]! | key[3]!) !== 0) this.#place(key);
    }
  }
}
