import { describe, expect, it } from 'vitest';
import type { Clock } from '../../src/model/ports.js';
import { withServerTime } from '../../src/source/serverTime.js';

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
});
