import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { partitionPath } from '../../src/model/partition.js';
import { countByReason, due, type CommittedFacts, type Due, type DueQuestion } from '../../src/plan/due.js';
import { partitionsBetween } from '../../src/plan/partitions.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const cut = { name: 'nightly', window: '1d' as const, timezone: 'UTC' };
const job = { settleMs: 2 * HOUR_MS, lookbackMs: 3 * DAY_MS };
const NOW_MS = Date.parse('2026-01-10T02:15:00Z');

const SEVEN_DAYS = partitionsBetween(cut, '2026-01-04', '2026-01-11');

const reasons = ({ due: wanted, notDue }: Due): Record<string, string> =>
  Object.fromEntries([...wanted, ...notDue].map(({ partition, reason }) => [partition.dt.slice(-2), reason]));
const ask = (committed: Readonly<Record<string, CommittedFacts['state']>>, more: Partial<DueQuestion> = {}): Due =>
  due({
    job, nowMs: NOW_MS, partitions: SEVEN_DAYS, force: false,
    committed: new Map(Object.entries(committed).map(([day, state]) => [`dt=2026-01-${day}`, { state }])),
    ...more,
  });

describe('a partition is due', () => {
  it('when it was never committed, is provisional, or is inside the lookback', () => {
    expect(reasons(ask({ '04': 'settled', '05': 'provisional', '07': 'provisional', '08': 'provisional', '09': 'provisional' }))).toEqual({
      '04': 'settled', '05': 'provisional', '06': 'missing', '07': 'lookback', '08': 'lookback', '09': 'lookback', '10': 'not-ended',
    });
  });

  it('not before its end and settle', () => {
    const at = (iso: string): string | undefined => reasons(ask({}, { nowMs: Date.parse(iso) }))['09'];
    expect(at('2026-01-09T23:59:59.999Z')).toBe('not-ended');
    expect(at('2026-01-10T00:00:00Z')).toBe('settling');
    expect(at('2026-01-10T01:59:59.999Z')).toBe('settling');
    expect(at('2026-01-10T02:00:00Z')).toBe('missing');
  });

  it('inside the lookback up to its last millisecond', () => {
    const at = (iso: string): string | undefined => reasons(ask({ '05': 'provisional' }, { nowMs: Date.parse(iso) }))['05'];
    expect(at('2026-01-08T23:59:59.999Z')).toBe('lookback');
    expect(at('2026-01-09T00:00:00Z')).toBe('provisional');
  });

  it('inside a lookback that was lengthened after it had settled', () => {
    expect(reasons(ask({ '05': 'settled' }, { job: { ...job, lookbackMs: 10 * DAY_MS } }))['05']).toBe('lookback');
  });

  it('when forced, but never while it can still get conversations', () => {
    const all = { '04': 'settled', '05': 'provisional', '06': 'settled', '07': 'settled', '08': 'settled', '09': 'settled', '10': 'settled' } as const;
    expect(reasons(ask(all, { force: true }))).toEqual({ '04': 'forced', '05': 'forced', '06': 'forced', '07': 'forced', '08': 'forced', '09': 'forced', '10': 'not-ended' });
    expect(reasons(ask({}, { force: true }))['04']).toBe('missing');
  });
});

it('the oldest come first, whatever the order given, and no more than asked for', () => {
  const { due: wanted, notDue } = ask({ '05': 'settled' }, { partitions: [...SEVEN_DAYS].reverse(), maxPartitions: 2 });
  expect(wanted.map(({ partition }) => partitionPath(partition))).toEqual(['dt=2026-01-04', 'dt=2026-01-06']);
  expect(countByReason(notDue)).toEqual({ settled: 1, 'left-for-later': 3, 'not-ended': 1 });
  expect(notDue.map(({ partition }) => partition.dt.slice(-2))).toEqual(['05', '07', '08', '09', '10']);
});

it('every partition in range is either due or not, once', () => {
  const states = fc.dictionary(fc.constantFrom('04', '05', '06', '07', '08', '09', '10'), fc.constantFrom('settled' as const, 'provisional' as const));
  fc.assert(
    fc.property(states, fc.integer({ min: 0, max: 20 * DAY_MS }), fc.boolean(), fc.integer({ min: 1, max: 8 }), (committed, later, force, maxPartitions) => {
      const { due: wanted, notDue } = ask(committed, { nowMs: SEVEN_DAYS[0]!.window.startMs + later, force, maxPartitions });
      const all = [...wanted, ...notDue].map(({ partition }) => partitionPath(partition)).sort();
      expect(all).toEqual(SEVEN_DAYS.map(partitionPath));
      expect(wanted.length).toBeLessThanOrEqual(maxPartitions);
    }),
  );
});
