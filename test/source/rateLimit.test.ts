import { getEventListeners } from 'node:events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InterruptedError } from '../../src/model/errors.js';
import { createRateLimiter, withRateLimit } from '../../src/source/rateLimit.js';
import type { RateLimiter } from '../../src/source/rateLimit.js';
import { readRateLimitHeaders } from '../../src/source/rateLimitHeaders.js';
import { failure } from '../support/apiBench.js';
import { createManualClock } from '../support/manualClock.js';
import type { ManualClock } from '../support/manualClock.js';

const passTimes = async (limiter: RateLimiter, clock: ManualClock, count: number): Promise<number[]> => {
  const times: number[] = [];
  await Promise.all(
    Array.from({ length: count }, async () => {
      await limiter.acquire('test call');
      times.push(clock.monotonicMs());
      limiter.observe(undefined);
    }),
  );
  return times;
};

const mostInAnyMinute = (times: readonly number[]): number =>
  Math.max(...times.map((start) => times.filter((t) => t >= start && t < start + 60_000).length));

describe('pace', () => {
  it('never lets more than the limit through in any 60 s', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 2, max: 120 }), async (limit, count) => {
        const clock = createManualClock({ auto: true });
        const times = await passTimes(createRateLimiter({ requestsPerMinute: limit, clock }), clock, count);
        expect(mostInAnyMinute(times)).toBeLessThanOrEqual(limit);
      }),
      { numRuns: 15 },
    );
  });

  it('keeps within the limit of a fixed window of the server, wherever that begins', async () => {
    const clock = createManualClock({ auto: true });
    const times = await passTimes(createRateLimiter({ requestsPerMinute: 60, clock }), clock, 200);
    for (let offset = 0; offset < 60_000; offset += 1000) {
      const windows = new Map<number, number>();
      for (const t of times) windows.set(Math.floor((t + offset) / 60_000), (windows.get(Math.floor((t + offset) / 60_000)) ?? 0) + 1);
      expect(Math.max(...windows.values())).toBeLessThanOrEqual(60);
    }
  });

  it('is near the limit, evenly spaced after a burst of five at most', async () => {
    const clock = createManualClock({ auto: true });
    const times = await passTimes(createRateLimiter({ requestsPerMinute: 300, clock }), clock, 300);
    expect(times.filter((t) => t === 0)).toHaveLength(5);
    expect(times.at(-1)).toBeLessThanOrEqual(61_000);
    const gaps = times.slice(6).map((t, i) => t - (times[i + 5] ?? 0));
    expect(Math.max(...gaps)).toBeLessThan(250);
  });

  it('is first come, first served', async () => {
    const clock = createManualClock({ auto: true });
    const limiter = createRateLimiter({ requestsPerMinute: 30, clock });
    const order: number[] = [];
    await Promise.all([0, 1, 2, 3, 4, 5].map(async (i) => { await limiter.acquire('test call'); order.push(i); }));
    expect(order).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('uses no more than its share', async () => {
    const clock = createManualClock({ auto: true });
    const limiter = createRateLimiter({ requestsPerMinute: 100, clock, budgetShare: 0.5 });
    expect(mostInAnyMinute(await passTimes(limiter, clock, 120))).toBeLessThanOrEqual(50);
  });
});

describe('what the API says', () => {
  const headers = (allowed: number, count: number, reset: number): Record<string, string> => ({
    'inin-ratelimit-allowed': String(allowed), 'inin-ratelimit-count': String(count), 'inin-ratelimit-reset': String(reset),
  });

  it('lowers the limit, and raises it again up to the configured one', () => {
    const limiter = createRateLimiter({ requestsPerMinute: 300, clock: createManualClock() });
    limiter.observe(headers(180, 1, 61));
    expect(limiter.stats().allowed).toBe(180);
    limiter.observe(headers(1000, 1, 61));
    expect(limiter.stats().allowed).toBe(300);
  });

  it('holds everything back until the reset when others have used the budget up', async () => {
    const clock = createManualClock({ auto: true });
    const limiter = createRateLimiter({ requestsPerMinute: 300, clock });
    await limiter.acquire('test call');
    limiter.observe(headers(300, 300, 20));
    await limiter.acquire('test call');
    expect(clock.monotonicMs()).toBeGreaterThanOrEqual(20_000);
  });

  it('spreads what is left over what is left of the period', async () => {
    const clock = createManualClock({ auto: true });
    const limiter = createRateLimiter({ requestsPerMinute: 300, clock });
    await limiter.acquire('test call');
    limiter.observe(headers(300, 290, 30));
    await passTimes(limiter, clock, 3);
    expect(clock.monotonicMs()).toBeGreaterThanOrEqual(9000);
  });

  it.each([{}, headers(0, 1, 1), { 'inin-ratelimit-allowed': '-5' }, { 'inin-ratelimit-allowed': '1e3' }, { 'inin-ratelimit-allowed': 'many' }])('is ignored where it makes no sense: %j', (raw) => {
    expect(readRateLimitHeaders(raw)).toBeUndefined();
  });
});

describe('a period of which nothing is left', () => {
  it.each([59_000, 60_600])('holds back until it ends, also %i ms after the last request', async (laterMs) => {
    const clock = createManualClock({ auto: true });
    const limiter = createRateLimiter({ requestsPerMinute: 300, clock });
    const beganMs = clock.monotonicMs();
    await limiter.acquire('first');
    limiter.observe({ 'inin-ratelimit-allowed': '300', 'inin-ratelimit-count': '300', 'inin-ratelimit-reset': '61' });
    await clock.sleep(laterMs);
    expect(limiter.delayMs()).toBe(61_000 - laterMs);
    await limiter.acquire('second');
    expect(clock.monotonicMs() - beganMs).toBeGreaterThanOrEqual(61_000);
  });

  it.each(['62', '3600', '86400', '999999999'])('holds nothing back for longer than the minute that the API counts by, whatever it says: %s', async (reset) => {
    const clock = createManualClock({ auto: true });
    const limiter = createRateLimiter({ requestsPerMinute: 300, clock });
    await limiter.acquire('first');
    limiter.observe({ 'inin-ratelimit-allowed': '300', 'inin-ratelimit-count': '300', 'inin-ratelimit-reset': reset });
    await limiter.acquire('second');
    expect(clock.monotonicMs()).toBe(61_000);
  });
});

describe('a pause', () => {
  it('holds back every request that waits and every later one, without a burst at its end', async () => {
    const clock = createManualClock({ auto: true });
    const limiter = createRateLimiter({ requestsPerMinute: 300, clock });
    limiter.pause(3000);
    const times = await passTimes(limiter, clock, 20);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(3000);
    expect(times.filter((t) => t < 3100).length).toBeLessThanOrEqual(5);
    expect(limiter.stats()).toMatchObject({ requests: 20, throttled: 1 });
    // All twenty waited at the same time: it is told once.
    expect(limiter.stats().waitedMs).toBe(Math.max(...times));
  });

  it('lets go of those who stop, and of nobody else', async () => {
    const clock = createManualClock();
    const limiter = createRateLimiter({ requestsPerMinute: 300, clock });
    limiter.pause(60_000);
    const controller = new AbortController();
    const first = failure(limiter.acquire('first', controller.signal));
    const second = failure(limiter.acquire('second', controller.signal));
    let passed = false;
    const third = limiter.acquire('third').then(() => { passed = true; });
    await clock.advance(10);
    controller.abort();
    expect(await first).toBeInstanceOf(InterruptedError);
    expect(await second).toBeInstanceOf(InterruptedError);
    await clock.advance(59_000);
    expect(passed).toBe(false);
    await clock.advance(2000);
    await third;
    expect(passed).toBe(true);
  });
});

describe('withRateLimit', () => {
  it.each([true, false])('leaves nothing behind at a signal that lives longer than its requests (one of several: %s)', async (isOneOfSeveral) => {
    const clock = createManualClock({ auto: true });
    const limiter = createRateLimiter({ requestsPerMinute: 60, clock, isOneOfSeveral });
    const { signal } = new AbortController();
    for (let i = 0; i < 20; i++) await limiter.acquire('test call', signal);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('gives the turn back when the request fails', async () => {
    const clock = createManualClock({ auto: true });
    const limiter = createRateLimiter({ requestsPerMinute: 300, clock });
    const send = withRateLimit(async () => Promise.reject(new InterruptedError('gone')), limiter);
    for (let i = 0; i < 3; i++) await failure(send({ method: 'GET', url: 'https://api.example/', label: 'test call' }));
    expect(limiter.stats().requests).toBe(3);
  });
});
