import { describe, expect, it } from 'vitest';
import type { Clock } from '../../src/model/ports.js';
import { withServerTime } from '../../src/source/serverTime.js';
import { createManualClock } from '../support/manualClock.js';

const CALL = { method: 'GET', url: 'https://api.example/api/v2/x', label: 'test call' } as const;

describe('the server’s time', () => {
  it('is that of its last answer and what went by since, in whole milliseconds', async () => {
    // As performance.now() gives it.
    let monotonicMs = 1234.5678;
    const clock: Clock = { nowMs: () => 0, monotonicMs: () => monotonicMs, sleep: () => Promise.resolve() };
    const { send, time } = withServerTime(() => Promise.resolve({ status: 200, headers: { date: 'Mon, 05 Jan 2026 12:00:00 GMT' }, body: new Uint8Array() }), clock);
    expect(time.nowMs()).toBeUndefined();
    await send(CALL);
    monotonicMs += 2500.9;
    expect(time.nowMs()).toBe(Date.UTC(2026, 0, 5, 12) + 2500);
  });

  it.each([[{}], [{ date: 'yesterday' }]])('goes on past an answer that tells none: %j', async (headers) => {
    const clock = createManualClock();
    const answers: Record<string, string>[] = [{ date: 'Mon, 05 Jan 2026 12:00:00 GMT' }, headers];
    const { send, time } = withServerTime(() => Promise.resolve({ status: 200, headers: answers.shift()!, body: new Uint8Array() }), clock);
    await send(CALL);
    await clock.advance(3_600_000);
    await send(CALL);
    expect(time.nowMs()).toBe(Date.UTC(2026, 0, 5, 13));
  });
});
