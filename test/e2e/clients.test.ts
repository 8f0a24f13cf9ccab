import { afterEach, describe, expect, it } from 'vitest';
import { Secret } from '../../src/model/secret.js';
import { aJob, startExportRig, type ExportRig } from '../support/exportRig.js';

const RANGE = { from: '2026-01-05', to: '2026-01-07', force: false };
const another = { clientId: 'demo', clientSecret: new Secret('demo') };

let rig: ExportRig | undefined;
afterEach(async () => {
  await rig?.close();
  rig = undefined;
});

describe('an export by several clients', () => {
  it.each(['next-page-url', 'page-number', 'job-cursor'] as const)('is whole over %s, whichever token asks for a page', async (kind) => {
    rig = await startExportRig({ genesys: { moreClients: [another, another] } });
    const { report, http } = await rig.withJob(aJob(kind), async (opened) => ({ report: await opened.backfill(RANGE), http: opened.httpStats() }));
    expect(report.outcomes).toMatchObject([{ result: 'committed' }, { result: 'committed' }]);
    expect(rig.simulator.tokensIssued).toBe(3);
    expect(http).toMatchObject({ clients: 3, throttled: 0 });
    expect(rig.simulator.defects).toEqual([]);
  });

  it('goes three times as fast under the limit that each token has', async () => {
    const elapsed = async (clients: number): Promise<number> => {
      const one = await startExportRig({
        dataset: { conversationsPerDay: 400 },
        settings: { requestsPerMinute: 12 },
        http: { requestsPerMinute: 12 },
        genesys: { moreClients: Array.from({ length: clients - 1 }, () => another) },
      });
      try {
        const report = await one.withJob(aJob('next-page-url', { tables: ['conversations'], concurrency: 1 }), (opened) => opened.backfill(RANGE));
        expect(report.outcomes).toMatchObject([{ result: 'committed' }, { result: 'committed' }]);
        expect(one.simulator.requests.filter((request) => request.status === 429)).toEqual([]);
        return report.elapsedMs;
      } finally {
        await one.close();
      }
    };
    expect((await elapsed(1)) / (await elapsed(3))).toBeGreaterThan(2.5);
  });

  it('leaves its share of the limit to others, and reports what it used', async () => {
    rig = await startExportRig({ dataset: { conversationsPerDay: 1000 }, settings: { requestsPerMinute: 60 }, http: { requestsPerMinute: 60, budgetShare: 0.5 } });
    const http = await rig.withJob(aJob('next-page-url', { tables: ['conversations'], concurrency: 1 }), async (opened) => {
      await opened.backfill(RANGE);
      return opened.httpStats();
    });
    expect(http).toMatchObject({ allowed: 30, throttled: 0 });
    expect(http.requests).toBeGreaterThan(80);
    expect(http.requests / http.permitted).toBeGreaterThan(0.95);
    const times = rig.simulator.requests.filter(({ path }) => path !== '/oauth/token').map(({ atMs }) => atMs);
    for (const start of times) expect(times.filter((ms) => ms >= start && ms < start + 60_000).length).toBeLessThanOrEqual(30);
  });
});
