import { FLAG_HAS_ATTRIBUTES, FLAG_OPEN } from '../model/columns/block.js';
import type { PartitionCounts } from '../model/manifest.js';
import { contains, type Window } from '../model/window.js';
import type { ConversationRecords } from './conversationRecords.js';

/** Of a record, beside those of its block: the page was asked for with a part of the window in which the conversation did not start. */
export const FLAG_ELSEWHERE = 128;

/** The place of a part among those of its window is kept above the flags. */
const PLACE_SHIFT = 8;
const PLACES = 2 ** (32 - PLACE_SHIFT);
const MOST_PLACES = PLACES - 1;
const MINUTE_MS = 60_000;

/** What is kept of the part that a page was asked for with, beside the flags: in the order of parts, which are whole minutes; a window that is read as a whole comes after them. */
export const placeOf = (window: Window, part: Window | undefined): number =>
  ((part === undefined ? MOST_PLACES : Math.min(MOST_PLACES, Math.floor((part.startMs - window.startMs) / MINUTE_MS))) << PLACE_SHIFT) >>> 0;

const isOutside = (window: Window, startMs: number): boolean => !Number.isNaN(startMs) && !contains(window, startMs);

/** Conversations counted by what becomes of them. */
export type ConversationCounts = Pick<PartitionCounts, 'unique' | 'duplicates' | 'refetched' | 'outsideWindow' | 'open' | 'withAttributes'>;

type Counts = { -readonly [K in keyof ConversationCounts]: number };

/**
 * Drops repetitions. Of an id's copies one that did not start outside the window stays, if there is one (without a start it is the window's that was asked for); of several,
 * one that came with the part in which it started; of several, that of the earliest part; and of what is equal in all that, the first.
 *
 * Why: neighbouring parts are read at the same time, and both may hold it; which one came first is chance. Of copies that disagree about the start, one that is dropped could
 * be all that any day has.
 */
class OneOfEach {
  readonly #records: ConversationRecords;
  readonly #window: Window;
  /** Open addressing: 0 is free, otherwise number + 1. */
  readonly #slots: Uint32Array;
  readonly #generationOf: Uint16Array;
  /** By the number of an id's first record: the one that stays. */
  readonly #staying: Uint32Array;

  constructor(records: ConversationRecords, window: Window) {
    this.#records = records;
    this.#window = window;
    this.#slots = new Uint32Array(2 ** Math.ceil(Math.log2(records.count * 2 + 1)));
    this.#generationOf = new Uint16Array(records.count);
    this.#staying = new Uint32Array(records.count);
  }

  /** How often the source had been asked when the same id came last; undefined where this is the first. */
  lastGeneration(n: number): number | undefined {
    const records = this.#records;
    const mask = this.#slots.length - 1;
    const generation = records.generation(n);
    for (let slot = records.hash(n) & mask; ; slot = (slot + 1) & mask) {
      const taken = this.#slots[slot]!;
      if (taken === 0) {
        this.#slots[slot] = n + 1;
        this.#generationOf[n] = generation;
        this.#staying[n] = n;
        return undefined;
      }
      if (!records.hasIdOf(n, taken - 1)) continue;
      const before = this.#generationOf[taken - 1]!;
      this.#generationOf[taken - 1] = generation;
      if (this.#rank(n) < this.#rank(this.#staying[taken - 1]!)) this.#staying[taken - 1] = n;
      return before;
    }
  }

  /** Of an id's first record, all records seen: the one that stays. */
  staying(first: number): number {
    return this.#staying[first]!;
  }

  /** The lower, the rather it stays. */
  #rank(n: number): number {
    const flags = this.#records.flags(n);
    const place = flags >>> PLACE_SHIFT;
    const isElsewhere = (flags & FLAG_ELSEWHERE) !== 0;
    return place + (isElsewhere ? PLACES : 0) + (isOutside(this.#window, this.#records.startMs(n)) ? 2 * PLACES : 0);
  }
}

const isOrdered = (records: ConversationRecords, numbers: Uint32Array): boolean => {
  for (let i = 1; i < numbers.length; i++) if (records.compare(numbers[i - 1]!, records, numbers[i]!) > 0) return false;
  return true;
};

/**
 * Drops repetitions and conversations that started outside the window.
 *
 * @param records all of any id that is among them.
 * @returns numbers of the records that stay, ordered by start (unknown starts first), then id; and what was counted.
 */
export const distinctConversations = (records: ConversationRecords, window: Window): { readonly kept: Uint32Array; readonly counts: ConversationCounts } => {
  const counts: Counts = { unique: 0, duplicates: 0, refetched: 0, outsideWindow: 0, open: 0, withAttributes: 0 };
  const ids = new OneOfEach(records, window);
  const kept = new Uint32Array(records.count);
  let distinct = 0;
  for (let n = 0; n < records.count; n++) {
    const before = ids.lastGeneration(n);
    // After a restart everything that the journal has comes again: that is no fault of the API's paging.
    if (before !== undefined) counts[before < records.generation(n) ? 'refetched' : 'duplicates']++;
    else kept[distinct++] = n;
  }
  for (let i = 0; i < distinct; i++) {
    const n = ids.staying(kept[i]!);
    if (isOutside(window, records.startMs(n))) counts.outsideWindow++;
    else {
      kept[counts.unique++] = n;
      if ((records.flags(n) & FLAG_OPEN) !== 0) counts.open++;
      if ((records.flags(n) & FLAG_HAS_ATTRIBUTES) !== 0) counts.withAttributes++;
    }
  }
  const ordered = kept.subarray(0, counts.unique);
  if (!isOrdered(records, ordered)) ordered.sort((a, b) => records.compare(a, records, b));
  return { kept: ordered, counts };
};

/** Counts of parts that have no id in common. */
export const sumOfCounts = (parts: readonly ConversationCounts[]): ConversationCounts => {
  const sum: Counts = { unique: 0, duplicates: 0, refetched: 0, outsideWindow: 0, open: 0, withAttributes: 0 };
  for (const part of parts) for (const key of Object.keys(sum) as (keyof Counts)[]) sum[key] += part[key];
  return sum;
};
