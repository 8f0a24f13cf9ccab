import { describe, expect, it } from 'vitest';
import { createRateLimiter } from '../../src/source/rateLimit.js';
import type { RateLimiter } from '../../src/source/rateLimit.js';
import { createManualClock } from '../support/manualClock.js';
import type { ManualClock } from '../support/manualClock.js';

/** The API's counting: fixed spans of 60 s that begin with a request, told in whole seconds. */
class CountingApi {
  refused = 0;
  readonly #perMinute: number;
  #windowMs = Number.NEGATIVE_INFINITY;
  #count = 0;

  constructor(perMinute: number) {
    this.#perMinute = perMinute;
  }

  answer(nowMs: number): Record<string, string> {
    if (nowMs - this.#windowMs >= 60_000) {
      this.#windowMs = nowMs;
      this.#count = 0;
    }
    if (this.#count >= this.#perMinute) this.refused++;
    else this.#count++;
    return {
      'inin-ratelimit-allowed': String(this.#perMinute),
      'inin-ratelimit-count': String(this.#count),
      'inin-ratelimit-reset': String(Math.max(1, Math.ceil((this.#windowMs + 60_000 - nowMs) / 1000))),
    };
  }
}

interface Traffic {
  readonly limiter: RateLimiter;
  readonly clock: ManualClock;
  readonly api: CountingApi;
  /** Requests at the same time. */
  readonly lanes: number;
  readonly untilMs: number;
  /** Before and after the API counts a request. */
  readonly delays: () => readonly [beforeMs: number, afterMs: number];
}

/** Each lane sends its next request when the last is answered; gives how many were sent. */
const send = async ({ limiter, clock, api, lanes, untilMs, delays }: Traffic): Promise<number> => {
  let sent = 0;
  const lane = async (): Promise<void> => {
    while (clock.monotonicMs() < untilMs) {
      await limiter.acquire('test call');
      if (clock.monotonicMs() >= untilMs) return;
      sent++;
      const [beforeMs, afterMs] = delays();
      await clock.sleep(beforeMs);
      const headers = api.answer(clock.monotonicMs());
      await clock.sleep(afterMs);
      limiter.observe(headers);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return sent;
};

/** Reproducible, 0 to 1. */
const noise = (): (() => number) => {
  let state = 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
};

const MINUTES = 6;

describe('the budget of a token', () => {
  it.each([
    ['at 800 ms a page, counted at once', 5, (): readonly [number, number] => [0, 800]],
    ['at 800 ms a page, counted at the end', 8, (): readonly [number, number] => [800, 0]],
    ['at 50 ms a page', 4, (): readonly [number, number] => [25, 25]],
  ])('is used to 98 % and never overdrawn %s', async (_how, lanes, delays) => {
    const clock = createManualClock({ auto: true });
    const api = new CountingApi(300);
    const sent = await send({ limiter: createRateLimiter({ requestsPerMinute: 300, clock }), clock, api, lanes, untilMs: MINUTES * 60_000, delays });
    expect(sent / (300 * MINUTES)).toBeGreaterThan(0.98);
    expect(api.refused).toBe(0);
  });

  it('is not overdrawn where requests take unequally long to arrive', async () => {
    const clock = createManualClock({ auto: true });
    const api = new CountingApi(300);
    const random = noise();
    const sent = await send({ limiter: createRateLimiter({ requestsPerMinute: 300, clock }), clock, api, lanes: 12, untilMs: MINUTES * 60_000, delays: () => [random() * 450, 300 + random() * 1500] });
    expect(api.refused).toBe(0);
    expect(sent / (300 * MINUTES)).toBeGreaterThan(0.96);
  });

  it.each([0.5, 0.1])('is left to others but for a share of %s', async (budgetShare) => {
    const clock = createManualClock({ auto: true });
    const api = new CountingApi(300);
    const limiter = createRateLimiter({ requestsPerMinute: 300, clock, budgetShare });
    const sent = await send({ limiter, clock, api, lanes: 8, untilMs: MINUTES * 60_000, delays: () => [0, 800] });
    expect(sent / (300 * budgetShare * MINUTES)).toBeGreaterThan(0.96);
    expect(sent).toBeLessThanOrEqual(300 * budgetShare * MINUTES + 5);
    expect(limiter.stats().allowed).toBe(300 * budgetShare);
  });

  it('is shared by two that leave each other half, without a 429', async () => {
    const clock = createManualClock({ auto: true });
    const api = new CountingApi(300);
    const one = (lanes: number): Promise<number> => send({ limiter: createRateLimiter({ requestsPerMinute: 300, clock, budgetShare: 0.5 }), clock, api, lanes, untilMs: MINUTES * 60_000, delays: () => [0, 800] });
    const [a, b] = await Promise.all([one(8), one(8)]);
    expect(api.refused).toBe(0);
    for (const sent of [a, b]) expect(sent / (150 * MINUTES)).toBeGreaterThan(0.9);
  });

  it('counts what was permitted, so that a report can say which share was used', async () => {
    const clock = createManualClock({ auto: true });
    const limiter = createRateLimiter({ requestsPerMinute: 300, clock });
    await send({ limiter, clock, api: new CountingApi(180), lanes: 1, untilMs: 120_000, delays: () => [0, 1000] });
    const { requests, permitted } = limiter.stats();
    // The first answer lowers the limit from 300 to the API's 180.
    expect(permitted).toBeGreaterThanOrEqual(360);
    expect(permitted).toBeLessThanOrEqual(366);
    expect(requests).toBeGreaterThan(115);
    expect(requests).toBeLessThanOrEqual(121);
  });

  it('takes half of what the API tells, where that is more than is configured too', async () => {
    const limiter = createRateLimiter({ requestsPerMinute: 200, clock: createManualClock(), budgetShare: 0.5 });
    expect(limiter.stats().allowed).toBe(100);
    const told = (allowed: number): number => {
      limiter.observe({ 'inin-ratelimit-allowed': String(allowed) });
      return limiter.stats().allowed;
    };
    expect([told(300), told(1000), told(60)]).toEqual([150, 200, 30]);
  });
});
