import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/model/errors.js';
import { formatInstant } from '../../src/model/instant.js';
import { partitionPath, type Partition } from '../../src/model/partition.js';
import { partitionFromPath, partitionOf, partitionsBetween, startOfDate, type Cut } from '../../src/plan/partitions.js';

const HOUR_MS = 3_600_000;
const days = (timezone: string): Cut => ({ name: 'nightly', window: '1d', timezone });
const hours = (timezone: string): Cut => ({ name: 'hourly', window: '1h', timezone });

/** Label, start, end and hours of each, for reading. */
const lines = (partitions: readonly Partition[]): string[] =>
  partitions.map((p) => `${partitionPath(p)} ${formatInstant(p.window.startMs)} ${String((p.window.endMs - p.window.startMs) / HOUR_MS)}h`);

const ZONES = ['Europe/Berlin', 'America/Sao_Paulo', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Apia', 'Africa/Cairo', 'UTC'];
const TEN_YEARS = [Date.UTC(2010, 0, 1), Date.UTC(2020, 0, 1)] as const;

const expectTiling = (partitions: readonly Partition[], fromMs: number, toMs: number): void => {
  expect(partitions[0]!.window.startMs).toBeLessThanOrEqual(fromMs);
  expect(partitions.at(-1)!.window.endMs).toBeGreaterThanOrEqual(toMs);
  const torn = partitions.findIndex((p, i) => p.window.startMs >= p.window.endMs || (i > 0 && partitions[i - 1]!.window.endMs !== p.window.startMs));
  expect(torn).toBe(-1);
  expect(new Set(partitions.map(partitionPath)).size).toBe(partitions.length);
};

describe('days', () => {
  it.each(ZONES)('tile ten years without gap or overlap in %s, each in the local day of its name', (zone) => {
    const [fromMs, toMs] = TEN_YEARS;
    const found = partitionsBetween(days(zone), fromMs, toMs);
    expectTiling(found, fromMs, toMs);
    const misnamed = found.filter(({ dt, window }) =>
      [window.startMs, window.endMs - 1].some((ms) => DateTime.fromMillis(ms, { zone }).toISODate() !== dt),
    );
    expect(lines(misnamed)).toEqual([]);
  });

  it('have 23 and 25 hours where the clock changes', () => {
    expect(lines(partitionsBetween(days('Europe/Berlin'), '2026-03-28', '2026-03-31'))).toEqual([
      'dt=2026-03-28 2026-03-27T23:00:00.000Z 24h',
      'dt=2026-03-29 2026-03-28T23:00:00.000Z 23h',
      'dt=2026-03-30 2026-03-29T22:00:00.000Z 24h',
    ]);
    expect(lines(partitionsBetween(days('Europe/Berlin'), '2026-10-25', '2026-10-26'))).toEqual(['dt=2026-10-25 2026-10-24T22:00:00.000Z 25h']);
  });

  it('start after midnight where the clock skips midnight', () => {
    expect(lines(partitionsBetween(days('America/Sao_Paulo'), '2018-11-04', '2018-11-05'))).toEqual(['dt=2018-11-04 2018-11-04T03:00:00.000Z 23h']);
  });

  it('leave out the day that Apia never had', () => {
    expect(lines(partitionsBetween(days('Pacific/Apia'), '2011-12-29', '2012-01-01'))).toEqual([
      'dt=2011-12-29 2011-12-29T10:00:00.000Z 24h',
      'dt=2011-12-31 2011-12-30T10:00:00.000Z 24h',
    ]);
    expect(partitionFromPath(days('Pacific/Apia'), 'dt=2011-12-30')).toBeUndefined();
  });

  it('tile also where a clock went back across midnight', () => {
    // One minute past midnight the clock of St. John's went back to 23:01.
    const found = partitionsBetween(days('America/St_Johns'), '2009-10-31', '2009-11-03');
    expectTiling(found, found[0]!.window.startMs, found.at(-1)!.window.endMs);
    expect(found.map((p) => p.dt)).toEqual(['2009-10-31', '2009-11-01', '2009-11-02']);
  });
});

describe('hours', () => {
  it.each(ZONES)('tile ten years without gap or overlap in %s, each in the local hour of its name', (zone) => {
    const [fromMs, toMs] = TEN_YEARS;
    const found = partitionsBetween(hours(zone), fromMs, toMs);
    expectTiling(found, fromMs, toMs);
    // Every instant of a sample reads its partition's label on the local clock.
    const misnamed = found.filter((p, i) => {
      const odd = p.window.endMs - p.window.startMs !== HOUR_MS;
      if (!odd && i % 97 !== 0) return false;
      return [p.window.startMs, p.window.endMs - 1].some((ms) => DateTime.fromMillis(ms, { zone }).toFormat("'dt='yyyy-MM-dd'/hr='HH") !== partitionPath(p));
    });
    expect(lines(misnamed)).toEqual([]);
  });

  it('that a clock change repeats are one partition of two hours', () => {
    expect(lines(partitionsBetween(hours('Europe/Berlin'), '2026-10-25', '2026-10-26')).slice(1, 4)).toEqual([
      'dt=2026-10-25/hr=01 2026-10-24T23:00:00.000Z 1h',
      'dt=2026-10-25/hr=02 2026-10-25T00:00:00.000Z 2h',
      'dt=2026-10-25/hr=03 2026-10-25T02:00:00.000Z 1h',
    ]);
  });

  it('that a clock change skips are none', () => {
    const labels = partitionsBetween(hours('Europe/Berlin'), '2026-03-29', '2026-03-30').map((p) => p.hr);
    expect(labels).toHaveLength(23);
    expect(labels).not.toContain('02');
    expect(partitionFromPath(hours('Europe/Berlin'), 'dt=2026-03-29/hr=02')).toBeUndefined();
  });

  it('are half an hour longer or shorter where the clock moves by half an hour', () => {
    const odd = (from: string, to: string): string[] => lines(partitionsBetween(hours('Australia/Lord_Howe'), from, to)).filter((line) => !line.endsWith(' 1h'));
    expect(odd('2026-04-05', '2026-04-06')).toEqual(['dt=2026-04-05/hr=01 2026-04-04T14:00:00.000Z 1.5h']);
    expect(odd('2026-10-04', '2026-10-05')).toEqual(['dt=2026-10-04/hr=02 2026-10-03T15:30:00.000Z 0.5h']);
  });

  it('start at the quarter in Kathmandu', () => {
    expect(lines(partitionsBetween(hours('Asia/Kathmandu'), '2026-01-05', '2026-01-06'))[0]).toBe('dt=2026-01-05/hr=00 2026-01-04T18:15:00.000Z 1h');
  });

  it('are refused where the clock goes back by two, in whatever season the job is made', () => {
    for (const from of ['2026-01-05', '2026-05-05', '2026-10-25']) {
      expect(() => partitionsBetween(hours('Antarctica/Troll'), from, Date.UTC(2026, 9, 26))).toThrow(ConfigError);
    }
    expect(partitionsBetween(days('Antarctica/Troll'), '2026-10-25', '2026-10-26')).toHaveLength(1);
  });
});

const aCut = fc.record({ name: fc.constant('job'), window: fc.constantFrom('1d' as const, '1h' as const), timezone: fc.constantFrom(...ZONES, 'America/Havana', 'Asia/Beirut', 'Atlantic/Azores') });
const anInstant = fc.integer({ min: Date.UTC(2005, 0, 1), max: Date.UTC(2035, 0, 1) });

describe('the partition of an instant', () => {
  it('holds it, bears its local label, and is found again by its path', () => {
    fc.assert(
      fc.property(aCut, anInstant, (cut, ms) => {
        const found = partitionOf(cut, ms);
        expect(ms).toBeGreaterThanOrEqual(found.window.startMs);
        expect(ms).toBeLessThan(found.window.endMs);
        expect(found.dt).toBe(DateTime.fromMillis(ms, { zone: cut.timezone }).toISODate());
        expect(partitionFromPath(cut, partitionPath(found))).toEqual(found);
      }),
      { numRuns: 500 },
    );
  });

  it('is the one that a range around it gives', () => {
    fc.assert(
      fc.property(aCut, anInstant, fc.integer({ min: 1, max: 40 * HOUR_MS }), (cut, fromMs, length) => {
        const found = partitionsBetween(cut, fromMs, fromMs + length);
        expectTiling(found, fromMs, fromMs + length);
        expect(found[0]).toEqual(partitionOf(cut, fromMs));
        expect(found.at(-1)).toEqual(partitionOf(cut, fromMs + length - 1));
      }),
      { numRuns: 200 },
    );
  });
});

describe('a range', () => {
  it('without length has no partitions', () => {
    expect(partitionsBetween(days('UTC'), '2026-01-05', '2026-01-05')).toEqual([]);
    expect(partitionsBetween(days('UTC'), '2026-01-06', '2026-01-05')).toEqual([]);
  });

  it('with a date that the calendar lacks is refused', () => {
    expect(() => partitionsBetween(days('UTC'), '2026-02-31', '2026-03-02')).toThrow(ConfigError);
    expect(startOfDate('UTC', '2026-02-31')).toBeUndefined();
    expect(startOfDate('UTC', 'yesterday')).toBeUndefined();
  });
});

describe('a path that is none of the job', () => {
  it.each(['dt=2026-01-05/hr=03', 'dt=2026-02-31', 'dt=2026-1-5', '2026-01-05', 'dt=2026-01-05/', '../dt=2026-01-05', 'dt=2026-01-05\n', ''])('%j gives no day', (path) => {
    expect(partitionFromPath(days('UTC'), path)).toBeUndefined();
  });

  it.each(['dt=2026-01-05', 'dt=2026-01-05/hr=24', 'dt=2026-01-05/hr=3', 'dt=2026-01-05/hr=03/x'])('%j gives no hour', (path) => {
    expect(partitionFromPath(hours('UTC'), path)).toBeUndefined();
  });
});
