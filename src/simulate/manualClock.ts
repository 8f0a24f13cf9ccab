import type { Clock } from '../model/ports.js';

/** A clock that moves when told to. */
export interface ManualClock extends Clock {
  /** Moves time forward and wakes who slept until then, in the order of their waking times. Units: milliseconds. */
  advance(ms: number): void;
  /** Sleepers that still wait. */
  readonly sleeping: number;
}

/** What a reading of the monotonic time adds: a real one is never whole, and what cannot bear that should show it. Units: milliseconds. */
const READING_MS = 2 ** -20;

interface Sleeper {
  readonly wakeMs: number;
  readonly wake: () => void;
}

/**
 * A clock that stands still until it is advanced.
 *
 * With `autoAdvance` every sleep moves the clock by its own length and ends at once: hours pass in no time.
 */
export const createManualClock = (startMs: number, options: { readonly autoAdvance?: boolean } = {}): ManualClock => {
  let now = startMs;
  let sleepers: Sleeper[] = [];
  let readings = 0;

  const advance = (ms: number): void => {
    now += ms;
    const due = sleepers.filter((s) => s.wakeMs <= now).sort((a, b) => a.wakeMs - b.wakeMs);
    sleepers = sleepers.filter((s) => s.wakeMs > now);
    for (const sleeper of due) sleeper.wake();
  };

  const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason as Error);
        return;
      }
      if (ms <= 0 || options.autoAdvance === true) {
        if (ms > 0) advance(ms);
        resolve();
        return;
      }
      const onAbort = (): void => {
        sleepers = sleepers.filter((s) => s !== sleeper);
        reject(signal?.reason as Error);
      };
      const sleeper: Sleeper = {
        wakeMs: now + ms,
        wake: () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      sleepers.push(sleeper);
      signal?.addEventListener('abort', onAbort, { once: true });
    });

  return {
    nowMs: () => now,
    monotonicMs: () => now - startMs + readings++ * READING_MS,
    sleep,
    advance,
    get sleeping() {
      return sleepers.length;
    },
  };
};
