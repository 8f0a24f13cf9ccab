import type { Window } from '../model/window.js';
import { hex4, mix } from './seededRandom.js';

const DAY_MS = 86_400_000;

/** Which conversation starts when, and under which id: arithmetic, so that any slice of any day costs nothing to find. */
export interface Calendar {
  /** All starts lie in it. */
  readonly window: Window;
  /** Conversations in all. They are numbered 0 … count − 1 in the order of their starts. */
  readonly count: number;
  startMs(index: number): number;
  id(index: number): string;
  /** The number of the conversation with that id; `undefined` where there is none. */
  indexOf(id: string): number | undefined;
  /** The first conversation that starts at or after the instant; `count` where none does. */
  firstFrom(ms: number): number;
}

/** What a calendar is made from. */
export interface CalendarOptions {
  readonly seed: number;
  /** Midnight UTC of the first day. */
  readonly fromMs: number;
  readonly days: number;
  readonly conversationsPerDay: number;
}

const ID_SHAPE = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const SALT_START = 0x51a7;
const SALT_ID = 0x1d;

/** Where in a sequence that never decreases the first value stands that is no less; `count` where there is none. */
export const firstAtLeast = (count: number, valueAt: (index: number) => number, least: number): number => {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (valueAt(middle) < least) low = middle + 1;
    else high = middle;
  }
  return low;
};

/**
 * Makes a calendar.
 *
 * Invariant: starts never decrease with the number; the first conversation of a day starts at its first millisecond and the last at its last,
 * so that an exporter that cuts days wrongly is found out. The id holds the number under a mask: no lookup table is needed for millions of them.
 */
export const createCalendar = ({ seed, fromMs, days, conversationsPerDay: perDay }: CalendarOptions): Calendar => {
  const count = days * perDay;
  const startMs = (index: number): number => {
    const day = Math.floor(index / perDay);
    const k = index - day * perDay;
    const base = fromMs + day * DAY_MS;
    if (k === 0) return base;
    if (k === perDay - 1) return base + DAY_MS - 1;
    const jitter = mix(seed, index, SALT_START) / 4_294_967_296;
    return base + Math.floor(((k + jitter) / perDay) * DAY_MS);
  };
  const id = (index: number): string => {
    const mask = mix(seed, index, SALT_ID);
    const low = (index & 0xffff) ^ (mask & 0xffff);
    const high = (Math.floor(index / 65_536) & 0xfff) ^ (mask >>> 20);
    const a = mix(seed, index, SALT_ID + 1);
    const b = mix(seed, index, SALT_ID + 2);
    return `${hex4(mask >>> 16)}${hex4(mask)}-${hex4(low)}-${hex4(0x4000 | high)}-${hex4(0x8000 | (a & 0x3fff))}-${hex4(a >>> 16)}${hex4(b >>> 16)}${hex4(b)}`;
  };
  const firstFrom = (ms: number): number => firstAtLeast(count, startMs, ms);
  const indexOf = (text: string): number | undefined => {
    if (!ID_SHAPE.test(text)) return undefined;
    const mask = Number.parseInt(text.slice(0, 8), 16);
    const low = Number.parseInt(text.slice(9, 13), 16) ^ (mask & 0xffff);
    const high = Number.parseInt(text.slice(15, 18), 16) ^ (mask >>> 20);
    const index = high * 65_536 + low;
    return index < count && id(index) === text ? index : undefined;
  };
  return { window: { startMs: fromMs, endMs: fromMs + days * DAY_MS }, count, startMs, id, indexOf, firstFrom };
};
