import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { firstAtLeast } from '../src/simulate/calendar.js';
import { PAGE_CONVERSATIONS, PAGE_HEAD, PAGE_TAIL, pageName, startsName, type ConversationStarts, type PreparedDay } from './pages.js';

/** Prepared pages of a range of time, in order, repetitions beside each other. */
export interface Range {
  readonly pages: number;
  /** Conversations, separated by commas. */
  page(n: number): Buffer;
  readonly conversations: number;
}

const COMMA = Buffer.from(',');
const ID = Buffer.from('"conversationId":"');

/** Where each id in a page begins. */
const idsIn = (block: Buffer): readonly number[] => {
  const found: number[] = [];
  for (let at = block.indexOf(ID); at >= 0; at = block.indexOf(ID, at + ID.length)) found.push(at + ID.length);
  return found;
};

/** The page with the first byte of each id, two hexadecimal digits, changed; the nought-th repetition is the page itself. */
const repetition = (block: Buffer, n: number): Buffer => {
  if (n === 0) return block;
  const copy = Buffer.from(block);
  for (const at of idsIn(block)) copy.write((Number.parseInt(copy.toString('latin1', at, at + 2), 16) ^ n).toString(16).padStart(2, '0'), at, 'latin1');
  return copy;
};

/** A day's pages, and where in them each conversation begins. */
class LoadedDay {
  readonly #starts: readonly number[];
  readonly #blocks: readonly Buffer[];
  readonly #lengths: readonly number[];

  constructor(folder: string, { dt, pages }: PreparedDay) {
    const { starts, lengths } = JSON.parse(readFileSync(join(folder, startsName(dt)), 'utf8')) as ConversationStarts;
    this.#blocks = Array.from({ length: pages }, (_, page) => readFileSync(join(folder, dt, pageName(page))).subarray(PAGE_HEAD.length, -PAGE_TAIL.length));
    this.#starts = starts.slice(0, pages * PAGE_CONVERSATIONS);
    this.#lengths = lengths;
  }

  /** The first conversation that starts at or after the instant. */
  firstFrom(ms: number): number {
    return firstAtLeast(this.#starts.length, (i) => this.#starts[i]!, ms);
  }

  /** Conversations from one on, up to another: at most a page, of two prepared ones where they do not begin with a page. */
  conversations(from: number, to: number): Buffer {
    const page = Math.floor(from / PAGE_CONVERSATIONS);
    const next = (page + 1) * PAGE_CONVERSATIONS;
    const first = this.#within(page, from, Math.min(to, next));
    return to <= next ? first : Buffer.concat([first, COMMA, this.#within(page + 1, next, to)]);
  }

  #within(page: number, from: number, to: number): Buffer {
    const at = (conversation: number): number => {
      let offset = 0;
      for (let i = page * PAGE_CONVERSATIONS; i < conversation; i++) offset += this.#lengths[i]! + COMMA.length;
      return offset;
    };
    // Behind the last conversation there is no comma.
    return this.#blocks[page]!.subarray(at(from), at(to) - COMMA.length);
  }
}

/** Reads the prepared days; each page is given so many times. */
export const loadDays = (folder: string, days: readonly PreparedDay[], repeats: number): ((fromMs: number, toMs: number) => Range) => {
  const loaded = days.map((day) => new LoadedDay(folder, day));
  return (fromMs, toMs) => {
    const pieces = loaded.flatMap((day) => {
      const [first, end] = [day.firstFrom(fromMs), day.firstFrom(toMs)];
      return Array.from({ length: Math.ceil((end - first) / PAGE_CONVERSATIONS) }, (_, n) => ({ day, from: first + n * PAGE_CONVERSATIONS, to: Math.min(end, first + (n + 1) * PAGE_CONVERSATIONS) }));
    });
    return {
      pages: pieces.length * repeats,
      page: (n) => {
        const { day, from, to } = pieces[Math.floor(n / repeats)]!;
        return repetition(day.conversations(from, to), n % repeats);
      },
      conversations: pieces.reduce((sum, { from, to }) => sum + to - from, 0) * repeats,
    };
  };
};
