import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/cli/system.js';

describe('system clock', () => {
  it('ends a sleep early with the reason of the signal', async () => {
    const controller = new AbortController();
    const asleep = systemClock.sleep(2 ** 40, controller.signal);
    controller.abort('SIGTERM');
    await expect(asleep).rejects.toBe('SIGTERM');
  });

  it('never fires a sleep of weeks at once', async () => {
    const controller = new AbortController();
    let woke = false;
    const asleep = systemClock.sleep(2 ** 31, controller.signal).then(
      () => { woke = true; },
      () => undefined,
    );
    await systemClock.sleep(5);
    controller.abort('SIGINT');
    await asleep;
    expect(woke).toBe(false);
  });
});
