import type { Clock } from '../model/ports.js';
import type { Send } from '../model/send.js';
import { follow, orInterrupted, pauseFor } from './interruption.js';
import { readRateLimitHeaders } from './rateLimitHeaders.js';
import type { RateLimitFacts } from './rateLimitHeaders.js';

/** Counters for progress and the report. */
export interface RateLimitStats {
  /** Requests let through since the start. */
  readonly requests: number;
  /** Requests let through in the last 60 s. */
  readonly used: number;
  /** Requests a minute that are permitted at present. */
  readonly allowed: number;
  /** Requests that were permitted from the first one until now: what `requests` is a share of. */
  readonly permitted: number;
  /** Time during which requests were held back, however many at once. Units: milliseconds. */
  readonly waitedMs: number;
  /** How often the API throttled us all the same. */
  readonly throttled: number;
}

/** A request that waited for its turn here should ask elsewhere: the API has throttled this token. */
export class TurnLost extends Error {}

/** Paces the requests of one token. */
export interface RateLimiter {
  /** Waits for this request's turn; first come, first served. @throws the interruption when aborted · TurnLost */
  acquire(label: string, signal?: AbortSignal): Promise<void>;
  /** How long a request that asked now would wait, those before it included. Units: milliseconds. */
  delayMs(): number;
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
  /** The share of what the API allows that this process may use; the rest is left to others with the same token. 0 to 1, 1 when absent. */
  readonly budgetShare?: number;
  /** Others can send what waits here: a pause sends it away with `TurnLost`. */
  readonly isOneOfSeveral?: boolean;
}

const MINUTE_MS = 60_000;
/**
 * Why longer than the API's minute: requests do not all take equally long to arrive, and one that was slow would fall into the minute of
 * those after it. Costs under 1 % of the budget.
 */
const WINDOW_MS = MINUTE_MS + 500;
const LARGEST_BURST = 5;
/** The reset is told in whole seconds, and a request is counted some time after it was let through. */
const PERIOD_SLACK_MS = 2000;

/** What the API said of the period that it counts at present. */
interface Period {
  /** Not before the true end, and at most a second after it once some answers have told. */
  readonly endMs: number;
  /** The highest count that was told. */
  readonly count: number;
  /** Between two requests, while others use up the same budget. */
  readonly intervalMs: number;
}

/** The pace itself: no waiting, only arithmetic. */
class Pace {
  requests = 0;
  throttled = 0;
  #allowed: number;
  /** When each request of the last window was let through. */
  readonly #recent: number[] = [];
  #dueMs = Number.NEGATIVE_INFINITY;
  #pausedUntilMs = Number.NEGATIVE_INFINITY;
  #period: Period | undefined;
  #inFlight = 0;
  #permitted = 0;
  #permittedUntilMs: number | undefined;

  constructor(private readonly configured: number, private readonly share: number) {
    this.#allowed = configured;
  }

  get limit(): number {
    return Math.max(1, Math.min(this.configured, Math.floor(this.#allowed * this.share)));
  }

  used(nowMs: number): number {
    return this.#takenSince(nowMs - MINUTE_MS);
  }

  permitted(nowMs: number): number {
    if (this.#permittedUntilMs !== undefined) {
      this.#permitted += (this.limit * (nowMs - this.#permittedUntilMs)) / MINUTE_MS;
      this.#permittedUntilMs = nowMs;
    }
    return this.#permitted;
  }

  get intervalMs(): number {
    return WINDOW_MS / this.limit;
  }

  waitMs(nowMs: number): number {
    this.#forget(nowMs);
    const { limit, intervalMs } = this;
    const burst = Math.max(1, Math.min(LARGEST_BURST, Math.floor(limit / 10)));
    let readyMs = Math.max(this.#pausedUntilMs, this.#dueMs - (burst - 1) * intervalMs);
    if (this.#recent.length >= limit) readyMs = Math.max(readyMs, (this.#recent[this.#recent.length - limit] ?? nowMs) + WINDOW_MS);
    const period = this.#period;
    if (period !== undefined && nowMs < period.endMs) {
      const last = this.#recent[this.#recent.length - 1] ?? Number.NEGATIVE_INFINITY;
      // Where nothing is left, the last request may be forgotten already, and no sum of infinities is an instant.
      readyMs = Math.max(readyMs, period.intervalMs === Number.POSITIVE_INFINITY ? period.endMs : Math.min(period.endMs, last + period.intervalMs));
    }
    return Math.max(0, readyMs - nowMs);
  }

  take(nowMs: number): void {
    this.#permittedUntilMs ??= nowMs;
    this.#dueMs = Math.max(nowMs, this.#dueMs) + this.intervalMs;
    this.#recent.push(nowMs);
    this.requests++;
    this.#inFlight++;
  }

  answered(nowMs: number, facts: RateLimitFacts | undefined): void {
    this.#inFlight--;
    if (facts === undefined) return;
    this.permitted(nowMs);
    this.#allowed = facts.allowed;
    if (facts.count === undefined || facts.resetMs === undefined || facts.resetMs === 0) return;
    const before = this.#period;
    let endMs = nowMs + facts.resetMs;
    let { count } = facts;
    if (before !== undefined && nowMs < before.endMs && endMs <= before.endMs + PERIOD_SLACK_MS) {
      endMs = Math.min(endMs, before.endMs);
      count = Math.max(count, before.count);
    }
    this.#period = { endMs, count, intervalMs: this.#spread(nowMs, endMs, count) };
  }

  pause(nowMs: number, ms: number): void {
    this.throttled++;
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, nowMs + ms);
  }

  /**
   * Spreads what is left of the period over what is left of its time.
   *
   * Why only where others took part: alone, the window keeps us within any period, and to spread by rounded figures would waste requests.
   */
  #spread(nowMs: number, endMs: number, count: number): number {
    const left = this.#allowed - count;
    if (left <= 0) return Number.POSITIVE_INFINITY;
    const ours = this.#takenSince(endMs - MINUTE_MS - PERIOD_SLACK_MS);
    if (count - ours <= Math.max(2, this.#allowed / 50)) return 0;
    return (endMs - nowMs) / Math.max(1, left - this.#inFlight);
  }

  #takenSince(ms: number): number {
    let n = this.#recent.length;
    while (n > 0 && (this.#recent[n - 1] ?? 0) > ms) n--;
    return this.#recent.length - n;
  }

  #forget(nowMs: number): void {
    let n = 0;
    while (n < this.#recent.length && (this.#recent[n] ?? 0) <= nowMs - WINDOW_MS) n++;
    if (n > 0) this.#recent.splice(0, n);
  }
}

/**
 * A limiter that spaces requests evenly, with room for a burst of up to five.
 *
 * Invariant: never more than the limit in any 60.5 s, whatever the API's own period; the limit is the lower of the configured one and our share of
 * `inin-ratelimit-allowed`. Where `inin-ratelimit-count` tells that others use the same token, what it leaves of the current period is spread over what is
 * left of it, so that they do not drive us into a 429.
 */
export const createRateLimiter = (options: RateLimitOptions): RateLimiter => {
  const { clock } = options;
  const pace = new Pace(options.requestsPerMinute, options.budgetShare ?? 1);
  let waitedMs = 0;
  let waiting = 0;
  let waitingSinceMs = 0;
  let tail: Promise<void> = Promise.resolve();
  /** Requests that wait here and can be sent elsewhere. */
  const movable = new Set<AbortController>();

  const waitForSlot = async (label: string, signal: AbortSignal | undefined): Promise<void> => {
    for (let waitMs = pace.waitMs(clock.monotonicMs()); waitMs > 0; waitMs = pace.waitMs(clock.monotonicMs())) {
      // Rounded up: a timer that fires a fraction early would only be set again.
      await pauseFor(clock, Math.ceil(waitMs), label, signal);
    }
    pace.take(clock.monotonicMs());
  };

  return {
    acquire: async (label, signal) => {
      if (waiting === 0) waitingSinceMs = clock.monotonicMs();
      const turnLost = new AbortController();
      const unfollow = follow(turnLost, signal);
      if (options.isOneOfSeveral === true) movable.add(turnLost);
      waiting++;
      const turn = tail;
      let leave: () => void = () => undefined;
      const left = new Promise<void>((resolve) => {
        leave = resolve;
      });
      tail = turn.then(async () => {
        await left;
      });
      try {
        await orInterrupted(turn, turnLost.signal, label);
        await waitForSlot(label, turnLost.signal);
      } catch (error) {
        throw turnLost.signal.aborted && signal?.aborted !== true ? new TurnLost('the turn is lost to a pause', { cause: error }) : error;
      } finally {
        leave();
        movable.delete(turnLost);
        unfollow();
        waiting--;
        if (waiting === 0) waitedMs += clock.monotonicMs() - waitingSinceMs;
      }
    },
    delayMs: () => pace.waitMs(clock.monotonicMs()) + waiting * pace.intervalMs,
    observe: (headers) => {
      pace.answered(clock.monotonicMs(), headers === undefined ? undefined : readRateLimitHeaders(headers));
    },
    pause: (ms) => {
      pace.pause(clock.monotonicMs(), ms);
      for (const waits of movable) waits.abort();
    },
    stats: () => {
      const nowMs = clock.monotonicMs();
      return {
        requests: pace.requests,
        used: pace.used(nowMs),
        allowed: pace.limit,
        permitted: Math.round(pace.permitted(nowMs)),
        waitedMs: Math.round(waitedMs + (waiting === 0 ? 0 : nowMs - waitingSinceMs)),
        throttled: pace.throttled,
      };
    },
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
