import type { KeyHash } from './keySet.js';

/** Rows held at once: 64 MiB of slots. */
export const ROWS_AT_ONCE = 1_500_000;

const WORDS = 8;
const LARGEST_LOAD = 0.75;

/** Where a row was seen. */
export const ROW_STATE = { onlyHere: 1, same: 2, differing: 3 } as const;
/** One of them; undefined: the row is not on this side. */
export type RowState = (typeof ROW_STATE)[keyof typeof ROW_STATE];

/**
 * The rows of one side by the hash of their keys, each with a hash of its values: 32 bytes a slot, whatever a row's length.
 *
 * Units: 128 bits of the key and 96 of the values, so that no two of 10 million rows are mistaken for each other but once in 10^13 tables.
 */
export class RowTable {
  #slots: Uint32Array;
  #mask: number;
  #size = 0;

  /** @param rows to make room for; more are possible and cost a copy. */
  constructor(rows: number) {
    let slots = 1024;
    while (slots * LARGEST_LOAD < rows) slots *= 2;
    this.#slots = new Uint32Array(slots * WORDS);
    this.#mask = slots - 1;
  }

  /** Adds a row of this side; false where its key is there already. */
  add(key: KeyHash, values: KeyHash): boolean {
    if (this.#size + 1 > (this.#mask + 1) * LARGEST_LOAD) this.#grow();
    const at = this.#find(key);
    if (this.#slots[at + 7] !== 0) return false;
    this.#size++;
    this.#slots.set(key, at);
    this.#slots.set(values.subarray(0, 3), at + 4);
    this.#slots[at + 7] = ROW_STATE.onlyHere;
    return true;
  }

  /** Holds a row of the other side against this one's, and gives what its state is now; undefined where this side has no such row. */
  match(key: KeyHash, values: KeyHash): RowState | undefined {
    const at = this.#find(key);
    const slots = this.#slots;
    if (slots[at + 7] === 0) return undefined;
    const isSame = slots[at + 4] === values[0] && slots[at + 5] === values[1] && slots[at + 6] === values[2];
    const state = isSame ? ROW_STATE.same : ROW_STATE.differing;
    slots[at + 7] = state;
    return state;
  }

  /** What was found of a row. */
  state(key: KeyHash): RowState | undefined {
    const state = this.#slots[this.#find(key) + 7];
    return state === 0 ? undefined : (state as RowState);
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2);
    this.#mask = this.#slots.length / WORDS - 1;
    for (let at = 0; at < old.length; at += WORDS) {
      if (old[at + 7] !== 0) this.#slots.set(old.subarray(at, at + WORDS), this.#find(old.subarray(at, at + 4)));
    }
  }

  #find(key: KeyHash): number {
    const slots = this.#slots;
    for (let slot = (key[1] ?? 0) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const at = slot * WORDS;
      if (slots[at + 7] === 0) return at;
      if (slots[at] === key[0] && slots[at + 1] === key[1] && slots[at + 2] === key[2] && slots[at + 3] === key[3]) return at;
    }
  }
}
