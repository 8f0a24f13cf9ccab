import type { OpenFile } from './files.js';
import type { Position, Shortfall, SourceAsOf } from './page.js';
import type { Window } from './window.js';

/** A conversation that did not decode, set aside. */
export interface Reject {
  /** Where the API gave one that tells it from others: not the empty string. */
  readonly conversationId: string | null;
  /** Path of the offending field below the conversation. */
  readonly path: string;
  readonly reason: string;
  /** The record as the API sent it, as JSON text: kept so that nothing is lost. Never logged. */
  readonly record: string;
}

/** What the journal keeps of a page beside its rows. */
export interface PageFacts {
  /** Where to go on after this page. */
  readonly position: Position;
  /** How often the source had been asked from the start when this page came: 0 until the API forgets a position. */
  readonly generation: number;
  /** Conversations in the answer, rejects included. */
  readonly fetched: number;
  readonly replacedText: number;
  readonly repeatedKeys: number;
  /** The part of the window that the page was asked for with; absent where the window is read as a whole. */
  readonly part?: Window;
  /** By its own word the answer, which led to no other, should have been followed by more. */
  readonly short?: Shortfall;
  /** How far the data lake reached by the answer's own word, UTC epoch milliseconds; absent where it says nothing. */
  readonly availableMs?: number;
  readonly rejects: readonly Reject[];
}

/** Where a page's block lies on disk. */
export interface BlockRef {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
}

/** A file that nothing relies on after the run that made it. */
export interface ScratchFile {
  readonly path: string;
  readonly file: OpenFile;
}

/** A page in the journal. */
export interface JournaledPage {
  readonly ref: BlockRef;
  readonly facts: PageFacts;
  /** The block's bytes, checked against their CRC. */
  readonly block: Uint8Array<ArrayBuffer>;
}

/** What identifies an attempt at a partition. */
export interface AttemptFacts {
  /** 128 random bits, hex. */
  readonly attemptId: string;
  readonly partition: string;
  readonly requestHash: string;
  readonly sourceAsOf: SourceAsOf;
}

/**
 * The journal of one attempt: accepted pages, and the position after them.
 *
 * Invariant: `append` and `savePosition` resolve when what they were given survives a power cut (a page that is followed: when the last of those that follow it does); the position never runs ahead of the pages.
 */
export interface Journal extends AttemptFacts {
  /** Where to go on; undefined: from the start. */
  readonly position: Position | undefined;
  /** All pages are here. */
  readonly ended: boolean;
  readonly generation: number;
  /** Reads the pages back, in order, checking each. */
  pages(): AsyncGenerator<JournaledPage, void, void>;
  /** @param isFollowed another page is appended next, and both become durable with that one: until then, or until a position is saved, it is in memory alone. */
  append(block: Uint8Array, facts: PageFacts, isFollowed?: boolean): Promise<BlockRef>;
  savePosition(position: Position, ended: boolean): Promise<void>;
  /** The API forgot the position: pages stay, the next are asked for from the start, or from the position given, which has forgotten part of the way. */
  restart(position?: Position): Promise<void>;
  /** A file beside the pages that is this run's alone: made anew, closed with the journal and removed with it. */
  scratch(name: string): Promise<ScratchFile>;
  /** Closes the open file; the journal stays for the next run. */
  close(): Promise<void>;
  /** Removes the journal. */
  discard(): Promise<void>;
}

/** A journal that is there, without its pages. */
export interface FoundAttempt {
  readonly attemptId: string;
  readonly partition: string;
  readonly sourceAsOf: SourceAsOf;
  /** The last that its checkpoint has; null: the attempt never had one. */
  readonly position: Position | null;
  /** When it was last written to. Units: UTC epoch milliseconds, by the file system's clock. */
  readonly writtenMs: number;
}

/** Journals of a job. */
export interface JournalStore {
  /** Every journal that can be read. For the beginning of a run: remains of journals that were being removed go, and damaged ones last written before `forgottenMs`. */
  attempts(forgottenMs: number): Promise<readonly FoundAttempt[]>;
  /** Removes a journal. */
  discard(attemptId: string): Promise<void>;
  /**
   * The journal an earlier run left for this partition and request. Journals of other requests are removed, what their positions hold is given to `release`;
   * damaged ones are set aside under a name ending in `.damaged`, and the partition starts afresh.
   */
  resume(partition: string, requestHash: string, release?: (position: Position) => Promise<void>): Promise<Journal | undefined>;
  create(facts: AttemptFacts): Promise<Journal>;
}
