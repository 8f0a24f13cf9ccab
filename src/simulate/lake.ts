import type { Window } from '../model/window.js';

/** The data lake that jobs read: it holds what happened before its watermark. */
export interface Lake {
  /** What is guaranteed to be there at an instant. Units: UTC epoch milliseconds, whole seconds. Invariant: never decreases with time. */
  watermarkMs(nowMs: number): number;
}

/** How a lake lags. */
export interface LakeOptions {
  /** The watermark trails the clock by so much. Units: milliseconds. */
  readonly lagMs: number;
  /** Spans of the clock in which the watermark stands still; after them it jumps to where it should be. */
  readonly stalls: readonly Window[];
}

/** A lake. */
export const createLake = ({ lagMs, stalls }: LakeOptions): Lake => ({
  watermarkMs: (nowMs) => {
    let effectiveMs = nowMs;
    // Until no stall holds the instant: a stall may begin within another.
    for (let moved = true; moved; ) {
      const stall = stalls.find((s) => effectiveMs > s.startMs && effectiveMs < s.endMs);
      moved = stall !== undefined;
      if (stall !== undefined) effectiveMs = stall.startMs;
    }
    return Math.floor((effectiveMs - lagMs) / 1000) * 1000;
  },
});
