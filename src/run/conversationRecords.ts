import type { Words } from './idWords.js';

const WORDS = 10;
const START = 2;
const BLOCK = 6;
const CONVERSATION = 7;
const GENERATION = 8;
const FLAGS = 9;
const FIRST_ROOM = 1024;

/** Units: bytes. */
export const RECORD_BYTES = WORDS * Uint32Array.BYTES_PER_ELEMENT;

/** What is known of a conversation of a page. */
export interface ConversationRecord {
  /** 128 bits that stand for its id. */
  readonly id: Words;
  /** Units: UTC epoch milliseconds; NaN where the answer has none. */
  readonly startMs: number;
  /** Where it lies. */
  readonly block: number;
  readonly conversation: number;
  readonly generation: number;
  readonly flags: number;
}

/**
 * Records of conversations, numbered in the order they came, in memory that can be written to a file as it is.
 *
 * Shape: 40 bytes each: id (4 words), start (a double), block, conversation, generation, flags; in the byte order of this machine, as no other reads them.
 */
export class ConversationRecords {
  #words: Uint32Array<ArrayBuffer>;
  #starts: Float64Array<ArrayBuffer>;
  #count: number;

  private constructor(memory: ArrayBuffer, count: number) {
    this.#words = new Uint32Array(memory);
    this.#starts = new Float64Array(memory);
    this.#count = count;
  }

  /** None, with room for a page's. */
  static empty(): ConversationRecords {
    return new ConversationRecords(new ArrayBuffer(FIRST_ROOM * RECORD_BYTES), 0);
  }

  /** Those in the memory, which has no other bytes. */
  static in(memory: ArrayBuffer): ConversationRecords {
    return new ConversationRecords(memory, memory.byteLength / RECORD_BYTES);
  }

  get count(): number {
    return this.#count;
  }

  append(record: ConversationRecord): void {
    const at = this.#count * WORDS;
    if (at === this.#words.length) this.#grow();
    this.#words.set(record.id, at);
    this.#starts[this.#count * (WORDS / 2) + START] = record.startMs;
    this.#words[at + BLOCK] = record.block;
    this.#words[at + CONVERSATION] = record.conversation;
    this.#words[at + GENERATION] = record.generation;
    this.#words[at + FLAGS] = record.flags;
    this.#count++;
  }

  startMs(n: number): number {
    return this.#starts[n * (WORDS / 2) + START]!;
  }

  block(n: number): number {
    return this.#words[n * WORDS + BLOCK]!;
  }

  conversation(n: number): number {
    return this.#words[n * WORDS + CONVERSATION]!;
  }

  generation(n: number): number {
    return this.#words[n * WORDS + GENERATION]!;
  }

  flags(n: number): number {
    return this.#words[n * WORDS + FLAGS]!;
  }

  /** A view; word order is id order. */
  id(n: number): Words {
    return this.#words.subarray(n * WORDS, n * WORDS + 4);
  }

  /** 32 bits in which ids of every kind differ: UUIDs that begin with a time, too. */
  hash(n: number): number {
    const at = n * WORDS;
    const words = this.#words;
    return Math.imul(words[at]! ^ words[at + 1]! ^ words[at + 2]! ^ words[at + 3]!, 0x9e37_79b1) >>> 0;
  }

  hasIdOf(n: number, other: number): boolean {
    return this.#compareIds(n, this, other) === 0;
  }

  /** Orders by start (unknown starts first), then id: negative where record n comes before record m of `other`. */
  compare(n: number, other: ConversationRecords, m: number): number {
    const x = this.startMs(n);
    const y = other.startMs(m);
    if (x === y || (Number.isNaN(x) && Number.isNaN(y))) return this.#compareIds(n, other, m);
    return Number.isNaN(x) || x < y ? -1 : 1;
  }

  /** The bytes of these records, one after the other at the beginning of `into`: a view. */
  pack(numbers: Uint32Array, into: ArrayBuffer): Uint8Array<ArrayBuffer> {
    const words = new Uint32Array(into);
    numbers.forEach((n, i) => {
      words.set(this.#words.subarray(n * WORDS, (n + 1) * WORDS), i * WORDS);
    });
    return new Uint8Array(into, 0, numbers.length * RECORD_BYTES);
  }

  /** Forgets all; the memory stays. */
  clear(): void {
    this.#count = 0;
  }

  #compareIds(n: number, other: ConversationRecords, m: number): number {
    const [a, b] = [n * WORDS, m * WORDS];
    for (let i = 0; i < 4; i++) {
      const difference = this.#words[a + i]! - other.#words[b + i]!;
      if (difference !== 0) return difference;
    }
    return 0;
  }

  #grow(): void {
    const larger = new ArrayBuffer(this.#words.byteLength * 2);
    const words = new Uint32Array(larger);
    words.set(this.#words);
    this.#words = words;
    this.#starts = new Float64Array(larger);
  }
}
