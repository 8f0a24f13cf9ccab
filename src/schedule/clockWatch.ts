import type { Clock } from '../model/ports.js';

/** Looked at so often. */
const EVERY_MS = 10_000;
/** Clocks are slewed, and timers are late: a step is more than both. */
const STEP_MS = 2_000;

/**
 * Tells when the clock was set, or the machine slept: time of day and time that passed no longer agree.
 *
 * @param onStep units: milliseconds, negative where the clock was set back
 * @returns ends the watch
 */
export const watchClock = (clock: Pick<Clock, 'nowMs' | 'monotonicMs'>, onStep: (stepMs: number) => void): (() => void) => {
  const offset = (): number => clock.nowMs() - clock.monotonicMs();
  let knownMs = offset();
  const timer = setInterval(() => {
    const stepMs = offset() - knownMs;
    if (Math.abs(stepMs) < STEP_MS) return;
    knownMs += stepMs;
    onStep(stepMs);
  }, EVERY_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
  };
};
