import { FLAG_OPEN, type ConversationIndex } from '../model/columns/block.js';
import type { BlockRef, PageFacts, Reject, ScratchFile } from '../model/journal.js';
import type { PartitionCounts } from '../model/manifest.js';
import { contains, type Window } from '../model/window.js';
import { startedElsewhere } from './badRecords.js';
import { ConversationRecords } from './conversationRecords.js';
import { DistinctRejects } from './distinctRejects.js';
import { distinctConversations, FLAG_ELSEWHERE, placeOf, type ConversationCounts } from './distinctConversations.js';
import { idWords } from './idWords.js';
import { OpenIds } from './openIds.js';
import { RecordSpill } from './recordSpill.js';
import { BlockList, sharedNumbers, type RowOrder } from './rowOrder.js';
import { spilledOrder } from './spilledOrder.js';

/** Conversations known in memory; more are kept in files. Five megabytes. */
const MOST_IN_MEMORY = 128 * 1024;

/** What was counted of a partition's pages. */
export type IndexCounts = Omit<PartitionCounts, 'rows' | 'sourceTotal'>;

/** What a partition holds, all its pages known. */
export interface PartitionContents {
  readonly counts: IndexCounts;
  /** Rejects set aside that started outside the window. */
  readonly rejectsElsewhere: number;
  /** Rejects inside the window that are written all the same, as another answer held the same conversation in a form that can be read. */
  readonly rejectsWritten: number;
  /** Ids of the conversations to write that have no end, in order; null where they are more than `MOST_OPEN_IDS`. */
  readonly openIds: readonly string[] | null;
  /** Conversations to write, ordered by start (unknown starts first), then id. */
  readonly order: RowOrder;
}

/** How an index is made. */
export interface PartitionIndexOptions {
  readonly window: Window;
  /** Every record that did not decode is set aside; otherwise there are none but such as started outside the window, and they count as outside. */
  readonly setsAside: boolean;
  /** Makes a file for this run alone, anew. */
  scratch(name: string): Promise<ScratchFile>;
  /** By default 131,072. */
  readonly mostInMemory?: number;
}

type PageCounts = { -readonly [K in Exclude<keyof IndexCounts, keyof ConversationCounts>]: number };
type Distinct = Pick<RowOrder, 'entries'> & { readonly counts: ConversationCounts };

/**
 * Knows every conversation of a partition by id: drops repetitions, leaves out what started outside the window, and puts the rest in order.
 *
 * Invariant: the order (conversationStart, then conversationId) does not depend on how conversations were paged.
 * Units: 40 bytes a conversation, in memory up to `mostInMemory` of them and in files beyond; memory does not grow with the partition, but with the records
 * that did not decode: some 200 bytes each.
 */
export class PartitionIndex {
  readonly #options: PartitionIndexOptions;
  readonly #most: number;
  readonly #blocks = new BlockList();
  readonly #openIds = new OpenIds();
  readonly #records = ConversationRecords.empty();
  #spill: RecordSpill | undefined;
  readonly #rejects = new DistinctRejects();
  /** Rejects that came again. */
  readonly #repeated = { duplicates: 0, refetched: 0 };
  readonly #pages: PageCounts = { pages: 0, fetched: 0, rejects: 0, replacedText: 0, repeatedKeys: 0 };
  #rejectsElsewhere = 0;
  /** Rejects that count as outside the window. */
  #rejectsOutside = 0;
  /** Of rejects that may have started in the window: their ids' words. */
  readonly #rejectedIds = new Set<string>();
  readonly #words = new Uint32Array(4);

  constructor(options: PartitionIndexOptions) {
    this.#options = options;
    this.#most = options.mostInMemory ?? MOST_IN_MEMORY;
  }

  /** Takes in a page. @throws SinkError */
  async add(ref: BlockRef, facts: PageFacts, index: ConversationIndex): Promise<void> {
    const block = this.#blocks.add(ref);
    for (let i = 0; i < index.count; i++) this.#note(block, i, facts, index);
    const counts = this.#pages;
    counts.pages++;
    counts.fetched += facts.fetched;
    for (const reject of facts.rejects) this.#countReject(reject, facts.generation);
    counts.replacedText += facts.replacedText;
    counts.repeatedKeys += facts.repeatedKeys;
    if (this.#records.count >= this.#most) await this.#spillRecords();
  }

  /** What the pages so far hold; more may be added afterwards. @throws SinkError */
  async contents(): Promise<PartitionContents> {
    const open: string[] = [];
    let rejectsWritten = 0;
    const onKept = (records: ConversationRecords, kept: Uint32Array): void => {
      if (this.#rejectedIds.size > 0) for (const n of kept) if (this.#rejectedIds.has(records.id(n).join())) rejectsWritten++;
      open.push(...this.#openIds.among(records, kept));
    };
    const { counts, entries } = this.#spill === undefined ? this.#inMemory(onKept) : await this.#onDisk(onKept);
    return {
      counts: {
        pages: this.#pages.pages,
        fetched: this.#pages.fetched,
        ...counts,
        duplicates: counts.duplicates + this.#repeated.duplicates,
        refetched: counts.refetched + this.#repeated.refetched,
        outsideWindow: counts.outsideWindow + this.#rejectsOutside,
        rejects: this.#pages.rejects,
        replacedText: this.#pages.replacedText,
        repeatedKeys: this.#pages.repeatedKeys,
      },
      rejectsElsewhere: this.#rejectsElsewhere,
      rejectsWritten,
      openIds: this.#openIds.listed(open, counts.open),
      order: { blocks: this.#blocks.shared(), first: 0, count: counts.unique, entries },
    };
  }

  #inMemory(onKept: (records: ConversationRecords, kept: Uint32Array) => void): Distinct {
    const records = this.#records;
    const { kept, counts } = distinctConversations(records, this.#options.window);
    onKept(records, kept);
    const entries = sharedNumbers(kept.length * 2);
    kept.forEach((n, i) => {
      entries[i * 2] = records.block(n);
      entries[i * 2 + 1] = records.conversation(n);
    });
    return { counts, entries };
  }

  async #onDisk(onKept: (records: ConversationRecords, kept: Uint32Array) => void): Promise<Distinct> {
    const spill = await this.#spillRecords();
    const { path, counts } = await spilledOrder({ spill, window: this.#options.window, scratch: this.#options.scratch, onKept });
    return { counts, entries: path };
  }

  #note(block: number, conversation: number, { generation, part }: PageFacts, index: ConversationIndex): void {
    const startMs = index.startMs[conversation]!;
    const flags = (index.flags[conversation]! | (part === undefined || contains(part, startMs) ? 0 : FLAG_ELSEWHERE) | placeOf(this.#options.window, part)) >>> 0;
    idWords(index.ids, conversation, this.#words);
    this.#records.append({ id: this.#words, startMs, block, conversation, generation, flags });
    if ((flags & FLAG_OPEN) !== 0 && (Number.isNaN(startMs) || contains(this.#options.window, startMs))) this.#openIds.note(this.#words, index, conversation);
  }

  async #spillRecords(): Promise<RecordSpill> {
    this.#spill ??= new RecordSpill(await this.#options.scratch('index-records'));
    await this.#spill.add(this.#records);
    this.#records.clear();
    return this.#spill;
  }

  #countReject(reject: Reject, generation: number): void {
    const before = this.#rejects.seenIn(reject, generation);
    if (before !== undefined) {
      this.#repeated[before < generation ? 'refetched' : 'duplicates']++;
      return;
    }
    const isElsewhere = startedElsewhere(reject, this.#options.window);
    if (isElsewhere && !this.#options.setsAside) {
      this.#rejectsOutside++;
      return;
    }
    this.#pages.rejects++;
    if (isElsewhere) this.#rejectsElsewhere++;
    else if (reject.conversationId !== null) this.#rejectedIds.add(this.#wordsOf(reject.conversationId));
  }

  #wordsOf(id: string): string {
    const bytes = new Uint8Array(Buffer.from(id));
    idWords({ offsets: Uint32Array.of(0, bytes.length), bytes }, 0, this.#words);
    return this.#words.join();
  }
}
