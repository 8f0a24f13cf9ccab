import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { partitionsBetween } from '../../src/plan/partitions.js';
import { expectedIn, windowsToCount } from '../../src/plan/samples.js';
import { readingOf } from '../../src/plan/splits.js';

const DAY_MS = 86_400_000;
const between = (window: '1d' | '1h', days: number, timezone = 'UTC') =>
  partitionsBetween({ name: 'job', window, timezone }, '2026-03-01', new Date(Date.UTC(2026, 2, 1 + days)).toISOString().slice(0, 10));

describe('the windows to count', () => {
  it('are the days themselves where they are few, for hours as well', () => {
    expect(windowsToCount(between('1d', 5), 12)).toEqual(between('1d', 5).map(({ window }) => window));
    expect(windowsToCount(between('1h', 5), 12)).toEqual(between('1d', 5).map(({ window }) => window));
  });

  it('cover sixty days without a hole in twelve calls, across the change of clocks as well', () => {
    const partitions = between('1h', 60, 'Europe/Berlin');
    const windows = windowsToCount(partitions, 12);
    expect(windows).toHaveLength(12);
    for (const { window } of partitions) expect(windows.some(({ startMs, endMs }) => startMs <= window.startMs && window.endMs <= endMs)).toBe(true);
  });

  it('are never more than asked for, never longer than the API takes, never overlap, and never reach over days that are not wanted', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 200 }), fc.integer({ min: 1, max: 12 }), (days, most) => {
        const partitions = days.map((day) => ({ job: 'j', dt: String(day), hr: undefined, window: { startMs: day * DAY_MS, endMs: (day + 1) * DAY_MS } }));
        const windows = windowsToCount(partitions, most);
        const wanted = new Set(days);
        expect(windows.length).toBeLessThanOrEqual(most);
        expect(windows.length).toBeGreaterThan(0);
        for (const [n, { startMs, endMs }] of windows.entries()) {
          expect(endMs - startMs).toBeLessThanOrEqual(7 * DAY_MS);
          expect(startMs).toBeGreaterThanOrEqual(windows[n - 1]?.endMs ?? 0);
          for (let ms = startMs; ms < endMs; ms += DAY_MS) expect(wanted.has(ms / DAY_MS)).toBe(true);
        }
      }),
    );
  });

  it('tell of a window its share of the narrowest count around it, else the mean', () => {
    const counted = [{ startMs: 0, endMs: 4 * DAY_MS, total: 400 }, { startMs: DAY_MS, endMs: 2 * DAY_MS, total: 10 }];
    expect(expectedIn({ startMs: DAY_MS, endMs: 1.5 * DAY_MS }, counted)).toEqual({ conversations: 5, isInside: true });
    expect(expectedIn({ startMs: 0, endMs: DAY_MS }, counted)).toEqual({ conversations: 100, isInside: true });
    expect(expectedIn({ startMs: 9 * DAY_MS, endMs: 10 * DAY_MS }, counted)).toEqual({ conversations: 82, isInside: false });
    expect(expectedIn({ startMs: 0, endMs: DAY_MS }, [])).toBeUndefined();
  });
});

describe('reading a window', () => {
  const source = { kind: 'page-number', pageSize: 100, maxResults: 1000, maxIntervalMs: 7 * DAY_MS } as const;

  it('by page number ends with an empty page, and is halved until each part is small enough', () => {
    expect(readingOf(source, DAY_MS, 950)).toEqual({ calls: 11, splits: 0 });
    expect(readingOf(source, DAY_MS, 1500)).toEqual({ calls: 2 * (8 + 1) + 1, splits: 1 });
    expect(readingOf(source, DAY_MS, 3900)).toEqual({ calls: 4 * (10 + 1) + 3, splits: 3 });
  });

  it('by page number is cut to the longest interval first', () => {
    expect(readingOf({ ...source, maxIntervalMs: DAY_MS / 4 }, DAY_MS, 400)).toEqual({ calls: 8, splits: 3 });
  });

  it('by the other protocols is cut by configuration only, and takes a call a slice at least', () => {
    expect(readingOf({ ...source, kind: 'job-cursor', maxIntervalMs: DAY_MS / 4 }, DAY_MS, 1000)).toEqual({ calls: 12, splits: 3 });
    expect(readingOf({ ...source, kind: 'next-page-url', maxIntervalMs: DAY_MS / 4 }, DAY_MS, 0)).toEqual({ calls: 4, splits: 3 });
    expect(readingOf({ ...source, kind: 'job-cursor' }, DAY_MS, 1_000_000)).toEqual({ calls: 10_000, splits: 0 });
    expect(readingOf({ ...source, kind: 'next-page-url' }, DAY_MS, 0)).toEqual({ calls: 1, splits: 0 });
  });
});
