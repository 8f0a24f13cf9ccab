import type { ApiResponse } from '../../model/send.js';
import { SHORTEST_SLICE_MS } from '../../model/window.js';
import { readApiError } from '../apiError.js';
import { isTooMuch } from './pagerContext.js';
import { cutToLength, halve } from './slices.js';
import type { Slice } from './slices.js';

const DAY_MS = 86_400_000;

/** What an answer says was too much: the page or the window, either may do · the window, whatever the page · a window of so many days or more. */
export type TooMuch = { readonly of: 'page-or-window' } | { readonly of: 'window' } | { readonly of: 'days'; readonly days: number };

/** Whether a message says that a query or job found more than the API gives. Source: genesys-cloud-api.md section 1; the job's own text is not known. */
export const saysTooManyResults = (message: string): boolean => /pagination may not exceed|too many (?:results|conversations|records)|(?:results?|records?) exceeds? the (?:maximum|limit)/i.test(message);

/** What a refusal says was too much; undefined where it is about something else. Source: the API's texts in genesys-cloud-api.md section 1. */
export const tooMuchOf = (response: ApiResponse): TooMuch | undefined => {
  if (isTooMuch(response)) return { of: 'page-or-window' };
  if (response.status !== 400) return undefined;
  const message = readApiError(response).message ?? '';
  const days = Number(/does not exceed (\d{1,3}) days?/i.exec(message)?.[1] ?? 0);
  if (days > 0) return { of: 'days', days };
  return saysTooManyResults(message) ? { of: 'window' } : undefined;
};

/** The first slice cut as a refusal asks for; undefined where it cannot get shorter: a minute is the least that is asked for. */
export const cutFirst = ([first, ...rest]: readonly Slice[], tooMuch: TooMuch): [number, number][] | undefined => {
  if (first === undefined) return undefined;
  const lengthMs = first[1] - first[0];
  const longest = tooMuch.of === 'days' ? Math.min(tooMuch.days * DAY_MS, Math.floor(lengthMs / 2)) : 0;
  const parts = tooMuch.of === 'days' ? (longest < SHORTEST_SLICE_MS ? undefined : cutToLength(first, lengthMs > tooMuch.days * DAY_MS ? tooMuch.days * DAY_MS : longest)) : halve(first);
  return parts === undefined ? undefined : [...parts, ...rest].map(([from, to]) => [from, to]);
};

/** A window in slices no longer than the job permits. */
export const slicesOf = (window: { readonly startMs: number; readonly endMs: number }, maxIntervalMs: number): [number, number][] =>
  cutToLength([window.startMs, window.endMs], Math.max(SHORTEST_SLICE_MS, maxIntervalMs)).map(([from, to]) => [from, to]);
