import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { WallClock } from '../../src/plan/wallClock.js';

const HOUR_MS = 3_600_000;
const aZone = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
const anInstant = fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2035, 0, 1) });

describe('the clock on the wall', () => {
  it('shows in every zone what luxon shows', () => {
    fc.assert(
      fc.property(aZone, anInstant, (zone, ms) => {
        const local = DateTime.fromMillis(ms, { zone });
        expect(new WallClock(zone).wallAt(ms)).toBe(local.setZone('utc', { keepLocalTime: true }).toMillis());
      }),
      { numRuns: 300 },
    );
  });

  it('has shown a wall time, or a later one, for the first time at its first instant', () => {
    fc.assert(
      fc.property(aZone, anInstant, (zone, wallMs) => {
        const clock = new WallClock(zone);
        const firstMs = clock.firstInstant(wallMs);
        expect(clock.wallAt(firstMs)).toBeGreaterThanOrEqual(wallMs);
        // Not a moment earlier, nor in the day before.
        for (const before of [1, HOUR_MS / 4, HOUR_MS, 2 * HOUR_MS, 24 * HOUR_MS]) expect(clock.wallAt(firstMs - before)).toBeLessThan(wallMs);
      }),
      { numRuns: 500 },
    );
  });

  it('names its changes to the millisecond', () => {
    expect(new WallClock('Europe/Berlin').changes(Date.UTC(2026, 0, 1), Date.UTC(2027, 0, 1))).toEqual([
      { atMs: Date.UTC(2026, 2, 29, 1), beforeMs: HOUR_MS, afterMs: 2 * HOUR_MS },
      { atMs: Date.UTC(2026, 9, 25, 1), beforeMs: 2 * HOUR_MS, afterMs: HOUR_MS },
    ]);
    expect(new WallClock('UTC').changes(Date.UTC(2026, 0, 1), Date.UTC(2027, 0, 1))).toEqual([]);
  });
});
