import type { Clock } from '../model/ports.js';
import type { Send } from '../model/send.js';
import { interruption, orInterrupted } from './interruption.js';
import { readRateLimitHeaders } from './rateLimitHeaders.js';
import type { RateLimitFacts } from './rateLimitHeaders.js';

/** Counters for progress. */
export interface RateLimitStats {
  /** Requests let through since the start. */
  readonly requests: number;
  /** Requests let through in the last 60 s. */
  readonly used: number;
  /** Requests a minute that are permitted at present. */
  readonly allowed: number;
  /** Time that requests were held back, summed. Units: milliseconds. */
  readonly waitedMs: number;
  /** How often the API throttled us all the same. */
  readonly throttled: number;
}

/** Paces the requests of one token. */
export interface RateLimiter {
  /** Waits for this request's turn; first come, first served. @throws the interruption when aborted. */
  acquire(label: string, signal?: AbortSignal): Promise<void>;
  /** A request that was let through has its answer (or none). */
  observe(headers: Readonly<Record<string, string>> | undefined): void;
  /** Lets nothing through for so long: the API has throttled us. */
  pause(ms: number): void;
  stats(): RateLimitStats;
}

/** How to pace. */
export interface RateLimitOptions {
  /** Upper bound; what the API's headers allow can only lower it. */
  readonly requestsPerMinute: number;
  readonly clock: Clock;
  /** The share of what is allowed that this process may use; the rest is left to others with the same token. */
  readonly budgetShare?: number;
}

const WINDOW_MS = 60_000;
const LARGEST_BURST = 5;

/** The pace itself: no waiting, only arithmetic. */
class Pace {
  requests = 0;
  throttled = 0;
  #allowed: number;
  /** When each request of the last 60 s was let through. */
  readonly #recent: number[] = [];
  #dueMs = Number.NEGATIVE_INFINITY;
  #pausedUntilMs = Number.NEGATIVE_INFINITY;
  #spread: { readonly untilMs: number; readonly intervalMs: number } | undefined;
  #inFlight = 0;

  constructor(private readonly configured: number, private readonly share: number) {
    this.#allowed = configured;
  }

  get limit(): number {
    return Math.max(1, Math.floor(this.#allowed * this.share));
  }

  used(nowMs: number): number {
    while (this.#recent.length > 0 && (this.#recent[0] ?? 0) <= nowMs - WINDOW_MS) this.#recent.shift();
    return this.#recent.length;
  }

  /** Even spacing that leaves room for a burst: burst + rate × 60 s is never above the limit. */
  #intervalMs(): { readonly intervalMs: number; readonly burst: number } {
    const burst = Math.max(1, Math.min(LARGEST_BURST, Math.floor(this.limit / 10)));
    return { intervalMs: WINDOW_MS / Math.max(1, this.limit - burst), burst };
  }

  waitMs(nowMs: number): number {
    const { intervalMs, burst } = this.#intervalMs();
    let readyMs = Math.max(this.#pausedUntilMs, this.#dueMs - (burst - 1) * intervalMs);
    if (this.#spread !== undefined && nowMs < this.#spread.untilMs) {
      const last = this.#recent[this.#recent.length - 1] ?? Number.NEGATIVE_INFINITY;
      readyMs = Math.max(readyMs, Math.min(this.#spread.untilMs, last + this.#spread.intervalMs));
    }
    const used = this.used(nowMs);
    if (used >= this.limit) readyMs = Math.max(readyMs, (this.#recent[used - this.limit] ?? nowMs) + WINDOW_MS);
    return Math.max(0, readyMs - nowMs);
  }

  take(nowMs: number): void {
    this.#dueMs = Math.max(nowMs, this.#dueMs) + this.#intervalMs().intervalMs;
    this.#recent.push(nowMs);
    this.requests++;
    this.#inFlight++;
  }

  answered(nowMs: number, facts: RateLimitFacts | undefined): void {
    this.#inFlight--;
    if (facts === undefined) return;
    this.#allowed = Math.min(this.configured, facts.allowed);
    if (facts.count === undefined || facts.resetMs === undefined || facts.resetMs === 0) return;
    const remaining = Math.floor(facts.allowed * this.share) - facts.count - this.#inFlight;
    const untilMs = nowMs + facts.resetMs;
    this.#spread = { untilMs, intervalMs: remaining <= 0 ? facts.resetMs : facts.resetMs / remaining };
  }

  pause(nowMs: number, ms: number): void {
    this.throttled++;
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, nowMs + ms);
  }
}

/**
 * A limiter that spaces requests evenly, with room for a burst of up to five.
 *
 * Invariant: never more than the limit in any 60 s, whatever the API's own period; the limit is the lower of the configured one and `inin-ratelimit-allowed`.
 * What `inin-ratelimit-count` leaves of the current period is spread over what is left of it, so that others using the same token do not drive us into a 429.
 */
export const createRateLimiter = (options: RateLimitOptions): RateLimiter => {
  const { clock } = options;
  const pace = new Pace(options.requestsPerMinute, options.budgetShare ?? 1);
  let waitedMs = 0;
  let tail: Promise<void> = Promise.resolve();

  const waitForSlot = async (label: string, signal: AbortSignal | undefined): Promise<void> => {
    for (let waitMs = pace.waitMs(clock.monotonicMs()); waitMs > 0; waitMs = pace.waitMs(clock.monotonicMs())) {
      try {
        // Rounded up: a timer that fires a fraction early would only be set again.
        await clock.sleep(Math.ceil(waitMs), signal);
      } catch (error) {
        throw signal?.aborted === true ? interruption(signal, label) : error;
      }
    }
    pace.take(clock.monotonicMs());
  };

  return {
    acquire: async (label, signal) => {
      const startedMs = clock.monotonicMs();
      const turn = tail;
      let leave: () => void = () => undefined;
      const left = new Promise<void>((resolve) => {
        leave = resolve;
      });
      tail = turn.then(async () => {
        await left;
      });
      try {
        await orInterrupted(turn, signal, label);
        await waitForSlot(label, signal);
      } finally {
        leave();
        waitedMs += clock.monotonicMs() - startedMs;
      }
    },
    observe: (headers) => {
      pace.answered(clock.monotonicMs(), headers === undefined ? undefined : readRateLimitHeaders(headers));
    },
    pause: (ms) => {
      pace.pause(clock.monotonicMs(), ms);
    },
    stats: () => ({ requests: pace.requests, used: pace.used(clock.monotonicMs()), allowed: pace.limit, waitedMs: Math.round(waitedMs), throttled: pace.throttled }),
  };
};

/** Lets every request, repeated ones too, wait for its turn. */
export const withRateLimit = (send: Send, limiter: RateLimiter): Send => async (request, signal) => {
  await limiter.acquire(request.label, signal);
  let headers: Readonly<Record<string, string>> | undefined;
  try {
    const response = await send(request, signal);
    headers = response.headers;
    return response;
  } finally {
    limiter.observe(headers);
  }
};
