/** Keys longer than this are none of ours. */
const LONGEST_KEY = 32;
const SLOTS = 128;

/** A place just behind the middle, where names that begin and end alike (`wrapUpCode`, `wrapUpNote`) differ. */
const middleOf = (length: number): number => (length * 5) >> 3;

const hashOf = (length: number, first: number, middle: number, last: number, factor: number): number => (length * 7 + first * factor + middle * 31 + last * 3) & (SLOTS - 1);

/** Stands for a key that is not in the table. */
export const UNKNOWN_KEY = -1;

/**
 * Finds the place of a key among known names without making a string of it.
 *
 * Why: a page has some hundred keys a conversation, of which most are not read; a string of each, or a comparison with every name, would cost more than the rest.
 */
export class KeyTable {
  readonly #names: readonly string[];
  readonly #bytes: Uint8Array;
  readonly #lengths: Uint8Array;
  readonly #slots = new Int8Array(SLOTS).fill(UNKNOWN_KEY);
  readonly #factor: number;

  /** @param names at most 127, ASCII, each of at most 32 characters. */
  constructor(names: readonly string[]) {
    this.#names = names;
    this.#bytes = new Uint8Array(names.length * LONGEST_KEY);
    this.#lengths = Uint8Array.from(names, (name) => name.length);
    names.forEach((name, i) => {
      if (name.length === 0 || name.length > LONGEST_KEY) throw new TypeError(`not a key: ${name}`);
      for (let at = 0; at < name.length; at++) this.#bytes[i * LONGEST_KEY + at] = name.charCodeAt(at);
    });
    this.#factor = this.#place();
  }

  /** The key's place among the names; UNKNOWN_KEY where it is none of them. */
  find(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start;
    if (length === 0) return UNKNOWN_KEY;
    const slot = this.#slots[hashOf(length, bytes[start]!, bytes[start + middleOf(length)]!, bytes[end - 1]!, this.#factor)]!;
    if (slot < 0 || this.#lengths[slot] !== length) return UNKNOWN_KEY;
    const known = this.#bytes;
    const offset = slot * LONGEST_KEY - start;
    for (let at = start; at < end; at++) if (known[offset + at] !== bytes[at]) return UNKNOWN_KEY;
    return slot;
  }

  /** The same of a key that is text: one that was written with escapes. */
  findText(key: string): number {
    return this.#names.indexOf(key);
  }

  /** Gives every name a slot of its own and returns the factor by which that works. */
  #place(): number {
    for (let factor = 1; factor < 10_000; factor++) {
      this.#slots.fill(UNKNOWN_KEY);
      const free = this.#names.every((name, i) => {
        const slot = hashOf(name.length, name.charCodeAt(0), name.charCodeAt(middleOf(name.length)), name.charCodeAt(name.length - 1), factor);
        if (this.#slots[slot] !== UNKNOWN_KEY) return false;
        this.#slots[slot] = i;
        return true;
      });
      if (free) return factor;
    }
    throw new TypeError(`no table for the keys ${this.#names.join(', ')}`);
  }
}
