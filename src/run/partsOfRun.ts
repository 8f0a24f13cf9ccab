import type { ConversationIndex } from '../model/columns/block.js';
import type { SourceOptions } from '../model/job.js';
import type { PageRequest } from '../model/page.js';
import { partitionPath, type Partition } from '../model/partition.js';
import { contains, type Window } from '../model/window.js';
import { partsOf, readersFor } from '../plan/parts.js';

/** What a run knows of how its partitions may be read. */
export interface PartsFacts {
  readonly source: Pick<SourceOptions, 'kind' | 'pageSize' | 'parts'>;
  /** Conversations that a partition's answers are expected to hold, by its path; those that are absent are read as wholes. */
  readonly expected: ReadonlyMap<string, number>;
  /** Partitions, or parts of them, read at the same time. */
  readonly concurrency: number;
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
export interface PartitionParts extends Pick<PageRequest, 'parts' | 'readers'> {
  /** Whether a page shows that the source does not keep to the part it was asked for with: then no more partitions of the run are read in parts. */
  isInVain(part: Window, index: ConversationIndex): boolean;
}

/**
 * How the partitions of a run are read: in parts where fewer are left than may be read at the same time.
 *
 * Why jobs are not checked: their intervals are the API's own, and what is still open counts to each that it touches.
 */
export class PartsOfRun {
  readonly #facts: PartsFacts;
  #isInVain = false;

  constructor(facts: PartsFacts) {
    this.#facts = facts;
  }

  /** @param left partitions that are not read yet, or hold a job, this one included */
  of(partition: Partition, left: number): PartitionParts {
    const { source, expected, concurrency } = this.#facts;
    const readers = readersFor(source, concurrency, left);
    const conversations = expected.get(partitionPath(partition)) ?? 0;
    const check = new PartsCheck(FOREIGN_PAGES * source.pageSize);
    return {
      parts: this.#isInVain ? [] : partsOf({ window: partition.window, source, conversations, readers }),
      readers,
      isInVain: (part, index) => {
        if (source.kind !== 'job-cursor' && check.isForeign(part, index)) this.#isInVain = true;
        return this.#isInVain;
      },
    };
  }
}
