/** A half-open span of time `[startMs, endMs)`. Units: UTC epoch milliseconds. */
export interface Window {
  readonly startMs: number;
  readonly endMs: number;
}

/** Whether an instant lies in a half-open window. */
export const contains = (window: Window, ms: number): boolean => ms >= window.startMs && ms < window.endMs;
