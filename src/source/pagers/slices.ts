import { formatInstant } from '../../model/instant.js';
import { SHORTEST_SLICE_MS } from '../../model/window.js';

/** A part of a window, `[from, to)`. Units: UTC epoch milliseconds. */
export type Slice = readonly [fromMs: number, toMs: number];

/** Cuts a slice so that no piece is longer than `maxMs`; the last may be shorter. */
export const cutToLength = ([fromMs, toMs]: Slice, maxMs: number): Slice[] => {
  const pieces: Slice[] = [];
  for (let at = fromMs; at < toMs; at += maxMs) pieces.push([at, Math.min(toMs, at + maxMs)]);
  return pieces;
};

/** Two halves that meet on a whole minute; `undefined` where the slice is a minute or less: the API is not asked for less. */
export const halve = ([fromMs, toMs]: Slice): readonly [Slice, Slice] | undefined => {
  if (toMs - fromMs <= SHORTEST_SLICE_MS) return undefined;
  const middle = Math.floor((fromMs + toMs) / 2 / SHORTEST_SLICE_MS) * SHORTEST_SLICE_MS;
  const cut = middle > fromMs ? middle : middle + SHORTEST_SLICE_MS;
  return cut >= toMs ? undefined : [[fromMs, cut], [cut, toMs]];
};

/** The API's interval: `2026-01-05T00:00:00.000Z/2026-01-06T00:00:00.000Z`. */
export const formatInterval = ([fromMs, toMs]: Slice): string => `${formatInstant(fromMs)}/${formatInstant(toMs)}`;
