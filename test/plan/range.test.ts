import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError, type Problem } from '../../src/model/errors.js';
import { formatInstant } from '../../src/model/instant.js';
import type { Cut } from '../../src/plan/partitions.js';
import { parseRange } from '../../src/plan/range.js';

const NOW_MS = Date.parse('2026-01-10T12:00:00Z');
const berlin: Cut = { name: 'nightly', window: '1d', timezone: 'Europe/Berlin' };
const hourly: Cut = { ...berlin, window: '1h' };

const read = (from: string, to: string, cut = berlin): string[] => {
  const { fromMs, toMs } = parseRange(from, to, cut, NOW_MS);
  return [formatInstant(fromMs), formatInstant(toMs)];
};

const problemsOf = (from: string | undefined, to: string | undefined, cut = berlin): readonly Problem[] => {
  try {
    parseRange(from, to, cut, NOW_MS);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
};

describe('a range', () => {
  it('of dates is of local days, to exclusive', () => {
    expect(read('2026-01-01', '2026-01-03')).toEqual(['2025-12-31T23:00:00.000Z', '2026-01-02T23:00:00.000Z']);
  });

  it('may be of instants on which partitions start', () => {
    expect(read('2026-01-01T13:00:00Z', '2026-01-02T15:00:00+01:00', hourly)).toEqual(['2026-01-01T13:00:00.000Z', '2026-01-02T14:00:00.000Z']);
    expect(read('2025-12-31T23:00:00.000Z', '2026-01-03')).toEqual(['2025-12-31T23:00:00.000Z', '2026-01-02T23:00:00.000Z']);
  });

  it('of hours is explained by where one starts', () => {
    expect(problemsOf('2026-01-01T13', '2026-01-02', hourly).map(({ what }) => what)).toEqual([
      '"2026-01-01T13" is no date; write YYYY-MM-DD (a day of Europe/Berlin), e.g. 2026-01-10, or where an hour starts, e.g. 2026-01-10T12:00:00.000Z',
    ]);
  });

  it('may end with the day that is not over yet', () => {
    expect(read('2026-01-10', '2026-01-11')).toEqual(['2026-01-09T23:00:00.000Z', '2026-01-10T23:00:00.000Z']);
  });
});

describe('a range that cannot be used says where and what', () => {
  it.each([
    ['yesterday', '2026-01-03', '--from', '"yesterday" is no date; write YYYY-MM-DD (a day of Europe/Berlin), e.g. 2026-01-10'],
    ['2026-01-01', '03/01/2026', '--to', '"03/01/2026" is no date; write YYYY-MM-DD (a day of Europe/Berlin), e.g. 2026-01-10'],
    ['2026-1-1', '2026-01-03', '--from', '"2026-1-1" is no date; write YYYY-MM-DD (a day of Europe/Berlin), e.g. 2026-01-10'],
    ['2025-02-30', '2025-03-02', '--from', '2025-02-30 is no day of the calendar'],
    ['2026-01-05', '2026-01-03', '--from', '2026-01-05 is after --to 2026-01-03'],
    ['2026-01-05', '2026-01-05', '--to', '2026-01-05 is where the range begins, too: --to is exclusive, give the day after the last one'],
    ['2026-01-11', '2026-01-12', '--from', '2026-01-11 lies in the future; today is 2026-01-10 in Europe/Berlin'],
    ['2026-01-01', '2026-01-12', '--to', '2026-01-12 lies in the future; the latest is 2026-01-11, which includes today, 2026-01-10 in Europe/Berlin'],
    ['0026-01-01', '2026-01-03', '--from', '0026-01-01 is before 1970; is the year right?'],
    ['2026-01-01T00:00:00Z', '2026-01-03', '--from', '2026-01-01T00:00:00Z is inside a partition; give its start 2025-12-31T23:00:00.000Z or its end 2026-01-01T23:00:00.000Z'],
    ['2026-01-01T00:00', '2026-01-03', '--from', '2026-01-01T00:00 has no time zone; end it with Z, or give a day as YYYY-MM-DD'],
    ['', '2026-01-03', '--from', 'is missing; give a day of Europe/Berlin as YYYY-MM-DD, e.g. 2026-01-10'],
  ])('%s to %s', (from, to, where, what) => {
    expect(problemsOf(from, to)).toEqual([{ where, what }]);
  });

  it('for both ends at once', () => {
    expect(problemsOf('last week', undefined).map((p) => p.where)).toEqual(['--from', '--to']);
  });

  it('and never more than the first characters of what was given, without control characters', () => {
    const [problem] = problemsOf(`\u001b[31m${'x'.repeat(500)}`, '2026-01-03');
    expect(problem!.what.length).toBeLessThan(160);
    expect(problem!.what).not.toContain('\u001b');
  });
});

it('whatever is given, a range is read or a ConfigError says why', () => {
  const oddDate = fc.tuple(fc.integer({ min: 0, max: 9999 }), fc.integer({ min: 0, max: 15 }), fc.integer({ min: 0, max: 35 })).map(
    ([y, m, d]) => `${String(y).padStart(4, '0')}-${String(m).padStart(2, '0')}-${String(d).padStart(2, '0')}`,
  );
  const anyText = fc.oneof(fc.string(), oddDate, fc.date({ noInvalidDate: true }).map((date) => date.toISOString()));
  fc.assert(
    fc.property(anyText, anyText, fc.constantFrom(berlin, hourly), (from, to, cut) => {
      const problems = problemsOf(from, to, cut);
      expect(problems.every(({ where, what }) => /^--(from|to)$/.test(where) && what !== '')).toBe(true);
      if (problems.length === 0) {
        const { fromMs, toMs } = parseRange(from, to, cut, NOW_MS);
        expect(fromMs).toBeLessThan(toMs);
      }
    }),
    { numRuns: 300 },
  );
});
