import { FLAG_HAS_ATTRIBUTES, FLAG_OPEN, type ConversationIndex } from '../model/columns/block.js';
import { MOST_OPEN_IDS } from '../model/manifest.js';
import type { BlockRef, PageFacts, Reject } from '../model/journal.js';
import { contains, type Window } from '../model/window.js';
import { DistinctRejects } from './distinctRejects.js';
import { IdSet, idWords } from './idSet.js';

const FIRST_ROOM = 1024;
/** Stands for a block where the conversation is not written. */
const OUTSIDE = 0xffff_ffff;

/** Conversations to write, in order: entry i is conversation `conversation[i]` of block `block[i]`. Threads share the memory of both. */
export interface RowOrder {
  readonly blocks: readonly BlockRef[];
  readonly block: Uint32Array;
  readonly conversation: Uint32Array;
}

/** What was counted while pages came in. */
export interface IndexCounts {
  readonly pages: number;
  readonly fetched: number;
  readonly unique: number;
  readonly duplicates: number;
  readonly refetched: number;
  readonly outsideWindow: number;
  readonly open: number;
  readonly withAttributes: number;
  readonly rejects: number;
  readonly replacedText: number;
  readonly repeatedKeys: number;
}

const sharedNumbers = (length: number): Uint32Array => new Uint32Array(new SharedArrayBuffer(length * Uint32Array.BYTES_PER_ELEMENT));

type Counts = { -readonly [K in keyof IndexCounts]: number };

/**
 * Knows every conversation of a partition by id: drops repetitions, leaves out what started outside the window, and puts the rest in order.
 *
 * Invariant: the order (conversationStart, then conversationId) does not depend on how conversations were paged.
 * Units: about 40 bytes a conversation.
 */
export class PartitionIndex {
  readonly #window: Window;
  readonly #ids = new IdSet();
  readonly #rejects = new DistinctRejects();
  readonly #blocks: BlockRef[] = [];
  #generationOf = new Uint16Array(FIRST_ROOM);
  #block = new Uint32Array(FIRST_ROOM);
  #conversation = new Uint32Array(FIRST_ROOM);
  #startMs = new Float64Array(FIRST_ROOM);
  #outside = 0;
  readonly #openIds: string[] = [];
  readonly #counts: Counts = { pages: 0, fetched: 0, unique: 0, duplicates: 0, refetched: 0, outsideWindow: 0, open: 0, withAttributes: 0, rejects: 0, replacedText: 0, repeatedKeys: 0 };
  readonly #words = new Uint32Array(4);

  constructor(window: Window) {
    this.#window = window;
  }

  /** Takes in a page. Gives the number of conversations that were new and inside the window. */
  add(ref: BlockRef, facts: PageFacts, index: ConversationIndex): number {
    const block = this.#blocks.push(ref) - 1;
    const before = this.#counts.unique;
    for (let i = 0; i < index.count; i++) {
      idWords(index.ids, i, this.#words);
      const known = this.#ids.size;
      const n = this.#ids.add(this.#words);
      if (n < known) this.#countRepetition(n, facts.generation);
      else this.#place(n, block, i, index, facts.generation);
    }
    const counts = this.#counts;
    counts.pages++;
    counts.fetched += facts.fetched;
    for (const reject of facts.rejects) this.#countReject(reject, facts.generation);
    counts.replacedText += facts.replacedText;
    counts.repeatedKeys += facts.repeatedKeys;
    return counts.unique - before;
  }

  get counts(): IndexCounts {
    return { ...this.#counts };
  }

  /** Ids of the conversations to write that have no end, in order; null where they are more than `MOST_OPEN_IDS`. */
  openIds(): readonly string[] | null {
    return this.#counts.open > MOST_OPEN_IDS ? null : [...this.#openIds].sort();
  }

  /** Conversations to write, ordered by start (unknown starts first), then id. */
  order(): RowOrder {
    const kept = new Uint32Array(this.#ids.size - this.#outside);
    for (let n = 0, at = 0; n < this.#ids.size; n++) if (this.#block[n] !== OUTSIDE) kept[at++] = n;
    if (!this.#isOrdered(kept)) kept.sort((a, b) => this.#compare(a, b));
    const block = sharedNumbers(kept.length);
    const conversation = sharedNumbers(kept.length);
    kept.forEach((n, i) => {
      block[i] = this.#block[n]!;
      conversation[i] = this.#conversation[n]!;
    });
    return { blocks: this.#blocks, block, conversation };
  }

  #countReject(reject: Reject, generation: number): void {
    const before = this.#rejects.seenIn(reject, generation);
    if (before === undefined) this.#counts.rejects++;
    else if (before < generation) this.#counts.refetched++;
    else this.#counts.duplicates++;
  }

  #countRepetition(n: number, generation: number): void {
    // After a restart everything that the journal has comes again: that is no fault of the API's paging.
    if (this.#generationOf[n]! < generation) this.#counts.refetched++;
    else this.#counts.duplicates++;
    this.#generationOf[n] = generation;
  }

  #place(n: number, block: number, conversation: number, index: ConversationIndex, generation: number): void {
    if (n === this.#block.length) this.#grow();
    const start = index.startMs[conversation]!;
    this.#startMs[n] = Number.isNaN(start) ? Number.NEGATIVE_INFINITY : start;
    this.#conversation[n] = conversation;
    this.#generationOf[n] = generation;
    if (!Number.isNaN(start) && !contains(this.#window, start)) {
      this.#block[n] = OUTSIDE;
      this.#outside++;
      this.#counts.outsideWindow++;
      return;
    }
    this.#block[n] = block;
    const flags = index.flags[conversation]!;
    this.#counts.unique++;
    if ((flags & FLAG_OPEN) !== 0) this.#noteOpen(index, conversation);
    if ((flags & FLAG_HAS_ATTRIBUTES) !== 0) this.#counts.withAttributes++;
  }

  #noteOpen({ ids }: ConversationIndex, conversation: number): void {
    this.#counts.open++;
    if (this.#counts.open > MOST_OPEN_IDS) return;
    this.#openIds.push(Buffer.from(ids.bytes.subarray(ids.offsets[conversation]!, ids.offsets[conversation + 1]!)).toString('utf8'));
  }

  #compare(a: number, b: number): number {
    const x = this.#startMs[a]!;
    const y = this.#startMs[b]!;
    return x < y ? -1 : x > y ? 1 : this.#ids.compare(a, b);
  }

  #isOrdered(kept: Uint32Array): boolean {
    for (let i = 1; i < kept.length; i++) if (this.#compare(kept[i - 1]!, kept[i]!) > 0) return false;
    return true;
  }

  #grow(): void {
    const room = this.#block.length * 2;
    const grow = <A extends Uint32Array | Float64Array | Uint16Array>(old: A, larger: A): A => {
      larger.set(old);
      return larger;
    };
    this.#block = grow(this.#block, new Uint32Array(room));
    this.#conversation = grow(this.#conversation, new Uint32Array(room));
    this.#startMs = grow(this.#startMs, new Float64Array(room));
    this.#generationOf = grow(this.#generationOf, new Uint16Array(room));
  }
}
