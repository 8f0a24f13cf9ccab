import { parseInstant } from '../model/instant.js';
import type { Window } from '../model/window.js';

const DAY_MS = 86_400_000;

/** Why an interval cannot be used. */
export type IntervalFault = 'missing' | 'malformed' | 'too-long';

/** Reads `start/end` as the API does; half-open. `maxDays` 0: any length. */
export const readInterval = (text: string | undefined, maxDays: number): Window | IntervalFault => {
  if (text === undefined || text === '') return 'missing';
  const [from = '', to = '', ...more] = text.split('/');
  const startMs = parseInstant(from);
  const endMs = parseInstant(to);
  if (startMs === undefined || endMs === undefined || endMs < startMs || more.length > 0) return 'malformed';
  return maxDays > 0 && endMs - startMs > maxDays * DAY_MS ? 'too-long' : { startMs, endMs };
};

/** The whole UTC days that a window touches. */
export const daysTouched = ({ startMs, endMs }: Window): Window => ({
  startMs: Math.floor(startMs / DAY_MS) * DAY_MS,
  endMs: Math.ceil(Math.max(endMs, startMs + 1) / DAY_MS) * DAY_MS,
});
