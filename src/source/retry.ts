import { DecodeError, HttpError } from '../model/errors.js';
import type { Clock, Random } from '../model/ports.js';
import type { ApiRequest, ApiResponse, Send } from '../model/send.js';
import { describeRefusal, factsOf, readApiError, serviceOf } from './apiError.js';
import { pauseFor, throwIfInterrupted } from './interruption.js';
import { parseHttpDate, parseRetryAfter } from './retryAfter.js';
import type { RateLimitPool } from './rateLimitPool.js';
import type { RetryBudget } from './retryBudget.js';
import { judgeError, judgeResponse } from './verdict.js';
import type { Trouble } from './verdict.js';

/** A retry about to happen, for logs. */
export interface RetryFacts {
  readonly label: string;
  /** `status 503`, `connection`, `throttled`, … */
  readonly reason: string;
  readonly attempt: number;
  readonly delayMs: number;
}

/** How to retry. */
export interface RetryOptions {
  /** Tries of one request, the first included. Being throttled is no try. */
  readonly maxAttempts: number;
  /** How long a try may take; one that took longer has waited for its turn before. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly budget: RetryBudget;
  /** Holds back every other request of the same token while the API throttles us, and says when another token has its turn. */
  readonly gate?: Pick<RateLimitPool, 'pause' | 'delayMs'>;
  readonly onRetry?: (facts: RetryFacts) => void;
}

const BASE_MS = 500;
const CAP_MS = 60_000;
const FLOOR_MS = 250;
/** A longer Retry-After is a daily or hourly limit: the run stops and names the time. */
const LONGEST_RETRY_AFTER_MS = 15 * 60_000;
const MAX_SPENT_MS = 10 * 60_000;
const MAX_THROTTLES = 10;
const THROTTLE_BASE_MS = 3000;

/** Full jitter: anywhere between nothing and the exponential bound. Source: RELIABILITY section 4. */
const backoffMs = (failures: number, random: Random): number => random() * Math.min(CAP_MS, BASE_MS * 2 ** Math.min(failures, 20));

const comeBackLater = (request: ApiRequest, trouble: Trouble, delayMs: number, clock: Clock): HttpError => {
  const headers = trouble.response?.headers ?? {};
  const until = new Date((parseHttpDate(headers['date']) ?? clock.nowMs()) + delayMs).toISOString();
  const error = trouble.response === undefined ? undefined : readApiError(trouble.response);
  return new HttpError(`${request.label}: ${serviceOf(request)} asks not to come back before ${until}`, {
    ...(error === undefined || trouble.response === undefined ? {} : factsOf(trouble.response.status, error)),
    retryAfterMs: delayMs,
    remedy: `Run again after ${until}; what is exported already is kept.`,
  });
};

const giveUp = (request: ApiRequest, trouble: Trouble, attempts: number, why: string): Error => {
  const remedy = 'Run again later; what is exported already is kept.';
  const tried = `${why} after ${String(attempts)} ${attempts === 1 ? 'attempt' : 'attempts'}`;
  if (trouble.kind === 'content-type') {
    return new DecodeError(request.label, '', `is ${trouble.reason} instead of JSON`, { remedy: `Look for a proxy or login page between this machine and genesys.${request.service === 'login' ? 'loginUrl' : 'baseUrl'}.` });
  }
  if (trouble.response !== undefined) {
    const error = readApiError(trouble.response);
    return new HttpError(`${describeRefusal(request.label, trouble.response.status, error, serviceOf(request))}; ${tried}`, { ...factsOf(trouble.response.status, error), remedy });
  }
  return new HttpError(`${trouble.error?.message ?? request.label}; ${tried}`, { remedy: trouble.error?.remedy ?? remedy, cause: trouble.error });
};

/** One request's history of failures. */
class Attempts {
  failures = 0;
  throttles = 0;
  /** In tries and pauses. */
  #spentMs = 0;
  readonly #sameKind = new Map<string, number>();

  constructor(private readonly request: ApiRequest, private readonly options: RetryOptions) {}

  /** The pause before the next try. @param tookMs since the last pause. @throws the error to give up with. */
  delayAfter(trouble: Trouble, tookMs: number): number {
    return trouble.kind === 'throttled' ? this.#throttled(trouble) : this.#failed(trouble, tookMs);
  }

  /** @throws the error to give up with where the request is not worth another try: being throttled holds back the others for a while, but not this one for ever. */
  requireWorth(trouble: Trouble): void {
    const tries = this.failures + this.throttles;
    if (this.request.maxAttempts !== undefined && tries >= this.request.maxAttempts) throw giveUp(this.request, trouble, tries, 'given up');
  }

  #asked(trouble: Trouble): number | undefined {
    const askedMs = trouble.response === undefined ? undefined : parseRetryAfter(trouble.response.headers);
    if (askedMs !== undefined && askedMs > LONGEST_RETRY_AFTER_MS) throw comeBackLater(this.request, trouble, askedMs, this.options.clock);
    return askedMs;
  }

  #throttled(trouble: Trouble): number {
    this.throttles++;
    const askedMs = this.#asked(trouble);
    if (this.throttles > MAX_THROTTLES) throw giveUp(this.request, trouble, this.failures + this.throttles, 'throttled too often, given up');
    const bound = Math.min(CAP_MS, THROTTLE_BASE_MS * 2 ** (this.throttles - 1));
    return Math.max(FLOOR_MS, askedMs ?? bound / 2 + (this.options.random() * bound) / 2);
  }

  #failed(trouble: Trouble, tookMs: number): number {
    this.failures++;
    const { random, budget, timeoutMs } = this.options;
    const maxAttempts = Math.min(this.options.maxAttempts, this.request.maxAttempts ?? Number.POSITIVE_INFINITY);
    const sameKind = (this.#sameKind.get(trouble.kind) ?? 0) + 1;
    this.#sameKind.set(trouble.kind, sameKind);
    const askedMs = this.#asked(trouble);
    if (this.failures >= maxAttempts || sameKind > trouble.maxRetries) throw giveUp(this.request, trouble, this.failures, 'given up');
    const delayMs = Math.max(FLOOR_MS, askedMs ?? 0, backoffMs(this.failures - 1, random));
    this.#spentMs += Math.min(tookMs, timeoutMs) + delayMs;
    if (this.#spentMs > MAX_SPENT_MS) throw giveUp(this.request, trouble, this.failures, 'ten minutes are over, given up');
    if (this.request.isCourtesy !== true && !budget.takeRetry()) throw giveUp(this.request, trouble, this.failures, 'too many requests of this run fail, given up');
    return delayMs;
  }
}

const attempt = async (send: Send, request: ApiRequest, signal: AbortSignal | undefined): Promise<ApiResponse | Trouble> => {
  try {
    const response = await send(request, signal);
    return judgeResponse(response, request) ?? response;
  } catch (error) {
    const trouble = judgeError(error);
    if (trouble === undefined) throw error;
    return trouble;
  }
};

/**
 * Tries again what is transient, with full-jitter exponential pauses; gives back every other answer as it is.
 *
 * Invariant: at most `maxAttempts` tries and ten minutes of tries and pauses a request; waiting for its turn, or for an API that throttles, is not counted; a throttled request holds back all others through the gate.
 * @throws HttpError when given up, with `retryAfterMs` where the API asks for more than 15 minutes · DecodeError where the answer keeps being no JSON · TransportError that no retry can mend.
 */
export const withRetry = (send: Send, options: RetryOptions): Send => async (request, signal) => {
  const attempts = new Attempts(request, options);
  options.budget.countRequest();
  for (;;) {
    throwIfInterrupted(signal, request.label);
    const beganMs = options.clock.monotonicMs();
    const outcome = await attempt(send, request, signal);
    if ('status' in outcome) return outcome;
    const delayMs = attempts.delayAfter(outcome, options.clock.monotonicMs() - beganMs);
    if (outcome.kind === 'throttled') options.gate?.pause(delayMs, outcome.response);
    attempts.requireWorth(outcome);
    // By another token the request may go at once.
    const pauseMs = outcome.kind === 'throttled' ? Math.min(delayMs, options.gate?.delayMs() ?? delayMs) : delayMs;
    options.onRetry?.({ label: request.label, reason: outcome.reason, attempt: attempts.failures + attempts.throttles, delayMs: Math.round(pauseMs) });
    await pauseFor(options.clock, pauseMs, request.label, signal);
  }
};
