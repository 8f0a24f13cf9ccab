import { setMaxListeners } from 'node:events';
import * as z from 'zod';
import { PositionGoneError } from '../../model/errors.js';
import type { ConversationSource, DecodePage, PageRequest, Position, SourceEvent, WholeEvent, WholeSource } from '../../model/page.js';
import type { Window } from '../../model/window.js';
import { follow } from '../interruption.js';
import { instant, readPosition, span } from './savedPosition.js';

/** Where the reading of several parts stands: the positions of those that were begun, and the parts that were not. */
const PartsPosition = z.strictObject({
  kind: z.string(),
  from: instant,
  to: instant,
  parts: z.array(z.custom<Position>((value) => z.looseObject({ from: instant, to: instant }).safeParse(value).success)),
  waiting: z.array(span),
});

interface Part<T> {
  readonly window: Window;
  /** As the consumer has saved it; undefined: nothing of the part is saved. */
  position: Position | undefined;
  /** The position is an earlier run's, and nothing has come of it yet. */
  isUntried: boolean;
  events: AsyncGenerator<WholeEvent<T>, void, void>;
}

/** The API no longer knows a part's position. */
interface Gone {
  readonly type: 'gone';
  readonly reason: string;
}

interface Arrival<T> {
  readonly part: Part<T>;
  /** Undefined: the part is read. */
  readonly event: Exclude<WholeEvent<T>, { readonly type: 'end' }> | Gone | undefined;
}

const isOfParts = (position: Position): boolean => 'parts' in position;

/** The positions of the parts that were begun; none where they cannot be told. */
const positionsIn = (position: Position): readonly Position[] => PartsPosition.safeParse(position).data?.parts ?? [];

const windowOf = (position: Position): Window => ({ startMs: Number(position['from']), endMs: Number(position['to']) });

/** Several parts of a window, each read in order, and what comes of them first handed out first. */
class PartsReading<T> {
  readonly #whole: WholeSource;
  readonly #request: PageRequest;
  readonly #decode: DecodePage<T>;
  readonly #stop = new AbortController();
  /** Parts to read, those that were begun by an earlier run first. */
  readonly #queue: { readonly window: Window; readonly position: Position | undefined }[];
  /** Those that are read, each with what it was asked for last. */
  readonly #reading = new Map<Part<T>, Promise<void>>();
  /** What has come and is not handed out. */
  readonly #arrived: Arrival<T>[] = [];
  /** Called when something comes, or fails. */
  #wake: () => void = () => undefined;
  /** Slots taken: the first part that is read needs none. */
  #slots = 0;
  /** What is being given back to the server. */
  readonly #releasing = new Set<Promise<void>>();
  /** What the first part to fail failed with. */
  #failure: { readonly error: unknown } | undefined;

  constructor(whole: WholeSource, request: PageRequest, decode: DecodePage<T>) {
    const { window, position, parts = [] } = request;
    this.#whole = whole;
    this.#request = request;
    this.#decode = decode;
    // Every part listens, and every pause.
    setMaxListeners(0, this.#stop.signal);
    if (position === undefined) {
      this.#queue = parts.map((part) => ({ window: part, position: undefined }));
    } else {
      const saved = readPosition(PartsPosition, position, whole.kind, window);
      this.#queue = [
        ...saved.parts.map((begun) => ({ window: windowOf(begun), position: begun })),
        ...saved.waiting.map(([startMs, endMs]) => ({ window: { startMs, endMs }, position: undefined })),
      ];
    }
  }

  async *events(): AsyncGenerator<SourceEvent<T>, void, void> {
    const unfollow = follow(this.#stop, this.#request.signal);
    try {
      this.#beginParts();
      while (this.#reading.size > 0) {
        await this.#somethingCame();
        const failure = this.#failure;
        if (failure !== undefined) await this.#endReading();
        yield* this.#handOut();
        // What had come, and the jobs that were being made, are taken before a failure is told: they are gone on with. One that came meanwhile is told the next time.
        if (failure !== undefined) throw failure.error;
        if (this.#failure === undefined) this.#beginParts();
      }
      await this.#released();
      yield { type: 'end', position: this.#position() };
    } finally {
      await this.#abandon();
      unfollow();
    }
  }

  /** Not by a race of what is asked for: each would leave something behind at the slowest. */
  async #somethingCame(): Promise<void> {
    if (this.#arrived.length > 0 || this.#failure !== undefined) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  /** What has come so far: parts that begin anew, then jobs, all of them by one position, then pages; then the parts that it came from are asked for more, as all of it is taken only then. */
  async *#handOut(): AsyncGenerator<SourceEvent<T>, void, void> {
    const batch = this.#arrived.splice(0);
    for (const { part, event } of batch) {
      if (event?.type !== 'gone') continue;
      this.#startOver(part);
      yield { type: 'restart', position: this.#position(), part: part.window, reason: event.reason };
    }
    const jobs = batch.filter(({ event }) => event?.type === 'position');
    for (const { part, event } of jobs) if (event?.type === 'position') part.position = event.position;
    if (jobs.length > 0) yield { type: 'position', position: this.#position() };
    const pages = batch.flatMap(({ part, event }) => (event?.type === 'page' ? [{ part, event }] : []));
    for (const [i, { part, event }] of pages.entries()) {
      part.position = event.position;
      yield { ...event, position: this.#position(), part: part.window, isFollowed: i + 1 < pages.length };
    }
    for (const { part, event } of batch) {
      if (event === undefined) this.#finish(part);
      else if (this.#failure === undefined) this.#pull(part);
    }
  }

  #beginParts(): void {
    const { slots } = this.#request;
    while (this.#queue.length > 0) {
      if (this.#reading.size > 0) {
        if (slots?.take() !== true) return;
        this.#slots++;
      }
      const { window, position } = this.#queue.shift()!;
      this.#pull({ window, position, isUntried: position !== undefined, events: this.#read(window, position) });
    }
  }

  #read(window: Window, position?: Position): AsyncGenerator<WholeEvent<T>, void, void> {
    return this.#whole.pages({ window, isPart: true, signal: this.#stop.signal, ...(position === undefined ? {} : { position }) }, this.#decode);
  }

  #startOver(part: Part<T>): void {
    if (part.position !== undefined) this.#release(part.position);
    part.position = undefined;
    part.events = this.#read(part.window);
  }

  /** Asks a part for what comes next. */
  #pull(part: Part<T>): void {
    const arrival = part.events.next().then(
      ({ done, value }) => {
        part.isUntried = false;
        this.#arrived.push({ part, event: done === true || value.type === 'end' ? undefined : value });
        this.#wake();
      },
      (error: unknown) => {
        if (part.isUntried && error instanceof PositionGoneError) {
          part.isUntried = false;
          this.#arrived.push({ part, event: { type: 'gone', reason: error.message } });
        } else this.#failure ??= { error };
        this.#wake();
      },
    );
    this.#reading.set(part, arrival);
  }

  /** What a part that is read to its end holds on the server is given back at once, as the others need the room; they do not wait for it. */
  #finish(part: Part<T>): void {
    this.#reading.delete(part);
    if (this.#slots > 0) this.#giveSlot();
    if (part.position !== undefined) this.#release(part.position);
  }

  #giveSlot(): void {
    this.#slots--;
    this.#request.slots?.give();
  }

  #release(position: Position): void {
    const releasing = this.#whole.release(position, this.#request.signal).finally(() => this.#releasing.delete(releasing));
    this.#releasing.add(releasing);
  }

  async #released(): Promise<void> {
    await Promise.all(this.#releasing);
  }

  #position(): Position {
    const { kind } = this.#whole;
    const { startMs: from, endMs: to } = this.#request.window;
    const all = [...this.#reading.keys(), ...this.#queue];
    const waiting = all.filter(({ position }) => position === undefined).map(({ window }): [number, number] => [window.startMs, window.endMs]);
    return { kind, from, to, parts: all.flatMap(({ position }) => position ?? []), waiting };
  }

  /** Ends what is under way, and waits for it. What the parts say to that is not news. */
  async #endReading(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#reading.values());
  }

  /** After an error that is told already, or when nobody asks for more: jobs that nobody saved the id of are given back. */
  async #abandon(): Promise<void> {
    await this.#endReading();
    while (this.#slots > 0) this.#giveSlot();
    await Promise.allSettled([...this.#reading.keys()].map(({ events }) => events.return()));
    for (const { event } of this.#arrived) if (event?.type === 'position') this.#release(event.position);
    await this.#released();
  }
}

/**
 * A source that reads a window in its parts where the request names them, or the position is one of parts; as a whole otherwise.
 *
 * Invariant: each part asks for its next page only after its last one was taken, so that a position is never ahead of what was handed out, and a kill costs at most a page a reader.
 * A part whose position the API no longer knows begins anew, alone, where that is an earlier run's: of a run's own, all are (a server may know one link at a time).
 * A part that fails otherwise fails all: no more is asked for, what has come is handed out, and what the others have under way is dropped and asked for again from the saved position.
 */
export const withParts = (source: WholeSource): ConversationSource => ({
  ...source,
  pages: (request, decode) => {
    const { position, parts = [] } = request;
    const isInParts = position === undefined ? parts.length > 1 : isOfParts(position);
    return isInParts ? new PartsReading(source, request, decode).events() : source.pages(request, decode);
  },
  release: async (position, signal) => {
    if (!isOfParts(position)) return source.release(position, signal);
    await Promise.all(positionsIn(position).map((part) => source.release(part, signal)));
  },
});
