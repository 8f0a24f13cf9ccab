import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { planText } from '../../src/cli/planText.js';
import { statusText } from '../../src/cli/statusText.js';
import { LEDGER_COLUMNS } from '../../src/model/look.js';
import type { Fault } from '../../src/simulate/faults.js';
import { duck } from '../support/duck.js';
import { aJob, startExportRig, type ExportRig } from '../support/exportRig.js';

let rig: ExportRig;
afterEach(async () => {
  expect(rig.simulator.defects).toEqual([]);
  await rig.close();
});

const RANGE = { from: '2026-01-05', to: '2026-01-07', force: false };
const DAYS = ['dt=2026-01-05', 'dt=2026-01-06'];
const plain = { terminal: false, width: Number.POSITIVE_INFINITY, colour: false, unicode: false } as const;
const job = aJob('job-cursor', { completeness: { checkTotal: true, tolerance: 0, answerTotals: true } });
const ledgerOf = (name: string, columns = '*'): Promise<Record<string, unknown>[]> => duck(`SELECT ${columns} FROM '${rig.root}/${name}/_ledger/**/*.parquet' ORDER BY looked_at, look_id`);
const refused: Fault = { match: { method: 'POST', path: '*/details/jobs' }, action: { kind: 'status', status: 503 } };

describe('the ledger', () => {
  it('has a row for each look, which any SQL tool adds up to what the manifests say', async () => {
    rig = await startExportRig();
    await rig.withJob(job, (opened) => opened.backfill(RANGE));
    const rows = await ledgerOf(job.name);
    expect(Object.keys(rows[0] ?? {})).toEqual(LEDGER_COLUMNS.map(({ name }) => name));
    expect([...rows].sort((a, b) => String(a['partition']).localeCompare(String(b['partition']))).map((row) => [row['partition'], row['result'], row['version'], row['state'], row['conversations'], row['source_total'], row['error']])).toEqual(
      DAYS.map((day) => [day, 'committed', '1', 'settled', '60', '60', null]),
    );
    const status = await rig.withJob(job, (opened) => opened.status());
    const [sums] = await duck(`SELECT sum(conversations) AS conversations, sum(fetched) AS fetched, sum(rows_participant_attributes) AS attributes, sum(bytes) AS bytes, sum(calls) AS calls FROM '${rig.root}/${job.name}/_ledger/**/*.parquet'`);
    expect(sums).toEqual({
      conversations: String(status.totals.conversations), fetched: String(status.totals.fetched), attributes: String(status.totals.rows.participant_attributes), bytes: String(status.totals.bytes), calls: String(status.ledger.calls),
    });
    expect(status.totals).toMatchObject({ partitions: 2, conversations: 120, counted: { partitions: 2, sourceTotal: 120, difference: 0 } });
    expect(status.ledger).toMatchObject({ looks: 2, runs: 1, results: { committed: 2, unchanged: 0, current: 0, failed: 0 }, unreadable: [] });
  });

  it('counts the requests of each look as the API saw them', async () => {
    rig = await startExportRig();
    const one = { ...job, concurrency: 1 };
    await rig.withJob(one, (opened) => opened.backfill(RANGE));
    const seen = rig.simulator.requests.filter(({ path }) => path.includes('/analytics/') && !path.endsWith('/availability')).length;
    const [row] = await ledgerOf(job.name, 'sum(calls) OVER () AS calls');
    expect(Number(row?.['calls'])).toBe(seen);
  });

  it('notes a look that found nothing new, and one that failed by the class of its error alone', async () => {
    rig = await startExportRig({ nowMs: Date.UTC(2026, 0, 8, 12), settings: { faults: [] } });
    const young = aJob('next-page-url', { lookbackMs: 30 * 24 * 3_600_000 });
    await rig.withJob(young, (opened) => opened.backfill({ ...RANGE, to: '2026-01-06' }));
    rig.clock.advance(3_600_000);
    await rig.withJob(young, (opened) => opened.backfill({ ...RANGE, to: '2026-01-06' }));
    rig.simulator.faults.add({ match: { path: '*/details/query', method: 'POST', nth: 2 }, action: { kind: 'status', status: 400 } });
    rig.clock.advance(3_600_000);
    await rig.withJob(young, (opened) => opened.backfill({ ...RANGE, to: '2026-01-06' }));
    const rows = await ledgerOf(young.name);
    expect(rows.map((row) => [row['result'], row['version'], row['bytes'] === null])).toEqual([['committed', '1', false], ['unchanged', '1', true], ['failed', null, true]]);
    expect(rows[2]).toMatchObject({ conversations: null, error: expect.stringMatching(/^\w+Error$/) as unknown });
    expect(JSON.stringify(rows)).not.toMatch(/https?:|cursor|Bearer/);
  });

  it('is one file after many runs, each look in it once', async () => {
    rig = await startExportRig();
    for (let run = 0; run < 5; run++) await rig.withJob(job, (opened) => opened.backfill({ ...RANGE, force: true }));
    const rows = await duck(`SELECT count(*) AS looks, count(DISTINCT look_id) AS ids, count(DISTINCT run_id) AS runs, count(DISTINCT filename) AS files FROM read_parquet('${rig.root}/${job.name}/_ledger/**/*.parquet', filename = true)`);
    expect(rows).toEqual([{ looks: '10', ids: '10', runs: '5', files: '1' }]);
  });

  it('that cannot be read is named by status, set aside by the next run, and never stops either', async () => {
    rig = await startExportRig();
    await rig.withJob(job, (opened) => opened.backfill(RANGE));
    await writeFile(join(rig.root, job.name, '_ledger', 'looks-000000.parquet'), 'PAR1 no more');
    expect((await rig.withJob(job, (opened) => opened.status())).ledger).toMatchObject({ looks: 0, unreadable: ['looks-000000.parquet'] });
    const report = await rig.withJob(job, (opened) => opened.backfill({ ...RANGE, force: true }));
    expect(report.outcomes.map(({ result }) => result)).toEqual(['committed', 'committed']);
    expect(await ledgerOf(job.name, 'version')).toEqual([{ version: '2' }, { version: '2' }]);
    expect((await rig.withJob(job, (opened) => opened.status())).ledger.unreadable).toEqual(['looks-000000.parquet.damaged']);
  });
});

describe('the calendar', () => {
  it('names missing, failed, provisional, short and settled days', async () => {
    rig = await startExportRig({ dataset: { days: 6 }, nowMs: Date.UTC(2026, 0, 11, 12) });
    const days = (from: number) => ({ from: `2026-01-0${String(from)}`, to: `2026-01-${String(from + 1).padStart(2, '0')}`, force: false });
    const one = { ...job, lookbackMs: 3 * 24 * 3_600_000, source: { ...job.source, pageSize: 1000 } };
    await rig.withJob(one, (opened) => opened.backfill(days(5)));
    rig.simulator.faults.add(refused);
    await rig.withJob(one, (opened) => opened.backfill(days(7)));
    rig.simulator.faults.clear();
    await rig.withJob(one, (opened) => opened.backfill(days(8)));
    rig.simulator.faults.add({ match: { path: '*/results', every: 1 }, action: { kind: 'dropPage' } });
    await rig.withJob(one, (opened) => opened.backfill(days(9)));
    const status = await rig.withJob(one, (opened) => opened.status());
    expect(status.calendar).toEqual([{ month: '2026-01', days: `....${'smfp<m'}`.padEnd(31, '.') }]);
    const text = statusText(status, plain);
    expect(text).toContain('2026-01  ....smfp<m ');
    expect(text).toContain('short of the API’s count: dt=2026-01-09');
    for (const line of text.slice(text.indexOf('month'), text.indexOf('counted:')).split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    const plan = await rig.withJob(one, (opened) => opened.plan({ sampling: 'offline' }));
    // What was not looked at is blank in a plan.
    expect(plan.calendar.map(({ month, days: letters }) => ({ month, days: letters.replaceAll(' ', '.') }))).toEqual(status.calendar);
    expect(plan.calendar[0]?.days.slice(0, 4)).toBe('    ');
  });

  it('puts hours together to days', async () => {
    rig = await startExportRig({ nowMs: Date.UTC(2026, 0, 7, 12) });
    const hourly = aJob('next-page-url', { window: '1h', concurrency: 8 });
    await rig.withJob(hourly, (opened) => opened.backfill({ from: '2026-01-05', to: '2026-01-06', force: false }));
    await rig.withJob(hourly, (opened) => opened.backfill({ from: '2026-01-06T00:00:00Z', to: '2026-01-06T05:00:00Z', force: false }));
    expect((await rig.withJob(hourly, (opened) => opened.status())).calendar).toEqual([{ month: '2026-01', days: '....smm'.padEnd(31, '.') }]);
  });
});

describe('the watermark', () => {
  it('is shown with each partition, and those that wait for it are named', async () => {
    rig = await startExportRig({ nowMs: Date.UTC(2026, 0, 7, 6), settings: { lakeLagMs: 12 * 3_600_000 } });
    await rig.withJob(job, (opened) => opened.backfill(RANGE));
    const status = await rig.withJob(job, (opened) => opened.status());
    expect(status.partitions.map(({ partition, state, asOfOrigin, waitsFor }) => [partition, state, asOfOrigin, waitsFor])).toEqual([
      [DAYS[0], 'settled', 'availability', null],
      [DAYS[1], 'provisional', 'availability', 'watermark'],
    ]);
    expect(status.partitions[1]?.asOf).toBe('2026-01-06T18:00:00.000Z');
    const text = statusText(status, plain);
    expect(text).toContain('waiting for the data lake, which was at 2026-01-06 18:00Z: dt=2026-01-06');
    expect(text).toContain('2026-01-06 18:00Z lake');
  });
});

describe('a plan', () => {
  const counting = (): number => rig.simulator.requests.filter(({ path }) => path.endsWith('/details/query')).length;

  it('takes the size of days never exported from the API, and asks once a day', async () => {
    rig = await startExportRig();
    const first = await rig.withJob(job, (opened) => opened.plan({ from: '2026-01-05', to: '2026-01-08', sampling: 'allowed' }));
    expect(first.sampling).toEqual({ state: 'asked', calls: 3, kept: 0, reason: null });
    expect(first.partitions.map(({ conversations, basis }) => [conversations, basis])).toEqual([[60, 'counted'], [60, 'counted'], [0, 'counted']]);
    expect(counting()).toBe(3);
    const again = await rig.withJob(job, (opened) => opened.plan({ from: '2026-01-05', to: '2026-01-08', sampling: 'allowed' }));
    expect(again.sampling).toEqual({ state: 'asked', calls: 0, kept: 3, reason: null });
    expect(again.partitions).toEqual(first.partitions);
    expect(counting()).toBe(3);
    rig.clock.advance(25 * 3_600_000);
    expect((await rig.withJob(job, (opened) => opened.plan({ from: '2026-01-05', to: '2026-01-08', sampling: 'allowed' }))).sampling.calls).toBe(3);
  });

  it('asks at most twelve times, whatever the range, and spreads what it asks', async () => {
    rig = await startExportRig({ dataset: { days: 90, conversationsPerDay: 20 } });
    const hourly = aJob('job-cursor', { window: '1h' });
    for (const range of [{ from: '2026-01-05', to: '2026-04-05' }, { from: '2025-01-05', to: '2026-04-05' }]) {
      const before = counting();
      const plan = await rig.withJob(hourly, (opened) => opened.plan({ ...range, sampling: 'allowed' }));
      expect(plan.sampling.state).toBe('asked');
      expect(counting() - before).toBeLessThanOrEqual(12);
      expect(planText(plan, plain).split('\n').length).toBeLessThan(100);
    }
    const days = await rig.withJob(job, (opened) => opened.plan({ from: '2026-01-05', to: '2026-03-06', sampling: 'allowed' }));
    expect(days.conversations).toBeGreaterThan(1200 * 0.97);
    expect(days.conversations).toBeLessThan(1200 * 1.03);
  });

  it('needs no API: it says what it goes by instead', async () => {
    rig = await startExportRig({ settings: { faults: [{ match: { path: '*/details/query' }, action: { kind: 'status', status: 400 } }] } });
    const plan = (sampling: 'allowed' | 'offline' | 'no-credentials') => rig.withJob(job, (opened) => opened.plan({ from: '2026-01-05', to: '2026-01-07', sampling }));
    const refusedPlan = await plan('allowed');
    expect(refusedPlan).toMatchObject({ sampling: { state: 'failed', calls: 1 }, partitions: [{ basis: 'assumed' }, { basis: 'assumed' }] });
    expect(planText(refusedPlan, plain)).toContain('2 partitions by assumption; the API was asked, and did not count');
    expect(planText(await plan('offline'), plain)).toContain('the API was not asked (--offline)');
    expect(planText(await plan('no-credentials'), plain)).toContain('there are no credentials');
    expect(counting()).toBe(1);
  });

  it('is held against what happened, and the next one has learnt from it', async () => {
    rig = await startExportRig({ dataset: { days: 4 } });
    const first = await rig.withJob(job, (opened) => opened.backfill(RANGE));
    expect(first.estimate?.actual).toMatchObject({ rows: first.outcomes.reduce((sum, one) => sum + (one.result === 'committed' ? Object.values(one.manifest.counts.rows).reduce((a, b) => a + b, 0) : 0), 0) });
    expect(first.estimate?.expected.rows).toBeGreaterThan(10 * (first.estimate?.actual.rows ?? 0));
    const second = await rig.withJob(job, (opened) => opened.backfill({ from: '2026-01-07', to: '2026-01-09', force: false }));
    const { expected, actual } = second.estimate!;
    for (const what of ['calls', 'rows', 'bytes'] as const) expect(Math.abs(expected[what] - actual[what]) / actual[what], what).toBeLessThan(0.25);
    expect(second.calls).toEqual({ 'dt=2026-01-07': expect.any(Number) as unknown, 'dt=2026-01-08': expect.any(Number) as unknown });
  });

  it('says how often a window would be split', async () => {
    rig = await startExportRig();
    const dense = aJob('page-number', { source: { ...aJob('page-number').source, pageSize: 10, maxResults: 20 } });
    const plan = await rig.withJob(dense, (opened) => opened.plan({ from: '2026-01-05', to: '2026-01-06', sampling: 'allowed' }));
    expect(plan).toMatchObject({ splits: 3, partitions: [{ conversations: 60, splits: 3 }] });
    expect(planText(plan, plain)).toContain('3 splits of windows that are longer, or hold more, than is asked for at once');
    const report = await rig.withJob(dense, (opened) => opened.backfill({ ...RANGE, to: '2026-01-06' }));
    expect(report.calls?.['dt=2026-01-05']).toBeGreaterThanOrEqual(plan.calls - 4);
  });
});
