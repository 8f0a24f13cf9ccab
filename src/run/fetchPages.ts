import { decodeIndex, readDirectory } from '../model/columns/blockCodec.js';
import { PositionGoneError } from '../model/errors.js';
import type { BlockRef, Journal, PageFacts } from '../model/journal.js';
import type { PageEnvelope } from '../model/page.js';
import { partitionPath, type Partition } from '../model/partition.js';
import type { PageContent } from './lanes.js';
import { PartitionIndex, type PartitionContents } from './partitionIndex.js';
import type { PartitionPorts } from './partitionPorts.js';

/** The API may forget a position now and then; a source that never gets further is given up. */
const RESTARTS = 5;

/** A partition's pages, all in the journal. */
export interface FetchedPages {
  readonly contents: PartitionContents;
  /** Pages asked for in this run. */
  readonly pagesFetched: number;
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
  #pagesFetched = 0;
  #availableMs: number | undefined;

  constructor(ports: PartitionPorts, partition: Partition, journal: Journal) {
    this.#ports = ports;
    this.#journal = journal;
    this.#partition = partition;
    this.#path = partitionPath(partition);
    this.#index = new PartitionIndex({ window: partition.window, scratch: (name) => journal.scratch(name) });
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
    return { contents: await this.#index.contents(), pagesFetched: this.#pagesFetched, availableMs: this.#availableMs };
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
        this.#ports.log.warn('position gone, asking from the start', { partition: this.#path, reason: error.message });
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

  /** A job whose cursor died is still there, and counts against the few that an organisation may have. */
  async #startOver(): Promise<void> {
    if (this.#journal.position !== undefined) await this.#ports.source.release(this.#journal.position);
    await this.#journal.restart();
  }

  async #readJournal(): Promise<void> {
    let pages = 0;
    for await (const { ref, facts, block } of this.#journal.pages()) {
      await this.#take(ref, facts, block);
      pages++;
    }
    this.#ports.onEvent({ type: 'partition-started', partition: this.#path, resumedPages: pages });
  }

  async #readSource(): Promise<void> {
    const { source, lanes, signal, onEvent } = this.#ports;
    const journal = this.#journal;
    const request = { window: this.#partition.window, signal, ...(journal.position === undefined ? {} : { position: journal.position }) };
    lanes.prepare();
    for await (const event of source.pages<PageContent>(request, (body, kind, label) => lanes.decodePage(body, kind, label))) {
      if (event.type === 'page') {
        const { content, envelope, position } = event;
        const facts: PageFacts = { position, generation: journal.generation, fetched: envelope.conversationCount, replacedText: content.replacedText, repeatedKeys: content.repeatedKeys, rejects: content.rejects, ...lakeFact(envelope) };
        const ref = await journal.append(content.block, facts);
        this.#pagesFetched++;
        await this.#take(ref, facts, content.block);
        lanes.release(content.block);
        onEvent({ type: 'page', partition: this.#path, conversations: envelope.conversationCount, rows: content.rows });
      } else {
        await journal.savePosition(event.position, event.type === 'end');
      }
      signal.throwIfAborted();
    }
  }

  async #take(ref: BlockRef, facts: PageFacts, block: Uint8Array): Promise<void> {
    if (facts.availableMs !== undefined) this.#availableMs = Math.min(this.#availableMs ?? Number.POSITIVE_INFINITY, facts.availableMs);
    const span = readDirectory(block, this.#ports.tables.length)[0]!;
    await this.#index.add(ref, facts, decodeIndex(block.subarray(span.offset, span.offset + span.length)));
  }
}

/**
 * Fetches what is missing of a partition's pages.
 *
 * Invariant: a page is in the journal, durably, before the next is asked for.
 * @throws the source's errors; what was fetched stays in the journal.
 */
export const fetchPages = (ports: PartitionPorts, partition: Partition, journal: Journal): { all(): Promise<FetchedPages>; again(): Promise<FetchedPages>; readonly pagesFetched: number } =>
  new PageFetch(ports, partition, journal);
