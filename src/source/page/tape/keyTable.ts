/** Keys longer than this are none of ours. */
const LONGEST_KEY = 32;
/** So many names may be known. */
export const MOST_KEYS = 127;
// Where the kernel has slots, lengths and names, from the first on: as in kernel/memory.as.ts.
const SLOTS = 1024;
const LENGTHS_AT = SLOTS;
const NAMES_AT = LENGTHS_AT + 128;
const NO_KEY = 255;
/** Of factors: a hundred names fall into slots of their own by one in a few hundred. */
const MOST_TRIES = 10_000;

/** Stands for a key that is not in a table. */
export const UNKNOWN_KEY = -1;

/** The names of all tables; a key's number is its place here. */
const names: string[] = [];

/** The number by which the kernel knows a key: the same for all tables. @param name ASCII, at most LONGEST_KEY characters */
export const keyNumber = (name: string): number => {
  const known = names.indexOf(name);
  if (known >= 0) return known;
  if (names.length === MOST_KEYS || name.length === 0 || name.length > LONGEST_KEY) throw new TypeError(`not a key: ${name}`);
  return names.push(name) - 1;
};

/**
 * The keys of one kind of object.
 *
 * Why: the kernel says of a key which of all known ones it is, so that nobody makes a string of it, or compares; what it is to this object is a look into a table.
 */
export class KeyTable {
  readonly #names: readonly string[];
  readonly #places = new Int8Array(MOST_KEYS).fill(UNKNOWN_KEY);

  /** @param keys ASCII, each of at most LONGEST_KEY characters */
  constructor(keys: readonly string[]) {
    this.#names = keys;
    keys.forEach((name, place) => (this.#places[keyNumber(name)] = place));
  }

  /** The place in this table of the key with this number; UNKNOWN_KEY where it is none of them. */
  find(number: number): number {
    return this.#places[number]!;
  }

  /** The same of a key that is text: one that was written with escapes. */
  findText(key: string): number {
    return this.#names.indexOf(key);
  }
}

/** The key with this number. */
export const keyName = (number: number): string => names[number]!;

const at64 = (value: bigint): bigint => BigInt.asUintN(64, value);

/** Of a name what is looked at, its length and at most eight letters from either end: names that agree in these cannot stand in one vocabulary. */
const lookOf = (name: string): bigint => {
  const bytes = Buffer.alloc(LONGEST_KEY);
  bytes.write(name, 'latin1');
  const first = bytes.readBigUInt64LE(0);
  const last = bytes.readBigUInt64LE(Math.max(0, name.length - 8));
  return at64(first + last * 0x9e37_79b9_7f4a_7c15n + BigInt(name.length));
};

/** Ten bits of a product. */
const slotOf = (look: bigint, factor: number): number => Number(at64(look * BigInt(factor)) >> 54n);

/** Every name in a slot of its own; undefined where two fall together. */
const slotsBy = (looks: readonly bigint[], factor: number): Uint8Array | undefined => {
  const slots = new Uint8Array(SLOTS).fill(NO_KEY);
  for (const [number, look] of looks.entries()) {
    const slot = slotOf(look, factor);
    if (slots[slot] !== NO_KEY) return undefined;
    slots[slot] = number;
  }
  return slots;
};

/** How many keys are known: more than before, when a table was made since. */
export const keyCount = (): number => names.length;

/** All known keys, as the kernel wants them (kernel/keys.as.ts), and the factor by which it reckons their slots. */
export const keysForKernel = (): { readonly bytes: Uint8Array; readonly factor: number } => {
  const bytes = new Uint8Array(NAMES_AT + names.length * LONGEST_KEY);
  const looks = names.map(lookOf);
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const factor = (Math.imul(tries, 0x9e37_79b2) | 1) >>> 0;
    const slots = slotsBy(looks, factor);
    if (slots === undefined) continue;
    bytes.set(slots);
    names.forEach((name, number) => {
      bytes[LENGTHS_AT + number] = name.length;
      bytes.set(Buffer.from(name, 'latin1'), NAMES_AT + number * LONGEST_KEY);
    });
    return { bytes, factor };
  }
  throw new TypeError(`no table for the keys ${names.join(', ')}`);
};
