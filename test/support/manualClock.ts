import type { Clock } from '../../src/model/ports.js';

interface Sleeper {
  readonly dueMs: number;
  readonly wake: () => void;
}

/** A clock that moves only when told, or, in `auto` mode, jumps to the next waking as soon as everybody sleeps. */
export interface ManualClock extends Clock {
  /** Moves time on and wakes those who are due, earliest first. */
  advance(ms: number): Promise<void>;
  /** Every pause that was asked for, in order. */
  readonly sleeps: readonly number[];
}

const settle = async (): Promise<void> => {
  await new Promise<void>((resolve) => {
    setImmediate(resolve);
  });
};

/** A manual clock. `startMs` is wall time; monotonic time begins at 0. */
export const createManualClock = (options: { readonly startMs?: number; readonly auto?: boolean } = {}): ManualClock => {
  const startMs = options.startMs ?? Date.UTC(2026, 0, 10);
  const sleepers = new Set<Sleeper>();
  const sleeps: number[] = [];
  let elapsedMs = 0;
  let jumping = false;

  const earliest = (): Sleeper | undefined => [...sleepers].sort((a, b) => a.dueMs - b.dueMs)[0];

  const advanceTo = async (targetMs: number): Promise<void> => {
    for (let next = earliest(); next !== undefined && next.dueMs <= targetMs; next = earliest()) {
      elapsedMs = Math.max(elapsedMs, next.dueMs);
      sleepers.delete(next);
      next.wake();
      await settle();
    }
    elapsedMs = Math.max(elapsedMs, targetMs);
  };

  const jump = async (): Promise<void> => {
    jumping = true;
    await settle();
    const next = earliest();
    if (next !== undefined) await advanceTo(next.dueMs);
    jumping = false;
    if (sleepers.size > 0) void jump();
  };

  return {
    nowMs: () => startMs + elapsedMs,
    monotonicMs: () => elapsedMs,
    sleep: async (ms, signal) => {
      sleeps.push(ms);
      await new Promise<void>((resolve, reject) => {
        const fail = (): void => {
          sleepers.delete(sleeper);
          reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
        };
        const sleeper: Sleeper = {
          dueMs: elapsedMs + Math.max(0, ms),
          wake: () => {
            signal?.removeEventListener('abort', fail);
            resolve();
          },
        };
        if (signal?.aborted === true) {
          fail();
          return;
        }
        signal?.addEventListener('abort', fail, { once: true });
        sleepers.add(sleeper);
        if (options.auto === true && !jumping) void jump();
      });
    },
    advance: async (ms) => {
      await advanceTo(elapsedMs + ms);
      await settle();
    },
    sleeps,
  };
};
