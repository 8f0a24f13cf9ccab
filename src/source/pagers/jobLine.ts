import { HttpError } from '../../model/errors.js';
import type { Clock, Log } from '../../model/ports.js';
import type { ApiResponse } from '../../model/send.js';
import { describeRefusal, factsOf, readApiError, saysTooManyJobs } from '../apiError.js';
import { follow, orInterrupted, pauseFor, throwIfInterrupted } from '../interruption.js';
import { parseRetryAfter } from '../retryAfter.js';

const SHORTEST_PAUSE_MS = 1000;
/** Where the answer says nothing. */
const PAUSE_MS = 30_000;
/** As long as other requests are tried again; while jobs of ours are read, one of them will make room. */
const LONGEST_WAIT_MS = 10 * 60_000;

const noPlace = (response: ApiResponse, label: string, pauseMs: number): HttpError => {
  const error = readApiError(response);
  const isLong = pauseMs > LONGEST_WAIT_MS;
  return new HttpError(`${describeRefusal(label, response.status, error)}; ${isLong ? `it asks to come back in ${String(Math.ceil(pauseMs / 60_000))} minutes` : 'no place came free in ten minutes'}`, {
    ...factsOf(response.status, error),
    ...(isLong ? { retryAfterMs: pauseMs } : {}),
    remedy: 'Lower concurrency in the job, and run again when other programs, or other jobs of this one, have fewer export jobs: those of a run that was stopped end when it is run again.',
  });
};

/**
 * Waits where the organisation has as many export jobs as it may: one after the other, the first who came first, so that whoever finishes a job and wants the next
 * does not take the place of those who wait; one line for all sources of a client. Nothing else is held back: jobs that run are polled, read and deleted, which is what makes room.
 */
export class JobLine {
  /** Set while somebody waits. */
  #last: Promise<void> | undefined;
  #pause = new AbortController();
  #isKept = false;
  /** Jobs of ours that are read at present. */
  readonly #read = new Set<string>();

  /** @throws HttpError where no job of ours is read and no place comes free in ten minutes · InterruptedError */
  async make(world: { readonly clock: Clock; readonly log: Log }, post: () => Promise<ApiResponse>, label: string, signal: AbortSignal | undefined): Promise<ApiResponse> {
    if (this.#isEmpty) {
      const response = await post();
      if (!saysTooManyJobs(response)) return response;
      if (this.#isEmpty) world.log.warn('the organisation has as many export jobs as it may: waiting until one ends', { label, answer: readApiError(response).message ?? 'status 429' });
    }
    const before = this.#last ?? Promise.resolve();
    let leave: () => void = () => undefined;
    const left = new Promise<void>((resolve) => {
      leave = resolve;
    });
    const last = before.then(() => left);
    this.#last = last;
    // Whoever leaves early is no reason to pass those before.
    void last.then(() => {
      if (this.#last === last) this.#last = undefined;
    });
    try {
      await orInterrupted(before, signal, label);
      return await this.#atItsHead(world.clock, post, label, signal);
    } finally {
      leave();
    }
  }

  /** Somebody reads this job: it will end. */
  begun(jobId: string): void {
    this.#read.add(jobId);
  }

  /** Nobody reads this job any more, whether it ended or not: after the last of them, whoever is first asks how long it is to wait. */
  left(jobId: string): void {
    if (this.#read.delete(jobId) && this.#read.size === 0) this.#pause.abort();
  }

  /** A job of ours has ended: whoever is first need not wait any longer. */
  ended(): void {
    this.#pause.abort();
  }

  /** A job may not be deleted, and is kept until it expires: whether it is the first. */
  isFirstKept(): boolean {
    const isFirst = !this.#isKept;
    this.#isKept = true;
    return isFirst;
  }

  get #isEmpty(): boolean {
    return this.#last === undefined;
  }

  async #atItsHead(clock: Clock, post: () => Promise<ApiResponse>, label: string, signal: AbortSignal | undefined): Promise<ApiResponse> {
    let sinceMs = clock.monotonicMs();
    for (;;) {
      throwIfInterrupted(signal, label);
      // A job that ends while the API is asked counts, too.
      const pause = new AbortController();
      this.#pause = pause;
      const response = await post();
      if (!saysTooManyJobs(response)) return response;
      const pauseMs = Math.max(SHORTEST_PAUSE_MS, parseRetryAfter(response.headers) ?? PAUSE_MS);
      // One of ours makes room, and its end cuts the pause short.
      if (this.#read.size > 0) sinceMs = clock.monotonicMs();
      else if (clock.monotonicMs() - sinceMs + pauseMs > LONGEST_WAIT_MS) throw noPlace(response, label, pauseMs);
      await this.#sleep(clock, pauseMs, pause, label, signal);
    }
  }

  async #sleep(clock: Clock, pauseMs: number, pause: AbortController, label: string, signal: AbortSignal | undefined): Promise<void> {
    const unfollow = follow(pause, signal);
    try {
      await pauseFor(clock, pauseMs, label, pause.signal);
    } catch (error) {
      throwIfInterrupted(signal, label);
      if (!pause.signal.aborted) throw error;
    } finally {
      unfollow();
    }
  }
}
