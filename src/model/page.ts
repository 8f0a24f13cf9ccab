import type { Glance, GlanceWish } from './glance.js';
import type { SourceKind } from './job.js';
import type { Window } from './window.js';

/** A value that survives JSON. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/**
 * Where a pager stands, so that it can start again there: opaque to all but the pager that made it. Survives JSON.
 *
 * Why opaque: links and cursors count as secrets; they live in the journal and nowhere else.
 */
export type Position = Readonly<Record<string, Json>>;

/** What an answer says beside its conversations. */
export interface PageEnvelope {
  readonly conversationCount: number;
  /** next-page-url: the link to the next page, as given (it may be relative). */
  readonly nextPageUrl?: string;
  /** job-cursor: the cursor of the next page. */
  readonly cursor?: string;
  /** The API's own count; approximate, and it moves while paging. */
  readonly totalHits?: number;
  /** job-cursor: the lake's watermark, UTC epoch milliseconds. */
  readonly dataAvailabilityMs?: number;
}

/** A page, decoded: what it says of itself, and what became of its conversations. */
export interface DecodedPage<T> {
  readonly envelope: PageEnvelope;
  /** A fingerprint of the conversations that it lists: pages of the same one bring the same, whatever link they lead to. */
  readonly listHash: string;
  readonly content: T;
}

/**
 * Decodes a page's bytes. May take ownership of them (and hand them to a worker thread): callers must not read them afterwards.
 *
 * @throws DecodeError where the answer is not what we rely on.
 */
export type DecodePage<T> = (body: Uint8Array<ArrayBuffer>, kind: SourceKind, label: string) => Promise<DecodedPage<T>>;

/** What an answer says that there is, where less has come when it names no next page. Units: conversations. */
export interface Shortfall {
  /** What was asked for: the window, or a slice or part of it. */
  readonly window: Window;
  /** By the last answer's own word. */
  readonly total: number;
  /** That came with all of its pages, repetitions included. */
  readonly given: number;
}

/**
 * What comes of a window that is read as a whole, in order. After `position` the caller has saved it before it asks for more (a job id is saved before polling starts).
 * After `page` the caller has made the page durable together with `position`, the place after it; of pages that follow each other at once, after the last of them. `end` comes once, last.
 */
export type WholeEvent<T> =
  | { readonly type: 'position'; readonly position: Position }
  | {
      readonly type: 'page';
      readonly content: T;
      readonly envelope: PageEnvelope;
      readonly position: Position;
      /** Set where it is the last of what was asked for, and by its own word more should have come. */
      readonly short?: Shortfall;
    }
  | { readonly type: 'end'; readonly position: Position };

/** What a page that is one of a part's tells beside. */
export interface PartOfWindow {
  /** The part of the window that it was asked for with; absent where the window is read as a whole. */
  readonly part?: Window;
  /** Another page is at hand and comes next: both may be made durable together. */
  readonly isFollowed?: boolean;
}

/**
 * What a source yields, in order. `restart`: the API no longer knows where a part of the window stood when an earlier run ended; what the part has brought stays, and it is
 * asked for from its start. Saved like a position.
 */
export type SourceEvent<T> =
  | Exclude<WholeEvent<T>, { readonly type: 'page' }>
  | (Extract<WholeEvent<T>, { readonly type: 'page' }> & PartOfWindow)
  | { readonly type: 'restart'; readonly position: Position; readonly part: Window; readonly reason: string };

/** Room that the windows of a run share for reading more than one part of each at a time. */
export interface ReaderSlots {
  /** Takes room for one part more; false: there is none now. */
  take(): boolean;
  /** Gives room back. */
  give(): void;
}

/** What to page through. */
export interface PageRequest {
  readonly window: Window;
  /** Absent: from the start. */
  readonly position?: Position;
  /** What the window is cut into, from the start: parts that tile it. Fewer than two: it is read as a whole. */
  readonly parts?: readonly Window[];
  /** Room to read more than one part at the same time; absent: none. */
  readonly slots?: ReaderSlots;
  /** The window is a part of another one, which messages should tell. */
  readonly isPart?: boolean;
  readonly signal?: AbortSignal;
}

/** The source's own word on how fresh it is. */
export interface SourceAsOf {
  readonly ms: number;
  /** `availability`: the data lake's watermark; `date-header`: the server's clock (the source reads live data). */
  readonly origin: 'availability' | 'date-header';
}

/** A protocol that brings pages of conversations. */
export interface ConversationSource {
  readonly kind: SourceKind;
  /** Whether its answers hold participant attributes (page-number's do not). */
  readonly carriesAttributes: boolean;
  /** Whether a window that is read holds a job on the server until `release`: an organisation may have only so many at once. */
  readonly holdsJob: boolean;

  /** The freshness mark, taken before page 1; never the local clock. */
  sourceAsOf(signal?: AbortSignal): Promise<SourceAsOf>;

  /**
   * Pages through a window. The consumer's pace is the pager's: nothing is asked for ahead; in parts, each of them asks for its next page once its last one was taken.
   *
   * @throws PositionGoneError where the API no longer knows the position · DecodeError · AuthError · LinkError · HttpError · RequestRefusedError
   */
  pages<T>(request: PageRequest, decode: DecodePage<T>): AsyncGenerator<SourceEvent<T>, void, void>;

  /** Gives back what the position holds on the server (deletes its job). Never fails: an orphan expires by itself. Some seconds after the signal it is left at that. */
  release(position: Position, signal: AbortSignal | undefined): Promise<void>;

  /**
   * Looks at single conversations; those that are not there are absent. Never more of them than are asked for.
   *
   * @throws RequestRefusedError where the server has no such question.
   */
  glance(wishes: readonly GlanceWish[], signal?: AbortSignal): Promise<ReadonlyMap<string, Glance>>;

  /** The API's own count of conversations that started in the window: one call. */
  total(window: Window, signal?: AbortSignal): Promise<number>;
}

/** A source that reads each window as a whole. */
export interface WholeSource extends Omit<ConversationSource, 'pages'> {
  /** As `ConversationSource.pages`, but for parts: it is not given any. */
  pages<T>(request: PageRequest, decode: DecodePage<T>): AsyncGenerator<WholeEvent<T>, void, void>;
}
