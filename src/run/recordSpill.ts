import type { ScratchFile } from '../model/journal.js';
import { ConversationRecords, RECORD_BYTES } from './conversationRecords.js';
import { readExactly } from './readExactly.js';

/** Records with the same id are in the same part. Of ten million conversations a part takes six megabytes. */
const PARTS = 64;
const PART_SHIFT = 26;

/** Where the records of one spill lie: those of part p from `starts[p]` to `starts[p + 1]`. Units: records. */
type Spill = Uint32Array;

/** Records that are written at once. */
const AT_ONCE = 4096;

const partOf = (records: ConversationRecords, n: number): number => records.hash(n) >>> PART_SHIFT;

/** Numbers of the records, part by part, and where each part begins. */
const inParts = (records: ConversationRecords): { readonly starts: Uint32Array; readonly numbers: Uint32Array } => {
  const starts = new Uint32Array(PARTS + 1);
  for (let n = 0; n < records.count; n++) starts[partOf(records, n) + 1]!++;
  for (let part = 1; part <= PARTS; part++) starts[part]! += starts[part - 1]!;
  const next = starts.slice();
  const numbers = new Uint32Array(records.count);
  for (let n = 0; n < records.count; n++) numbers[next[partOf(records, n)]!++] = n;
  return { starts, numbers };
};

/**
 * A file of records, divided by id into parts that are read back one at a time.
 *
 * Invariant: the records of a part come back in the order they were given.
 */
export class RecordSpill {
  readonly #at: ScratchFile;
  readonly #spills: Spill[] = [];
  #records = 0;

  constructor(at: ScratchFile) {
    this.#at = at;
  }

  /** Takes the records over, which may then be forgotten. */
  async add(records: ConversationRecords): Promise<void> {
    const { starts, numbers } = inParts(records);
    const memory = new ArrayBuffer(Math.min(records.count, AT_ONCE) * RECORD_BYTES);
    for (let at = 0; at < numbers.length; at += AT_ONCE) await this.#at.file.write(records.pack(numbers.subarray(at, at + AT_ONCE), memory));
    this.#spills.push(starts.map((start) => start + this.#records));
    this.#records += records.count;
  }

  /** Reads the parts back, one after the other. */
  async *parts(): AsyncGenerator<ConversationRecords, void, void> {
    for (let part = 0; part < PARTS; part++) {
      const spans = this.#spills.map((starts) => [starts[part]!, starts[part + 1]!] as const);
      const whole = new Uint8Array(spans.reduce((sum, [from, to]) => sum + to - from, 0) * RECORD_BYTES);
      let at = 0;
      for (const [from, to] of spans) {
        const bytes = await readExactly(this.#at.path, this.#at.file, { offset: from * RECORD_BYTES, length: (to - from) * RECORD_BYTES });
        whole.set(bytes, at);
        at += bytes.length;
      }
      yield ConversationRecords.in(whole.buffer);
    }
  }
}
