import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/model/errors.js';
import { formatInstant } from '../../src/model/instant.js';
import { partitionPath, type Partition } from '../../src/model/partition.js';
import { refuseOverlaps } from '../../src/plan/overlap.js';
import { partitionsBetween } from '../../src/plan/partitions.js';

const days = (timezone: string, from: string, to: string): Partition[] => partitionsBetween({ name: 'nightly', window: '1d', timezone }, from, to);
const hours = (from: string, to: string): Partition[] => partitionsBetween({ name: 'nightly', window: '1h', timezone: 'UTC' }, from, to);
const committed = (partitions: readonly Partition[]) =>
  new Map(partitions.map((p) => [partitionPath(p), { window: { from: formatInstant(p.window.startMs), to: formatInstant(p.window.endMs) } }]));

describe('partitions about to be exported', () => {
  it('may replace themselves and lie beside others', () => {
    expect(() => {
      refuseOverlaps('nightly', days('UTC', '2026-01-03', '2026-01-06'), committed(days('UTC', '2026-01-01', '2026-01-10')));
    }).not.toThrow();
  });

  it('may not cover an hour of a day that was cut in another time zone', () => {
    expect(() => {
      refuseOverlaps('nightly', days('Europe/Berlin', '2026-01-04', '2026-01-05'), committed(days('UTC', '2026-01-01', '2026-01-04')));
    }).toThrow(/dt=2026-01-04 would hold conversations that the committed dt=2026-01-03 holds/);
  });

  it('may not be hours of a committed day, nor the day of a committed hour', () => {
    const day = days('UTC', '2026-01-05', '2026-01-06');
    expect(() => {
      refuseOverlaps('nightly', hours('2026-01-05', '2026-01-06').slice(7, 8), committed(day));
    }).toThrow(ConfigError);
    expect(() => {
      refuseOverlaps('nightly', day, committed(hours('2026-01-05', '2026-01-06').slice(23)));
    }).toThrow(ConfigError);
  });

  it('of the same name in another time zone are replaced as a whole when all are exported again', () => {
    expect(() => {
      refuseOverlaps('nightly', days('Europe/Berlin', '2026-01-01', '2026-01-04'), committed(days('UTC', '2026-01-01', '2026-01-04')));
    }).not.toThrow();
  });

  it('are named a few at a time', () => {
    try {
      refuseOverlaps('nightly', hours('2026-01-01', '2026-01-09'), committed(days('UTC', '2026-01-01', '2026-01-09')));
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError);
      expect((error as ConfigError).problems).toHaveLength(5);
    }
  });
});
