import type { ScratchFile } from '../model/journal.js';
import { ConversationRecords, RECORD_BYTES } from './conversationRecords.js';
import { readExactly } from './readExactly.js';

/** Records of a run that are read at once. */
const AT_ONCE = 512;

/** Records in order, somewhere in a file. Units: records. */
export interface Run {
  readonly from: number;
  readonly to: number;
}

/** Reads a run, a piece at a time. */
class RunReader {
  readonly #sorted: ScratchFile;
  readonly #to: number;
  readonly #memory = new ArrayBuffer(AT_ONCE * RECORD_BYTES);
  readonly records: ConversationRecords;
  /** The record that comes next, in `records`. */
  at = 0;
  #read: number;
  #have = 0;

  constructor(sorted: ScratchFile, { from, to }: Run) {
    this.#sorted = sorted;
    this.#read = from;
    this.#to = to;
    this.records = ConversationRecords.in(this.#memory);
  }

  /** Goes on to the next; false: not without reading. */
  advance(): boolean {
    return ++this.at < this.#have;
  }

  /** Reads the next piece; false: there is none. */
  async load(): Promise<boolean> {
    this.#have = Math.min(AT_ONCE, this.#to - this.#read);
    this.at = 0;
    if (this.#have === 0) return false;
    await readExactly(this.#sorted.path, this.#sorted.file, { offset: this.#read * RECORD_BYTES, length: this.#have * RECORD_BYTES }, this.#memory);
    this.#read += this.#have;
    return true;
  }

  isBefore(other: RunReader): boolean {
    return this.records.compare(this.at, other.records, other.at) < 0;
  }
}

/** Puts what stands at `heap[i]` in its place among those below it. */
const siftDown = (heap: RunReader[], i: number): void => {
  for (let at = i; ; ) {
    const left = at * 2 + 1;
    if (left >= heap.length) return;
    const right = left + 1;
    const least = right < heap.length && heap[right]!.isBefore(heap[left]!) ? right : left;
    if (!heap[least]!.isBefore(heap[at]!)) return;
    [heap[at], heap[least]] = [heap[least]!, heap[at]!];
    at = least;
  }
};

/** Gives the records of several runs in one order to `take`: a record by its number among `records`. */
export const mergeRuns = async (sorted: ScratchFile, runs: readonly Run[], take: (records: ConversationRecords, n: number) => Promise<void> | undefined): Promise<void> => {
  const heap: RunReader[] = [];
  for (const run of runs) {
    const reader = new RunReader(sorted, run);
    if (await reader.load()) heap.push(reader);
  }
  for (let i = heap.length >> 1; i >= 0; i--) siftDown(heap, i);
  while (heap.length > 0) {
    const first = heap[0]!;
    const taken = take(first.records, first.at);
    if (taken !== undefined) await taken;
    if (!first.advance() && !(await first.load())) {
      const last = heap.pop()!;
      if (heap.length > 0) heap[0] = last;
    }
    siftDown(heap, 0);
  }
};
