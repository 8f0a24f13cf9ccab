import { describe, expect, it } from 'vitest';
import { DecodeError, HttpError, InterruptedError } from '../../src/model/errors.js';
import type { ApiResponse, Send } from '../../src/model/send.js';
import { withRetry } from '../../src/source/retry.js';
import type { RetryOptions } from '../../src/source/retry.js';
import { createRetryBudget } from '../../src/source/retryBudget.js';
import { TransportError } from '../../src/source/transportError.js';
import type { TransportFault } from '../../src/source/transportError.js';
import { failure } from '../support/apiBench.js';
import { createManualClock } from '../support/manualClock.js';
import type { ManualClock } from '../support/manualClock.js';

const DATE = 'Mon, 05 Jan 2026 12:00:00 GMT';
const answer = (status: number, headers: Record<string, string> = {}, text = '{}'): ApiResponse => ({
  status, headers: { 'content-type': 'application/json', date: DATE, ...headers }, body: new TextEncoder().encode(text),
});
const fault = (kind: TransportFault): TransportError => new TransportError(kind, `test call: ${kind}`);
const request = { method: 'GET', url: 'https://api.example/api/v2/x', label: 'test call' } as const;

interface Trial {
  readonly clock: ManualClock;
  readonly calls: () => number;
  readonly run: (signal?: AbortSignal) => Promise<ApiResponse>;
}

/** Outcomes in order; the last one repeats. */
const trial = (outcomes: readonly (ApiResponse | Error)[], options: Partial<RetryOptions> = {}): Trial => {
  const clock = createManualClock({ auto: true });
  let calls = 0;
  const send: Send = async () => {
    const outcome = outcomes[Math.min(calls++, outcomes.length - 1)];
    if (outcome instanceof Error) throw outcome;
    return Promise.resolve(outcome ?? answer(200));
  };
  const retrying = withRetry(send, { maxAttempts: 6, timeoutMs: 60_000, clock, random: () => 0.5, budget: createRetryBudget(), ...options });
  return { clock, calls: () => calls, run: async (signal) => retrying(request, signal) };
};

describe('what is transient is tried again (rows 5, 11–14)', () => {
  it.each([408, 425, 500, 502, 503, 504])('status %i', async (status) => {
    const { run, calls } = trial([answer(status), answer(status), answer(200)]);
    expect((await run()).status).toBe(200);
    expect(calls()).toBe(3);
  });

  it.each<TransportFault>(['connection', 'timeout', 'truncated', 'encoding'])('fault %s', async (kind) => {
    const { run, calls } = trial([fault(kind), answer(200)]);
    expect((await run()).status).toBe(200);
    expect(calls()).toBe(2);
  });

  it('at most maxAttempts times, then with the status and the correlation id', async () => {
    const { run, calls } = trial([answer(503, { 'inin-correlation-id': 'abc-1' })]);
    const error = await failure(run());
    expect(error).toBeInstanceOf(HttpError);
    expect(error).toMatchObject({ status: 503, correlationId: 'abc-1', exitCode: 4 });
    expect(error.message).toContain('6 attempts');
    expect(calls()).toBe(6);
  });

  it('with pauses that double, jittered over their whole length', async () => {
    const { run, clock } = trial([answer(500)], { random: () => 0.999_999 });
    await failure(run());
    expect(clock.sleeps.map((ms) => Math.round(ms / 100) * 100)).toEqual([500, 1000, 2000, 4000, 8000]);
    const low = trial([answer(500)], { random: () => 0 });
    await failure(low.run());
    expect(low.clock.sleeps).toEqual([250, 250, 250, 250, 250]);
  });

  it('no longer than ten minutes', async () => {
    const { run, calls, clock } = trial([answer(500)], { maxAttempts: 1000, random: () => 0.999, budget: createRetryBudget(1, 1000) });
    expect((await failure(run())).message).toContain('ten minutes');
    expect(clock.monotonicMs()).toBeLessThanOrEqual(600_000);
    expect(calls()).toBeGreaterThan(10);
  });

  it('and what it waited for its turn is no part of them', async () => {
    const clock = createManualClock({ auto: true });
    const outcomes = [answer(503), answer(503), answer(200)];
    // Another request was throttled: nothing is let through for twelve minutes.
    const held: Send = async () => {
      await clock.sleep(720_000);
      return outcomes.shift()!;
    };
    const retrying = withRetry(held, { maxAttempts: 6, timeoutMs: 60_000, clock, random: () => 0.5, budget: createRetryBudget(1, 10) });
    expect((await retrying(request)).status).toBe(200);
  });

  it('until the budget of the run is spent', async () => {
    const budget = createRetryBudget(0.1, 3);
    const first = trial([answer(500), answer(500), answer(500), answer(200)], { budget });
    expect((await first.run()).status).toBe(200);
    const second = trial([answer(500), answer(200)], { budget });
    expect((await failure(second.run())).message).toContain('too many requests of this run fail');
    expect(second.calls()).toBe(1);
  });
});

describe('what another try cannot mend is handed on', () => {
  it.each([200, 204, 301, 400, 401, 403, 404, 409, 413, 422, 501, 505])('status %i (rows 1, 6)', async (status) => {
    const { run, calls } = trial([answer(status)]);
    expect((await run()).status).toBe(status);
    expect(calls()).toBe(1);
  });

  it.each<TransportFault>(['certificate', 'too-large'])('fault %s', async (kind) => {
    const error = fault(kind);
    const { run, calls } = trial([error]);
    expect(await failure(run())).toBe(error);
    expect(calls()).toBe(1);
  });

  it('an HTML page is tried twice more (row 19)', async () => {
    const { run, calls } = trial([answer(200, { 'content-type': 'text/html; charset=utf-8' }, '<html>canary</html>')]);
    const error = await failure(run());
    expect(error).toBeInstanceOf(DecodeError);
    expect(error.message).toContain('text/html');
    expect(error.message).not.toContain('canary');
    expect(calls()).toBe(3);
  });

  it('damaged gzip is tried three times more (row 17)', async () => {
    const { run, calls } = trial([fault('encoding')]);
    await failure(run());
    expect(calls()).toBe(4);
  });
});

describe('a throttling API (rows 8–10)', () => {
  const throttled = (retryAfter: string, headers: Record<string, string> = {}): ApiResponse => answer(429, { 'retry-after': retryAfter, ...headers });

  it('is left alone for as long as it asks, and holds back everybody', async () => {
    const paused: number[] = [];
    const { run, clock } = trial([throttled('3'), answer(200)], { gate: { pause: (ms) => paused.push(ms), delayMs: () => Number.POSITIVE_INFINITY } });
    await run();
    expect(clock.sleeps).toEqual([3000]);
    expect(paused).toEqual([3000]);
  });

  it('holds no request up that another token may send sooner', async () => {
    const turns = [0, 1200];
    const { run, clock } = trial([throttled('300'), throttled('300'), answer(200)], { gate: { pause: () => undefined, delayMs: () => turns.shift()! } });
    expect((await run()).status).toBe(200);
    expect(clock.sleeps.filter((ms) => ms > 0)).toEqual([1200]);
  });

  it.each([-3_600_000, 0, 3_600_000])('is measured by its own clock, %i ms off', async (offMs) => {
    const at = Date.UTC(2026, 0, 5, 12) + offMs;
    const { run, clock } = trial([throttled(new Date(at + 7000).toUTCString(), { date: new Date(at).toUTCString() }), answer(200)]);
    await run();
    expect(clock.sleeps).toEqual([7000]);
  });

  it('does not count as a failure', async () => {
    const { run, calls } = trial([...Array.from({ length: 8 }, () => throttled('1')), answer(200)], { maxAttempts: 2 });
    expect((await run()).status).toBe(200);
    expect(calls()).toBe(9);
  });

  it('is given up when it never ends', async () => {
    const { run, calls } = trial([throttled('1')]);
    expect(await failure(run())).toMatchObject({ status: 429 });
    expect(calls()).toBe(11);
  });

  it.each(['', '-1', '1e3', 'Infinity', '99999999999', 'tomorrow', '3, 5', 'Mon, 05 Jan 2026 11:00:00 GMT', '0'])('is never stormed, Retry-After being %j', async (text) => {
    const { run, clock } = trial([throttled(text), throttled(text), answer(200)], { random: () => 0 });
    await run();
    expect(Math.min(...clock.sleeps)).toBeGreaterThanOrEqual(250);
  });

  it.each(['901', '999999999'])('ends the request where it asks for %s s, with the time to come back', async (seconds) => {
    const { run, clock, calls } = trial([throttled(seconds)]);
    const error = await failure(run());
    expect(error).toMatchObject({ status: 429, retryAfterMs: Number(seconds) * 1000, exitCode: 4 });
    expect(error.message).toContain(new Date(Date.UTC(2026, 0, 5, 12) + Number(seconds) * 1000).toISOString());
    expect([clock.sleeps.length, calls()]).toEqual([0, 1]);
  });

  it('is obeyed on a 503 too', async () => {
    const { run, clock } = trial([answer(503, { 'retry-after': '9' }), answer(200)]);
    await run();
    expect(clock.sleeps).toEqual([9000]);
  });
});

describe('stopping', () => {
  it('ends a pause at once', async () => {
    const clock = createManualClock();
    const controller = new AbortController();
    const { run } = trial([answer(500)], { clock });
    const running = failure(run(controller.signal));
    await clock.advance(0);
    expect(clock.sleeps).toHaveLength(1);
    controller.abort();
    expect(await running).toBeInstanceOf(InterruptedError);
  });
});

describe('a request that is not worth many tries', () => {
  const once: (outcomes: readonly (ApiResponse | Error)[]) => { readonly tries: () => number; readonly pauses: number[]; readonly run: () => Promise<ApiResponse>; readonly clock: ManualClock } = (outcomes) => {
    const clock = createManualClock({ auto: true });
    const pauses: number[] = [];
    let tries = 0;
    const send: Send = async () => {
      const outcome = outcomes[Math.min(tries++, outcomes.length - 1)]!;
      if (outcome instanceof Error) throw outcome;
      return Promise.resolve(outcome);
    };
    const retrying = withRetry(send, { maxAttempts: 6, timeoutMs: 60_000, clock, random: () => 0.5, budget: createRetryBudget(), gate: { pause: (ms) => pauses.push(ms), delayMs: () => Number.POSITIVE_INFINITY } });
    return { tries: () => tries, pauses, clock, run: () => retrying({ ...request, maxAttempts: 1 }) };
  };

  it.each([503, 429])('is given up after them, status %i', async (status) => {
    const { tries, run, clock } = once([answer(status, { 'retry-after': '600' })]);
    expect(await failure(run())).toBeInstanceOf(HttpError);
    expect([tries(), clock.sleeps]).toEqual([1, []]);
  });

  it('holds the others back all the same where the API throttles', async () => {
    const { pauses, run } = once([answer(429, { 'retry-after': '600' })]);
    await failure(run());
    expect(pauses).toEqual([600_000]);
  });
});
