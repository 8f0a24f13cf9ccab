import { describe, expect, it } from 'vitest';
import { formatInstant } from '../../src/model/instant.js';
import { partitionPath } from '../../src/model/partition.js';
import type { CommittedFacts } from '../../src/plan/due.js';
import { expectedPartitions, runPartitions, runRange, type RunScope } from '../../src/plan/runRange.js';

const NOW_MS = Date.parse('2026-01-10T02:15:00Z');
const job: RunScope = { name: 'nightly', window: '1d', timezone: 'UTC', start: undefined };
const range = (scope: RunScope, nowMs = NOW_MS): string[] => {
  const { fromMs, toMs } = runRange(scope, nowMs);
  return [formatInstant(fromMs), formatInstant(toMs)];
};
const committed = (facts: Readonly<Record<string, CommittedFacts['state']>>): ReadonlyMap<string, CommittedFacts> =>
  new Map(Object.entries(facts).map(([path, state]) => [path, { state }]));
const NOTHING = committed({});

describe('what run looks at', () => {
  it('is yesterday without a start', () => {
    expect(range(job)).toEqual(['2026-01-09T00:00:00.000Z', '2026-01-10T00:00:00.000Z']);
  });

  it('is yesterday by the clock of the job, not of UTC', () => {
    expect(range({ ...job, timezone: 'America/Los_Angeles' })).toEqual(['2026-01-08T08:00:00.000Z', '2026-01-09T08:00:00.000Z']);
  });

  it('reaches from the start to the last day that is over', () => {
    expect(range({ ...job, start: '2026-01-01' })).toEqual(['2026-01-01T00:00:00.000Z', '2026-01-10T00:00:00.000Z']);
  });

  it('reaches to the last hour that is over', () => {
    expect(range({ ...job, window: '1h' })).toEqual(['2026-01-09T00:00:00.000Z', '2026-01-10T02:00:00.000Z']);
  });

  it('knows the day before a day that the zone never had', () => {
    const [from] = range({ ...job, timezone: 'Pacific/Apia' }, Date.parse('2011-12-30T15:00:00Z'));
    expect(from).toBe('2011-12-29T10:00:00.000Z');
  });

  it('is empty while the start is still to come', () => {
    expect(runPartitions({ ...job, start: '2026-02-01' }, NOW_MS, NOTHING)).toEqual([]);
  });
});

describe('a job without a start', () => {
  const paths = (facts: ReadonlyMap<string, CommittedFacts>, scope = job): string[] => runPartitions(scope, NOW_MS, facts).map(partitionPath);

  it('goes back to its oldest provisional partition and leaves out no day since', () => {
    expect(paths(committed({ 'dt=2026-01-04': 'settled', 'dt=2026-01-06': 'provisional', 'dt=2026-01-07': 'provisional' }))).toEqual([
      'dt=2026-01-06', 'dt=2026-01-07', 'dt=2026-01-08', 'dt=2026-01-09',
    ]);
  });

  it('does not go back for what is settled, nor for partitions of another window length', () => {
    expect(paths(committed({ 'dt=2025-01-04': 'settled', 'dt=2026-01-02/hr=03': 'provisional', '_tmp': 'provisional' }))).toEqual(['dt=2026-01-09']);
  });

  it('has its gaps looked for from the oldest committed partition', () => {
    expect(expectedPartitions(job, NOW_MS, committed({ 'dt=2026-01-06': 'settled' })).map(partitionPath)).toEqual([
      'dt=2026-01-06', 'dt=2026-01-07', 'dt=2026-01-08', 'dt=2026-01-09',
    ]);
    expect(expectedPartitions(job, NOW_MS, NOTHING).map(partitionPath)).toEqual(['dt=2026-01-09']);
  });
});

it('a job with a start does not look before it, whatever a backfill left provisional there', () => {
  const facts = committed({ 'dt=2026-01-02': 'provisional' });
  const scope = { ...job, start: '2026-01-08' };
  expect(runPartitions(scope, NOW_MS, facts).map(partitionPath)).toEqual(['dt=2026-01-08', 'dt=2026-01-09']);
  expect(expectedPartitions(scope, NOW_MS, facts).map(partitionPath)).toEqual(['dt=2026-01-08', 'dt=2026-01-09']);
});
