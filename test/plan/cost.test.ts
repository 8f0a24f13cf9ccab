import { describe, expect, it } from 'vitest';
import type { Manifest, ManifestFile, PartitionCounts } from '../../src/model/manifest.js';
import { SOURCE_KINDS, type SourceKind } from '../../src/model/job.js';
import { costOf, type CostQuestion } from '../../src/plan/cost.js';
import { due } from '../../src/plan/due.js';
import { partitionsBetween } from '../../src/plan/partitions.js';
import { DEFAULT_RATIOS, observedExtraCalls, observedRatios } from '../../src/plan/ratios.js';

const DAY_MS = 86_400_000;
const source = (kind: SourceKind, pageSize = 100): CostQuestion['job']['source'] => ({ kind, pageSize, filters: {}, maxResults: 100_000, parts: true, maxIntervalMs: 7 * DAY_MS, pollMs: 2000, jobTimeoutMs: DAY_MS });
const job: CostQuestion['job'] = {
  source: source('next-page-url'),
  tables: ['participant_attributes', 'conversations'],
  formats: ['parquet'],
  parquet: { engine: 'arrow', compression: 'zstd', rowGroupRows: 100_000 },
  completeness: { checkTotal: false, tolerance: 0, answerTotals: true },
  concurrency: 1,
};
const days = partitionsBetween({ name: 'nightly', window: '1d', timezone: 'UTC' }, '2026-01-05', '2026-01-08');

type Facts = Pick<Manifest, 'state' | 'counts' | 'files'>;
const counted = (unique: number, fetched: number, attributes: number): PartitionCounts => ({
  pages: 1, fetched, unique, duplicates: 0, refetched: 0, outsideWindow: fetched - unique, open: 0, withAttributes: 0, rejects: 0, replacedText: 0, repeatedKeys: 0,
  rows: { participant_attributes: attributes, conversations: unique }, sourceTotal: null,
});
const file = (rows: number, bytes: number): ManifestFile => ({ table: 'participant_attributes', format: 'parquet', path: '', publishedAs: '', bytes, sha256: '', rows, minKey: null, maxKey: null });
const exported = (unique: number, fetched: number, attributes: number, bytes: number): Facts => ({ state: 'settled', counts: counted(unique, fetched, attributes), files: [file(attributes, bytes)] });

const cost = (committed: ReadonlyMap<string, Facts> = new Map(), more: Partial<CostQuestion['job']> = {}) =>
  costOf({
    job: { ...job, ...more },
    due: due({ job: { settleMs: 0, lookbackMs: 0 }, nowMs: Date.UTC(2026, 1, 1), partitions: days, committed, force: false }),
    committed,
    requestsPerMinute: 300,
  });

describe('the cost of a job that has exported nothing', () => {
  it('is reckoned from the defaults', () => {
    const { partitions, calls, minutes, rows, bytes } = cost();
    expect(partitions[0]).toEqual({
      partition: 'dt=2026-01-05', window: { from: '2026-01-05T00:00:00.000Z', to: '2026-01-06T00:00:00.000Z' }, reason: 'missing', conversations: 5000, basis: 'assumed', fetched: 5000, distinct: 5000,
      calls: 50, splits: 0, rows: 36_500, bytes: 606_000,
    });
    expect([calls, minutes, rows, bytes]).toEqual([150, 0.5, 109_500, 1_818_000]);
  });

  it('has a call for every partition, however small', () => {
    const hours = partitionsBetween({ name: 'hourly', window: '1h', timezone: 'UTC' }, '2026-01-05', '2026-01-06');
    const wanted = { due: hours.map((partition) => ({ partition, reason: 'missing' as const })), notDue: [] };
    expect(costOf({ job: { ...job, source: source('next-page-url', 1000) }, due: wanted, committed: new Map(), requestsPerMinute: 300 }).calls).toBe(24);
  });

  it('counts the calls that bring no page', () => {
    const calls = SOURCE_KINDS.map((kind) => cost(new Map(), { source: source(kind) }).partitions[0]!.calls);
    expect(calls).toEqual([50, 51, 57]);
  });

  it('counts what reading in parts takes: pages that are half full, and jobs', () => {
    const calls = SOURCE_KINDS.map((kind) => cost(new Map(), { source: source(kind), concurrency: 6 }).partitions[0]!.calls);
    // Two readers for each of three days, four parts for 50 pages; too few pages for another job.
    expect(calls).toEqual([52, 51, 57]);
    expect(cost(new Map(), { source: source('job-cursor', 50), concurrency: 6 }).partitions[0]!.calls).toBe(100 + 2 * 7 + 1);
  });

  it('expects no attributes where the protocol carries none', () => {
    expect(cost(new Map(), { source: source('page-number') }).partitions[0]!.rows).toBe(5000);
  });

  it('counts every format and the codec', () => {
    const parquet = cost().bytes;
    expect(cost(new Map(), { formats: ['parquet', 'csv'] }).bytes).toBeGreaterThan(5 * parquet);
    expect(cost(new Map(), { parquet: { ...job.parquet, compression: 'none' } }).bytes).toBeGreaterThan(2 * parquet);
  });
});

describe('the cost of a job with a history', () => {
  const history = new Map([['dt=2026-01-05', exported(1000, 1500, 3000, 60_000)]]);

  it('is reckoned from what it has exported', () => {
    expect(cost(history).partitions).toMatchObject([
      { partition: 'dt=2026-01-06', reason: 'missing', basis: 'learnt', calls: 15, rows: 4000, bytes: 3000 * 20 + 1000 * 33 },
      { partition: 'dt=2026-01-07', reason: 'missing', calls: 15, rows: 4000, bytes: 3000 * 20 + 1000 * 33 },
    ]);
    expect(cost(history).notDue).toEqual({ settled: 1 });
  });

  it('takes a partition exported before for as large as it was', () => {
    const both = new Map([...history, ['dt=2026-01-06', { ...exported(3000, 3000, 3000, 60_000), state: 'provisional' as const }]]);
    expect(cost(both).partitions.map(({ calls }) => calls)).toEqual([30, 23]);
  });

  it('of empty days is no division by zero', () => {
    const { partitions } = cost(new Map([['dt=2026-01-05', exported(0, 0, 0, 0)]]));
    expect(partitions[0]).toMatchObject({ partition: 'dt=2026-01-06', reason: 'missing', conversations: 0, calls: 1, rows: 0, bytes: 0 });
  });
});

it('an hour counts as a twenty-fourth of a day', () => {
  expect(observedRatios(new Map([['dt=2026-01-05/hr=03', exported(100, 100, 0, 0)]]), 'zstd').conversationsPerDay).toBeCloseTo(2400);
  expect(observedRatios(new Map(), 'zstd')).toEqual(DEFAULT_RATIOS);
});

describe('the calls beside those that bring pages', () => {
  const look = (calls: number, more: object = {}) => ({ source: 'job-cursor', result: 'committed', calls, pagesFetched: 10, ...more }) as const;

  it('are the mean of the newest looks that read something by the same protocol', () => {
    const old = Array.from({ length: 300 }, () => look(110));
    const looks = [...old, ...Array.from({ length: 200 }, (_, n) => look(n % 2 === 0 ? 14 : 16)), look(99, { source: 'next-page-url' }), look(99, { result: 'failed' }), look(99, { result: 'current', pagesFetched: 0 })];
    expect(observedExtraCalls(looks, 'job-cursor')).toBe(5);
    expect(observedExtraCalls(looks, 'page-number')).toBeUndefined();
    expect(observedExtraCalls([], 'job-cursor')).toBeUndefined();
  });

  it('are reckoned with in place of what the protocol suggests', () => {
    const question = { job: { ...job, source: source('job-cursor') }, due: { due: [{ partition: days[0]!, reason: 'missing' as const }], notDue: [] }, committed: new Map(), requestsPerMinute: 300 };
    expect(costOf(question).calls).toBe(57);
    expect(costOf({ ...question, extraCalls: 3.4 }).calls).toBe(53);
    expect(costOf({ ...question, job: { ...question.job, completeness: { checkTotal: true, tolerance: 0, answerTotals: true } } }).calls).toBe(58);
  });
});
