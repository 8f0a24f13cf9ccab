import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../src/simulate/manualClock.js';

describe('manual clock', () => {
  it('wakes sleepers in the order of their waking times, and no one early', async () => {
    const clock = createManualClock(1000);
    const woken: string[] = [];
    const late = clock.sleep(200).then(() => woken.push('late'));
    const early = clock.sleep(100).then(() => woken.push('early'));
    clock.advance(99);
    await Promise.resolve();
    expect([woken, clock.sleeping]).toEqual([[], 2]);
    clock.advance(101);
    await Promise.all([late, early]);
    expect(woken).toEqual(['early', 'late']);
    expect([clock.nowMs(), clock.monotonicMs()]).toEqual([1200, 200]);
  });

  it('ends a sleep with the reason of its signal', async () => {
    const clock = createManualClock(0);
    const controller = new AbortController();
    const sleeping = clock.sleep(100, controller.signal);
    controller.abort(new Error('stop'));
    await expect(sleeping).rejects.toThrow('stop');
    expect(clock.sleeping).toBe(0);
    await expect(clock.sleep(1, controller.signal)).rejects.toThrow('stop');
  });

  it('advances by itself when told to', async () => {
    const clock = createManualClock(0, { autoAdvance: true });
    await clock.sleep(86_400_000);
    expect(clock.nowMs()).toBe(86_400_000);
  });
});
