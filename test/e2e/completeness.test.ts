import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { EXIT } from '../../src/model/errors.js';
import { exitCodeOf } from '../../src/run/report.js';
import type { Fault } from '../../src/simulate/faults.js';
import { hostile } from '../support/apiBench.js';
import { aJob, startExportRig, type ExportRig } from '../support/exportRig.js';
import { JOBS } from '../support/partsRig.js';
import { hashesOf } from '../support/treeOf.js';

let rig: ExportRig;
afterEach(async () => {
  expect(rig.simulator.defects).toEqual([]);
  await rig.close();
});

const RANGE = { from: '2026-01-05', to: '2026-01-06', force: false };
const job = aJob('job-cursor', { completeness: { checkTotal: true, tolerance: 0, answerTotals: true } });
const lost = (match: Fault['match']): Fault => ({ match: { path: '*/results', ...match }, action: { kind: 'dropPage' } });

describe('an export that is held against the API’s own count', () => {
  it('notes the count in the manifest', async () => {
    rig = await startExportRig();
    const report = await rig.withJob(job, (opened) => opened.backfill(RANGE));
    expect(report.outcomes).toMatchObject([{ result: 'committed', manifest: { counts: { unique: 60, sourceTotal: 60 } } }]);
  });

  it('reads a partition again whose page came without its conversations, and then has them', async () => {
    rig = await startExportRig({ settings: { faults: [lost({ nth: 2 })] } });
    const report = await rig.withJob(job, (opened) => opened.backfill(RANGE));
    expect(report.outcomes).toMatchObject([{ result: 'committed', manifest: { counts: { unique: 60, sourceTotal: 60, duplicates: 0 } } }]);
    expect(report.outcomes[0]?.result === 'committed' && report.outcomes[0].manifest.counts.refetched).toBeGreaterThan(0);
  });

  it('never commits a settled partition short: it fails, naming both numbers, and the next run begins anew', async () => {
    rig = await startExportRig({ settings: { faults: [lost({ every: 1 })] } });
    const onePage = { ...job, source: { ...job.source, pageSize: 1000 } };
    const first = await rig.withJob(onePage, (opened) => opened.backfill(RANGE));
    expect(first.outcomes).toMatchObject([
      { result: 'failed', failure: { error: 'CompletenessError', exitCode: EXIT.incomplete, message: 'dt=2026-01-05: 0 conversations were read, the API counts 60' } },
    ]);
    expect(exitCodeOf(first)).toBe(EXIT.incomplete);
    // Nothing of it is worth going on from, or a place at the API.
    expect(Object.keys(await hashesOf(join(rig.root, job.name))).filter((path) => path.startsWith('_journal/'))).toEqual([]);
    const jobs = (method: string, status: number): number => rig.simulator.requests.filter((request) => request.method === method && request.path.startsWith(JOBS) && request.status === status).length;
    expect([jobs('POST', 202), jobs('DELETE', 204)]).toEqual([2, 2]);
    expect((await rig.withJob(job, (opened) => opened.status())).partitions.slice(0, 1)).toMatchObject([{ state: 'missing', failure: { error: 'CompletenessError' } }]);
    rig.simulator.faults.clear();
    const second = await rig.withJob(job, (opened) => opened.backfill(RANGE));
    expect(second.outcomes).toMatchObject([{ result: 'committed', manifest: { counts: { unique: 60, sourceTotal: 60, refetched: 0 } } }]);
  });

  it('accepts a difference within the tolerance', async () => {
    rig = await startExportRig({ settings: { faults: [lost({ every: 2 })] } });
    const report = await rig.withJob({ ...job, completeness: { checkTotal: true, tolerance: 1, answerTotals: true } }, (opened) => opened.backfill(RANGE));
    expect(report.outcomes).toMatchObject([{ result: 'committed', manifest: { counts: { sourceTotal: 60, refetched: 0 } } }]);
    expect(rig.simulator.faults.fired).toBeGreaterThan(0);
  });

  it('with --require-settled fails while a day may still change', async () => {
    rig = await startExportRig({ nowMs: Date.UTC(2026, 0, 7, 3) });
    const young = { ...job, lookbackMs: 3 * 24 * 3_600_000, completeness: { checkTotal: false, tolerance: 0, answerTotals: true } };
    const report = await rig.withJob(young, (opened) => opened.run({ requireSettled: true }));
    expect(report.unsettled).toEqual(['dt=2026-01-05', 'dt=2026-01-06']);
    expect(exitCodeOf(report)).toBe(EXIT.incomplete);
  });

  /** A gateway whose answers say how many conversations there are, and whose first one leads to no other for so many readings of the day. */
  const gateway = async (lostLinks: number): Promise<{ readonly baseUrl: string; readonly days: () => number }> => {
    const server = await hostile();
    let days = 0;
    const conversation = (id: string): object => ({ conversationId: id, conversationStart: '2026-01-05T10:00:00.000Z', conversationEnd: '2026-01-05T10:05:00.000Z', participants: [] });
    server.script(({ method, url, body }) => {
      const headers = { date: 'Mon, 01 Jun 2026 12:00:00 GMT' };
      if (url === '/oauth/token') return { json: { access_token: 'token', token_type: 'bearer', expires_in: 86_400 }, headers };
      if (method === 'GET') return { json: { entities: [conversation('b')], total: 2 }, headers };
      // What it is asked beside the day's pages: its clock.
      if (!body.includes('"dateRange":{"from":"2026-01-05T00:00')) return { json: { entities: [] }, headers };
      return { json: { entities: [conversation('a')], total: 2, ...(++days > lostLinks ? { nextPageUrl: '/api/v2/next' } : {}) }, headers };
    });
    return { baseUrl: server.baseUrl, days: () => days };
  };

  it.each([
    ['once is read again, and whole then', 1, { result: 'committed', manifest: { counts: { unique: 2, refetched: 1 } } }],
    ['twice fails: it is never committed short', 2, { result: 'failed', failure: { error: 'CompletenessError', message: 'dt=2026-01-05: 1 conversations were read, 1 more should have come by the answers’ own totals, which led to no further page' } }],
  ])('by its answers’ own totals, without asking for a count: a lost link %s', async (_what, lostLinks, outcome) => {
    const { baseUrl, days } = await gateway(lostLinks);
    rig = await startExportRig({ genesys: { baseUrl, loginUrl: baseUrl } });
    const own = aJob('next-page-url', { concurrency: 1 });
    expect((await rig.withJob(own, (opened) => opened.backfill(RANGE))).outcomes).toMatchObject([outcome]);
    expect(days()).toBe(2);
    expect((await rig.withJob(own, (opened) => opened.backfill({ ...RANGE, force: true }))).outcomes).toMatchObject([{ result: 'committed', manifest: { counts: { unique: 2 } } }]);
  });
});
