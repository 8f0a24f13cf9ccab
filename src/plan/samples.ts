import type { Partition } from '../model/partition.js';
import type { Window } from '../model/window.js';

/** A window whose conversations were counted. */
export interface CountedWindow extends Window {
  readonly total: number;
}

/** Longer windows are not counted at once. Why: the API takes intervals of seven days for certain, and a day may have 25 hours. */
const MOST_DAYS = 6;

/** Neighbouring partitions of one local day, as one window. */
const daysOf = (partitions: readonly Partition[]): readonly Window[] => {
  const days: (Window & { readonly dt: string })[] = [];
  for (const { dt, window } of [...partitions].sort((a, b) => a.window.startMs - b.window.startMs)) {
    const last = days.at(-1);
    if (last?.dt === dt && last.endMs === window.startMs) days[days.length - 1] = { ...last, endMs: window.endMs };
    else days.push({ dt, ...window });
  }
  return days.map(({ startMs, endMs }) => ({ startMs, endMs }));
};

/** Neighbours put together to windows of so many days. */
const joined = (days: readonly Window[], most: number): readonly Window[] => {
  const windows: { window: Window; days: number }[] = [];
  for (const day of days) {
    const last = windows.at(-1);
    if (last !== undefined && last.days < most && last.window.endMs === day.startMs) windows[windows.length - 1] = { window: { startMs: last.window.startMs, endMs: day.endMs }, days: last.days + 1 };
    else windows.push({ window: day, days: 1 });
  }
  return windows.map(({ window }) => window);
};

/** So many of them, spread evenly, the first and the last included. */
const spread = <T>(all: readonly T[], most: number): readonly T[] =>
  all.length <= most ? all : Array.from({ length: most }, (_, n) => all[Math.round((n * (all.length - 1)) / Math.max(1, most - 1))]!);

/**
 * The windows to ask the API's count for, at most so many: each day where they are few, else several days at once, else such windows spread over the range.
 *
 * @param partitions whose size is not known
 */
export const windowsToCount = (partitions: readonly Partition[], most: number): readonly Window[] => {
  const days = daysOf(partitions);
  return spread(joined(days, Math.min(MOST_DAYS, Math.max(1, Math.ceil(days.length / most)))), most);
};

/** How many conversations a window holds, by what was counted: its share of the window around it, else as many as the mean; undefined where nothing was counted. */
export const expectedIn = ({ startMs, endMs }: Window, counted: readonly CountedWindow[]): { readonly conversations: number; readonly isInside: boolean } | undefined => {
  const [around] = counted.filter((one) => one.startMs <= startMs && endMs <= one.endMs).sort((a, b) => a.endMs - a.startMs - (b.endMs - b.startMs));
  if (around !== undefined) return { conversations: (around.total * (endMs - startMs)) / (around.endMs - around.startMs), isInside: true };
  const lengthMs = counted.reduce((sum, one) => sum + one.endMs - one.startMs, 0);
  if (lengthMs === 0) return undefined;
  return { conversations: (counted.reduce((sum, { total }) => sum + total, 0) * (endMs - startMs)) / lengthMs, isInside: false };
};
