import { describe, expect, it } from 'vitest';
import { gapsIn } from '../../src/plan/gaps.js';
import { partitionsBetween } from '../../src/plan/partitions.js';

const cut = { name: 'nightly', window: '1d' as const, timezone: 'UTC' };
const TEN_DAYS = partitionsBetween(cut, '2026-01-01', '2026-01-11');
const committed = (...days: string[]): ReadonlySet<string> => new Set(days.map((day) => `dt=2026-01-${day}`));

describe('gaps', () => {
  it('are runs of neighbours without a manifest, at the beginning and the end, too', () => {
    expect(gapsIn(TEN_DAYS, committed('02', '06', '09'))).toEqual([
      { from: 'dt=2026-01-01', to: 'dt=2026-01-01', partitions: 1 },
      { from: 'dt=2026-01-03', to: 'dt=2026-01-05', partitions: 3 },
      { from: 'dt=2026-01-07', to: 'dt=2026-01-08', partitions: 2 },
      { from: 'dt=2026-01-10', to: 'dt=2026-01-10', partitions: 1 },
    ]);
  });

  it('do not reach across days that nobody wants', () => {
    const wanted = [...TEN_DAYS.slice(0, 2), ...TEN_DAYS.slice(5, 7)];
    expect(gapsIn(wanted, committed()).map(({ from, to }) => `${from} ${to}`)).toEqual(['dt=2026-01-01 dt=2026-01-02', 'dt=2026-01-06 dt=2026-01-07']);
  });

  it('are none where everything is committed or nothing is wanted', () => {
    expect(gapsIn(TEN_DAYS.slice(0, 2), committed('01', '02'))).toEqual([]);
    expect(gapsIn([], committed())).toEqual([]);
  });

  it('of hours run across midnight and across a clock change', () => {
    const hours = partitionsBetween({ name: 'hourly', window: '1h', timezone: 'Europe/Berlin' }, '2026-03-28', '2026-03-30');
    expect(gapsIn(hours, new Set(['dt=2026-03-28/hr=00']))).toEqual([{ from: 'dt=2026-03-28/hr=01', to: 'dt=2026-03-29/hr=23', partitions: 46 }]);
  });
});
