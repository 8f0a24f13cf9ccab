import type { ConversationIndex } from '../model/columns/block.js';
import type { SourceOptions } from '../model/job.js';
import type { PageRequest, ReaderSlots } from '../model/page.js';
import { partitionPath, type Partition } from '../model/partition.js';
import { contains, type Window } from '../model/window.js';
import type { PartitionCost } from '../plan/cost.js';
import { partsOf, readersFor } from '../plan/parts.js';

/** What a partition's answers are expected to hold. Units: conversations. */
export type ExpectedAnswers = Pick<PartitionCost, 'fetched' | 'distinct'>;

/** What a run knows of how its partitions may be read. */
export interface PartsFacts {
  readonly source: Pick<SourceOptions, 'kind' | 'pageSize' | 'parts'>;
  /** By partition path; those that are absent are read as wholes. */
  readonly expected: ReadonlyMap<string, ExpectedAnswers>;
  /** Partitions, or parts of them, read at the same time. */
  readonly concurrency: number;
  /** Partitions that are being read, or hold a job; and those that wait. */
  readonly load: () => { readonly underWay: number; readonly waiting: number };
}

/** A part may bring so many pages' worth of conversations that started elsewhere, and then one for each four of its own. */
const FOREIGN_PAGES = 3;
const OWN_A_FOREIGN = 4;

/** Tells a source that keeps to the hours it is asked for from one that answers each part with the whole day. */
class PartsCheck {
  readonly #counts = new Map<number, { own: number; foreign: number }>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  /** Whether a part has brought too many that did not start in it, or do not tell when they started. */
  isForeign(part: Window, { count, startMs }: ConversationIndex): boolean {
    const counts = this.#counts.get(part.startMs) ?? { own: 0, foreign: 0 };
    for (let i = 0; i < count; i++) counts[contains(part, startMs[i]!) ? 'own' : 'foreign']++;
    this.#counts.set(part.startMs, counts);
    return counts.foreign > this.#most + counts.own / OWN_A_FOREIGN;
  }
}

/** How one partition is read: what its first request names, and whether that helps. */
export interface PartitionParts extends Required<Pick<PageRequest, 'parts' | 'slots'>> {
  /** Whether a page shows that the source does not keep to the part it was asked for with: then no more partitions of the run are read in parts. */
  isInVain(part: Window, index: ConversationIndex): boolean;
}

/**
 * How the partitions of a run are read: in parts where fewer are left than may be read at the same time, and the last of many, which would be left alone.
 *
 * Invariant: never more is read at the same time than `concurrency`; a partition that waits comes before another part.
 * Why jobs are not checked: their intervals are the API's own, and what is still open counts to each that it touches.
 */
export class PartsOfRun {
  readonly #facts: PartsFacts;
  readonly #slots: ReaderSlots;
  #taken = 0;
  /** Partitions begun so far. */
  #begun = 0;
  #isInVain = false;

  constructor(facts: PartsFacts) {
    this.#facts = facts;
    this.#slots = {
      take: () => {
        const { underWay, waiting } = facts.load();
        if (waiting > 0 || underWay + this.#taken >= facts.concurrency) return false;
        this.#taken++;
        return true;
      },
      give: () => {
        this.#taken--;
      },
    };
  }

  /** Of a partition that is to be read next, and neither waits nor is under way. */
  of(partition: Partition): PartitionParts {
    const { source, expected } = this.#facts;
    const conversations = expected.get(partitionPath(partition))?.distinct ?? 0;
    this.#begun++;
    const check = new PartsCheck(FOREIGN_PAGES * source.pageSize);
    return {
      parts: this.#isInVain ? [] : partsOf({ window: partition.window, source, conversations, readers: this.#readers() }),
      slots: this.#slots,
      isInVain: (part, index) => {
        if (source.kind !== 'job-cursor' && check.isForeign(part, index)) this.#isInVain = true;
        return this.#isInVain;
      },
    };
  }

  /** How many may read it, sooner or later. */
  #readers(): number {
    const { source, concurrency, load } = this.#facts;
    const { underWay, waiting } = load();
    // Those that begin together are left alone together.
    const isLastOfMany = waiting === 0 && this.#begun > concurrency;
    return readersFor(source, concurrency, isLastOfMany ? 1 : underWay + waiting + 1);
  }
}
