import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/model/errors.js';
import { formatInstant } from '../../src/model/instant.js';
import { partitionPath, type Partition } from '../../src/model/partition.js';
import type { DueReason } from '../../src/plan/due.js';
import { cutOtherwise, refuseOtherCuts } from '../../src/plan/otherCuts.js';
import { partitionsBetween, type Cut } from '../../src/plan/partitions.js';

const daily = (timezone: string): Cut => ({ name: 'nightly', window: '1d', timezone });
const hourly: Cut = { name: 'nightly', window: '1h', timezone: 'UTC' };
const committed = (partitions: readonly Partition[]) =>
  new Map(partitions.map((p) => [partitionPath(p), { window: { from: formatInstant(p.window.startMs), to: formatInstant(p.window.endMs) } }]));
const refusing = (cut: Cut, due: readonly Partition[], before: readonly Partition[], reason: DueReason = 'missing') => (): void => {
  refuseOtherCuts(cut, due.map((partition) => ({ partition, reason })), committed(before));
};

describe('partitions about to be exported', () => {
  it.each([daily('UTC'), daily('Europe/Berlin'), daily('America/New_York'), { ...hourly, timezone: 'Europe/Berlin' }])('may replace themselves and lie beside others of the same cut, all the year: %j', (cut) => {
    expect(refusing(cut, partitionsBetween(cut, '2026-01-03', '2026-01-06'), partitionsBetween(cut, '2026-01-01', '2026-12-31'))).not.toThrow();
  });

  it.each([
    ['west: the hours between would be in none', 'Europe/Berlin', 'America/New_York'],
    ['east: they would be in two', 'UTC', 'Europe/Berlin'],
    ['with another summer time only', 'America/Phoenix', 'America/Denver'],
  ])('may not be of a time zone to the %s', (_where, before, after) => {
    const cut = daily(after);
    expect(refusing(cut, partitionsBetween(cut, '2026-07-04', '2026-07-05'), partitionsBetween(daily(before), '2026-07-01', '2026-07-04'))).toThrow(
      /3 committed partitions were cut by another window or timezone \(dt=2026-07-01 is 2026-0[67].*set them back, give the job a new name, or export all of them again, as far as the API still has them: gcx backfill nightly --from 2026-07-01 --to 2026-07-04 --force/,
    );
  });

  it('may be hours that begin where the committed days end, and no others; days beside committed hours likewise', () => {
    const day = partitionsBetween(daily('UTC'), '2026-01-05', '2026-01-06');
    const hours = (from: string, to: string): Partition[] => partitionsBetween(hourly, from, to);
    expect(refusing(hourly, hours('2026-01-06', '2026-01-07'), day)).not.toThrow();
    expect(refusing(hourly, hours('2026-01-05', '2026-01-06').slice(23), day)).toThrow(/1 committed partition was cut .*; set them back, or give the job a new name$/);
    expect(refusing(daily('UTC'), day, hours('2026-01-05', '2026-01-06').slice(23))).toThrow(ConfigError);
    expect(refusing({ ...hourly, timezone: 'Asia/Kolkata' }, hours('2026-01-06', '2026-01-07'), day)).toThrow(ConfigError);
  });

  it.each(['lookback', 'provisional', 'damaged', 'missing'] as const)('that are due as %s replace nothing of another time zone', (reason) => {
    const berlin = daily('Europe/Berlin');
    expect(refusing(berlin, partitionsBetween(berlin, '2026-01-05', '2026-01-07'), partitionsBetween(daily('UTC'), '2026-01-05', '2026-01-06'), reason)).toThrow(ConfigError);
  });

  it('of the same names in another time zone are replaced as a whole when all are exported again on purpose', () => {
    const berlin = daily('Europe/Berlin');
    const before = partitionsBetween(daily('UTC'), '2026-01-01', '2026-01-04');
    expect(refusing(berlin, partitionsBetween(berlin, '2026-01-01', '2026-01-04'), before, 'forced')).not.toThrow();
    expect(refusing(berlin, partitionsBetween(berlin, '2026-01-02', '2026-01-04'), before, 'forced')).toThrow(ConfigError);
  });
});

it('zones that differ in nothing in the committed days are the same cut', () => {
  expect(cutOtherwise(daily('Europe/Paris'), committed(partitionsBetween(daily('Europe/Berlin'), '2026-01-01', '2026-12-31')))).toEqual([]);
});
