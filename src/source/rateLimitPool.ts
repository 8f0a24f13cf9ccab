import type { ApiResponse, Send } from '../model/send.js';
import { TurnLost } from './rateLimit.js';
import type { RateLimiter, RateLimitStats } from './rateLimit.js';

/** One token's way to the API: its pace, and a Send that keeps to it. */
export interface PoolMember {
  readonly limiter: RateLimiter;
  readonly send: Send;
}

/** Several tokens as if they were one. */
export interface RateLimitPool {
  /** By the token whose turn is the nearest. */
  readonly send: Send;
  /** Holds back the token that got this answer; every token where the answer is not known. */
  pause(ms: number, response?: ApiResponse): void;
  /** How long a request that asked now would wait for the nearest turn of any token. Units: milliseconds. */
  delayMs(): number;
  /** Summed over all tokens; of the time that requests were held back the longest. */
  stats(): RateLimitStats;
}

/** A member and how many requests it was given. */
interface Seat {
  readonly member: PoolMember;
  given: number;
}

/** The seat whose slot is free first; of equals the one that was given least, so that none lies idle. */
const nextOf = (first: Seat, others: readonly Seat[]): Seat => {
  let best = first;
  let bestDelayMs = first.member.limiter.delayMs();
  for (const seat of others) {
    const delayMs = seat.member.limiter.delayMs();
    if (delayMs > bestDelayMs || (delayMs === bestDelayMs && seat.given >= best.given)) continue;
    best = seat;
    bestDelayMs = delayMs;
  }
  return best;
};

const sum = (all: readonly RateLimitStats[], of: (stats: RateLimitStats) => number): number => all.reduce((total, stats) => total + of(stats), 0);

/**
 * Spreads requests over tokens: each try goes to the one that can go first.
 *
 * Why any token for any request: what a query or job returns belongs to the organisation, not to the token that asked for it. So one that is throttled
 * or slow holds nothing up, and a job that another run began can be read on.
 */
export const createRateLimitPool = ([first, ...others]: readonly [PoolMember, ...PoolMember[]]): RateLimitPool => {
  const members = [first, ...others];
  const firstSeat: Seat = { member: first, given: 0 };
  const otherSeats = others.map((member): Seat => ({ member, given: 0 }));
  const answeredBy = new WeakMap<ApiResponse, RateLimiter>();
  return {
    send: async (request, signal) => {
      for (;;) {
        const seat = nextOf(firstSeat, otherSeats);
        seat.given++;
        try {
          const response = await seat.member.send(request, signal);
          answeredBy.set(response, seat.member.limiter);
          return response;
        } catch (error) {
          if (!(error instanceof TurnLost)) throw error;
        }
      }
    },
    pause: (ms, response) => {
      const known = response === undefined ? undefined : answeredBy.get(response);
      for (const { limiter } of members) if (known === undefined || limiter === known) limiter.pause(ms);
    },
    delayMs: () => Math.min(...members.map(({ limiter }) => limiter.delayMs())),
    stats: () => {
      const all = members.map(({ limiter }) => limiter.stats());
      return {
        requests: sum(all, (one) => one.requests),
        used: sum(all, (one) => one.used),
        allowed: sum(all, (one) => one.allowed),
        permitted: sum(all, (one) => one.permitted),
        waitedMs: Math.max(...all.map((one) => one.waitedMs)),
        throttled: sum(all, (one) => one.throttled),
      };
    },
  };
};
