import { afterEach, describe, expect, it } from 'vitest';
import { createLake } from '../../src/simulate/lake.js';
import { simulate, type RigOptions, type SimulatorRig } from '../support/simulatorClient.js';
import { byCursor, JOBS, submitJob } from '../support/simulatorPaging.js';

const DAY = '2026-01-05T00:00:00Z/2026-01-06T00:00:00Z';
const HOUR_MS = 3_600_000;
const at = (hour: number): number => Date.UTC(2026, 0, 5, hour);

let rig: SimulatorRig;
const start = async (options: RigOptions = {}): Promise<void> => {
  rig = await simulate(options);
};
afterEach(async () => {
  expect(rig.simulator.defects).toEqual([]);
  await rig.close();
});
const state = async (id: string): Promise<string> => ((await rig.call('GET', `${JOBS}/${id}`)).json as { state: string }).state;

describe('job life cycle', () => {
  it('is queued, pending, fulfilled and expires by the clock', async () => {
    await start({ settings: { jobDelayMs: 10_000, jobLifetimeMs: HOUR_MS } });
    const submitted = await rig.call('POST', JOBS, { interval: DAY });
    expect(submitted.status).toBe(202);
    const { jobId } = submitted.json as { jobId: string };
    expect(await state(jobId)).toBe('QUEUED');
    expect((await rig.call('GET', `${JOBS}/${jobId}/results`)).status).toBe(400);
    rig.clock.advance(5_000);
    expect(await state(jobId)).toBe('PENDING');
    rig.clock.advance(5_000);
    expect((await rig.call('GET', `${JOBS}/${jobId}`)).json).toMatchObject({ state: 'FULFILLED', completionDate: '2026-06-01T00:00:10.000Z', expirationDate: '2026-06-01T01:00:00.000Z' });
    expect((await rig.call('GET', `${JOBS}/${jobId}/results`)).status).toBe(200);
    rig.clock.advance(HOUR_MS);
    expect(await state(jobId)).toBe('EXPIRED');
    expect((await rig.call('GET', `${JOBS}/${jobId}/results`)).status).toBe(404);
  });

  it('is cancelled by DELETE while it runs and forgotten when it does not', async () => {
    await start({ settings: { jobDelayMs: 10_000 } });
    const running = await submitJob(rig, { interval: DAY });
    await rig.call('DELETE', `${JOBS}/${running}`);
    expect(await state(running)).toBe('CANCELLED');
    const done = await submitJob(rig, { interval: DAY });
    rig.clock.advance(10_000);
    expect((await rig.call('DELETE', `${JOBS}/${done}`)).status).toBe(204);
    expect((await rig.call('GET', `${JOBS}/${done}`)).status).toBe(404);
  });

  it('fails with a message when told to', async () => {
    await start({ settings: { jobDelayMs: 10_000, faults: [{ match: { path: `${JOBS}/*`, nth: 1 }, action: { kind: 'failJobs', message: 'out of luck' } }] } });
    const id = await submitJob(rig, { interval: DAY });
    expect((await rig.call('GET', `${JOBS}/${id}`)).json).toMatchObject({ state: 'FAILED', errorMessage: 'out of luck' });
  });

  it('refuses one job too many until one is deleted', async () => {
    await start({ settings: { maxConcurrentJobs: 2 } });
    const first = await submitJob(rig, { interval: DAY });
    await submitJob(rig, { interval: DAY });
    const refused = await rig.call('POST', JOBS, { interval: DAY });
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('30');
    expect(refused.json).toMatchObject({ limit: { key: 'details.jobs.concurrent.access.max', value: 2 } });
    await rig.call('DELETE', `${JOBS}/${first}`);
    expect((await rig.call('POST', JOBS, { interval: DAY })).status).toBe(202);
  });
});

describe('job results', () => {
  it('come in pages that may be short before the last, by cursors that need encoding', async () => {
    await start();
    const id = await submitJob(rig, { interval: DAY });
    const { all, sizes } = await byCursor(rig, id, 10);
    expect(sizes.slice(0, 4)).toEqual([10, 10, 7, 10]);
    expect(new Set(all.map((c) => c.conversationId)).size).toBe(all.length);
    const { json } = await rig.call('GET', `${JOBS}/${id}/results?pageSize=10`);
    expect((json as { cursor: string }).cursor).toMatch(/=$/);
  });

  it('hold every conversation whose life overlaps the interval, or those of the UTC day', async () => {
    await start({ dataset: { conversationsPerDay: 400 } });
    const interval = '2026-01-06T10:00:00Z/2026-01-06T11:00:00Z';
    const alive = (await byCursor(rig, await submitJob(rig, { interval }), 1000)).all;
    const early = alive.filter((c) => c.conversationStart < '2026-01-06T10:00:00.000Z');
    expect(early.length).toBeGreaterThan(3);
    expect(early.every((c) => c.conversationEnd === undefined || c.conversationEnd >= '2026-01-06T10:00:00.000Z')).toBe(true);
    const ofDay = (await byCursor(rig, await submitJob(rig, { interval, startOfDayIntervalMatching: true }), 1000)).all;
    expect(ofDay).toHaveLength(400);
    expect(ofDay.every((c) => c.conversationStart.startsWith('2026-01-06'))).toBe(true);
    expect((await byCursor(rig, await submitJob(rig, { interval, limit: 5 }))).all).toHaveLength(5);
  });

  it('do not change while time passes', async () => {
    await start({ nowMs: at(20), settings: { lakeLagMs: 0 } });
    const id = await submitJob(rig, { interval: DAY });
    const before = (await byCursor(rig, id)).all;
    rig.clock.advance(3 * HOUR_MS);
    expect((await byCursor(rig, id)).all).toEqual(before);
    expect((await byCursor(rig, await submitJob(rig, { interval: DAY }))).all.length).toBeGreaterThan(before.length);
  });

  it('refuse a cursor that died', async () => {
    await start();
    const id = await submitJob(rig, { interval: DAY });
    const { cursor } = (await rig.call('GET', `${JOBS}/${id}/results?pageSize=10`)).json as { cursor: string };
    rig.simulator.faults.add({ match: { path: `${JOBS}/*/results`, nth: 1 }, action: { kind: 'expireCursors' } });
    expect((await rig.call('GET', `${JOBS}/${id}/results?pageSize=10&cursor=${encodeURIComponent(cursor)}`)).status).toBe(400);
  });
});

describe('lake', () => {
  it('answers its watermark without milliseconds', async () => {
    await start({ nowMs: at(12) + 345, settings: { lakeLagMs: 2 * HOUR_MS } });
    expect((await rig.call('GET', `${JOBS}/availability`)).json).toEqual({ dataAvailabilityDate: '2026-01-05T10:00:00Z' });
  });

  it('fulfils a job beyond the watermark without what the lake lacks', async () => {
    await start({ nowMs: at(12), settings: { lakeLagMs: 2 * HOUR_MS } });
    const id = await submitJob(rig, { interval: DAY });
    expect(await state(id)).toBe('FULFILLED');
    const { all } = await byCursor(rig, id);
    expect(all.length).toBeGreaterThan(10);
    expect(all.every((c) => c.conversationStart < '2026-01-05T10:00:00.000Z')).toBe(true);
  });

  it('stalls, and then catches up; its watermark never decreases', () => {
    const lake = createLake({ lagMs: HOUR_MS, stalls: [{ startMs: at(8), endMs: at(11) }, { startMs: at(7), endMs: at(9) }] });
    expect(lake.watermarkMs(at(7))).toBe(at(6));
    expect(lake.watermarkMs(at(10))).toBe(at(6));
    expect(lake.watermarkMs(at(11))).toBe(at(10));
    for (let ms = at(5); ms < at(13); ms += 60_000) expect(lake.watermarkMs(ms + 60_000)).toBeGreaterThanOrEqual(lake.watermarkMs(ms));
  });
});
