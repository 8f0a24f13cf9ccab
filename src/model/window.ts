/** A half-open span of time `[startMs, endMs)`. Units: UTC epoch milliseconds. */
export interface Window {
  readonly startMs: number;
  readonly endMs: number;
}

/** The shortest span that the API is asked for: its intervals are of whole minutes. Units: milliseconds. */
export const SHORTEST_SLICE_MS = 60_000;

/** Whether an instant lies in a half-open window. */
export const contains = (window: Window, ms: number): boolean => ms >= window.startMs && ms < window.endMs;
