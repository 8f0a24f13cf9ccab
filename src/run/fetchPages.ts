import type { ConversationIndex } from '../model/columns/block.js';
import { decodeIndex, readDirectory } from '../model/columns/blockCodec.js';
import { PositionGoneError } from '../model/errors.js';
import type { BlockRef, Journal, PageFacts } from '../model/journal.js';
import type { DecodePage, PageEnvelope, PageRequest, Shortfall } from '../model/page.js';
import { partitionPath, type Partition } from '../model/partition.js';
import { contains } from '../model/window.js';
import { refuseBadRecords } from './badRecords.js';
import type { PageContent } from './lanes.js';
import { PartitionIndex, type PartitionContents } from './partitionIndex.js';
import type { PartitionParts } from './partsOfRun.js';
import type { PartitionPorts } from './partitionPorts.js';

/** The API may forget a position now and then; a source that never gets further is given up. */
const RESTARTS = 5;

/** A partition's pages, all in the journal. */
export interface FetchedPages {
  readonly contents: PartitionContents;
  /** Pages asked for in this run. */
  readonly pagesFetched: number;
  /** Conversations that by the answers' own word should have come, and did not. */
  readonly missing: number;
  /** How far the data lake reached by the word of the pages, the least of them; undefined where they say nothing. Units: UTC epoch milliseconds. */
  readonly availableMs: number | undefined;
}

const lakeFact = ({ dataAvailabilityMs }: PageEnvelope): Pick<PageFacts, 'availableMs'> => (dataAvailabilityMs === undefined ? {} : { availableMs: dataAvailabilityMs });

/** Brings a partition's pages into its journal, taking up where an earlier run stopped. */
class PageFetch {
  readonly #ports: PartitionPorts;
  readonly #journal: Journal;
  readonly #partition: Partition;
  readonly #path: string;
  readonly #index: PartitionIndex;
  readonly #parts: PartitionParts;
  #pagesFetched = 0;
  /** What answers said that should have come and did not, by the start of what was asked for. */
  readonly #short = new Map<number, Shortfall>();
  #availableMs: number | undefined;
  /** Of the page taken last. */
  #generation = 0;

  constructor(ports: PartitionPorts, partition: Partition, journal: Journal, parts: PartitionParts) {
    this.#ports = ports;
    this.#journal = journal;
    this.#parts = parts;
    this.#partition = partition;
    this.#path = partitionPath(partition);
    this.#index = new PartitionIndex({ window: partition.window, setsAside: ports.job.onBadRecord === 'reject', scratch: (name) => journal.scratch(name) });
  }

  get pagesFetched(): number {
    return this.#pagesFetched;
  }

  async all(): Promise<FetchedPages> {
    await this.#readJournal();
    await this.#readToEnd();
    return this.#fetched();
  }

  async #fetched(): Promise<FetchedPages> {
    return { contents: await this.#index.contents(), pagesFetched: this.#pagesFetched, missing: this.#missing(), availableMs: this.#availableMs };
  }

  #missing(): number {
    return [...this.#short.values()].reduce((sum, { total, given }) => sum + total - given, 0);
  }

  async #readToEnd(): Promise<void> {
    let idle = 0;
    for (let restarts = 0; !this.#journal.ended; restarts++) {
      const before = this.#pagesFetched;
      try {
        await this.#readSource();
      } catch (error) {
        if (!(error instanceof PositionGoneError)) throw error;
        // Forgotten twice without a page in between: asking again brings nothing.
        idle = this.#pagesFetched === before ? idle + 1 : 1;
        if (idle > 1 || restarts >= RESTARTS) throw error;
        this.#warnOfGonePosition(error.message);
        await this.#startOver();
      }
    }
  }

  /** Asks the source from the start once more: what it gave before stays, what it left out comes now. */
  async again(): Promise<FetchedPages> {
    await this.#startOver();
    await this.#readToEnd();
    return this.#fetched();
  }

  #warnOfGonePosition(reason: string): void {
    this.#ports.log.warn('position gone, asking from the start', { partition: this.#path, reason });
  }

  /** A job whose cursor died is still there, and counts against the few that an organisation may have. */
  async #startOver(): Promise<void> {
    const { source, signal } = this.#ports;
    if (this.#journal.position !== undefined) await source.release(this.#journal.position, signal);
    await this.#journal.restart();
  }

  async #readJournal(): Promise<void> {
    let pages = 0;
    let conversations = 0;
    for await (const { ref, facts, block } of this.#journal.pages()) {
      await this.#take(ref, facts, block);
      pages++;
      conversations += facts.fetched;
    }
    this.#ports.onEvent({ type: 'partition-started', partition: this.#path, resumedPages: pages, resumedConversations: conversations });
  }

  /** What is read again, for whatever reason, is read as a whole: a server may know one link at a time, and nothing is easier to follow. */
  #request(): PageRequest {
    const { position, generation } = this.#journal;
    const { parts, slots } = this.#parts;
    const isFirst = position === undefined && generation === 0;
    if (isFirst && parts.length > 0) this.#ports.log.debug('read in parts', { partition: this.#path, parts: parts.length });
    return { window: this.#partition.window, signal: this.#ports.signal, slots, ...(position === undefined ? {} : { position }), ...(isFirst ? { parts } : {}) };
  }

  /** The source answers parts with more than was asked for: each of them may bring the whole day. */
  async #readAsWhole(): Promise<void> {
    this.#ports.log.warn('answers hold far more than the hours that were asked for: the window is asked for as a whole, and source.parts: false in the job spares the attempt', { partition: this.#path });
    await this.#startOver();
  }

  /** The window, not its part, decides about a record that cannot be read: another part may be its own. */
  readonly #decode: DecodePage<PageContent> = async (body, kind, label) => {
    const { lanes, job } = this.#ports;
    const page = await lanes.decodePage(body, kind, label);
    if (job.onBadRecord === 'fail') refuseBadRecords(page.content.rejects, this.#partition.window, label);
    return page;
  };

  async #readSource(): Promise<void> {
    const { source, lanes, signal, onEvent } = this.#ports;
    const journal = this.#journal;
    let isInVain = false;
    lanes.prepare();
    for await (const event of source.pages<PageContent>(this.#request(), this.#decode)) {
      if (event.type === 'page') {
        const { content, envelope, position, part, short } = event;
        const facts: PageFacts = { position, generation: journal.generation, fetched: envelope.conversationCount, replacedText: content.replacedText, repeatedKeys: content.repeatedKeys, rejects: content.rejects, ...lakeFact(envelope), ...(part === undefined ? {} : { part }), ...(short === undefined ? {} : { short }) };
        const ref = await journal.append(content.block, facts, event.isFollowed);
        this.#pagesFetched++;
        const index = await this.#take(ref, facts, content.block);
        isInVain = part !== undefined && this.#parts.isInVain(part, index);
        lanes.release(content.block);
        onEvent({ type: 'page', partition: this.#path, conversations: envelope.conversationCount, rows: content.rows });
        if (isInVain) break;
      } else if (event.type === 'restart') {
        this.#warnOfGonePosition(event.reason);
        for (const startMs of this.#short.keys()) if (contains(event.part, startMs)) this.#short.delete(startMs);
        await journal.restart(event.position);
      } else {
        await journal.savePosition(event.position, event.type === 'end');
      }
    }
    // The source throws as soon as it is asked for more; after its end nobody asks.
    signal.throwIfAborted();
    if (isInVain) await this.#readAsWhole();
  }

  /** What is returned lies in `block`, until that is given back. */
  async #take(ref: BlockRef, facts: PageFacts, block: Uint8Array): Promise<ConversationIndex> {
    if (facts.availableMs !== undefined) this.#availableMs = Math.min(this.#availableMs ?? Number.POSITIVE_INFINITY, facts.availableMs);
    // What is asked for from the start again is counted anew, also what an earlier run had asked for.
    if (facts.generation > this.#generation && facts.part === undefined) this.#short.clear();
    this.#generation = facts.generation;
    if (facts.short !== undefined) this.#short.set(facts.short.window.startMs, facts.short);
    const span = readDirectory(block, this.#ports.tables.length)[0]!;
    const index = decodeIndex(block.subarray(span.offset, span.offset + span.length));
    await this.#index.add(ref, facts, index);
    return index;
  }
}

/**
 * Fetches what is missing of a partition's pages.
 *
 * Invariant: a page is in the journal, durably, before the next is asked for; of a window that is read in parts, the next one of its part.
 * @throws the source's errors; what was fetched stays in the journal.
 */
export const fetchPages = (ports: PartitionPorts, partition: Partition, journal: Journal, parts: PartitionParts): { all(): Promise<FetchedPages>; again(): Promise<FetchedPages>; readonly pagesFetched: number } =>
  new PageFetch(ports, partition, journal, parts);
