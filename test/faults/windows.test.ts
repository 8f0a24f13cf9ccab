import { afterEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../src/model/ports.js';
import { aroundDay, expectLocalDay } from '../support/localHours.js';
import { fault, LATER_PAGE, startFaultRig, type FaultRig, type FaultRigOptions } from '../support/faultRig.js';
import { publishedHashes } from '../support/treeOf.js';

let rig: FaultRig;
const start = async (options: FaultRigOptions = {}): Promise<void> => {
  rig = await startFaultRig(options);
};
afterEach(() => rig.close());

const HOUR_MS = 3_600_000;
const YEARS_MS = 3650 * 24 * HOUR_MS;

/** The simulator's time, seen by a machine whose clock is off. */
const offBy = (clock: Clock, ms: number): Clock => ({ ...clock, nowMs: () => clock.nowMs() + ms });

describe('a source that changes', () => {
  it('#33 a day that the source has not finished is provisional, and settled with what was added by a later run', async () => {
    await start({ nowMs: Date.UTC(2026, 0, 5, 15), settings: { lakeLagMs: HOUR_MS } });
    const one = await rig.newCase('job-cursor', { lookbackMs: 3 * 24 * HOUR_MS, settleMs: 0 });
    const early = await one.run({ runAtMs: Date.UTC(2026, 0, 6, 0, 30) });
    expect(early.exitCode).toBe(0);
    expect(early.report?.outcomes[0]).toMatchObject({ result: 'committed', manifest: { version: 1, state: 'provisional' } });
    const { unique: before } = early.counts!;
    expect(before).toBeLessThan(14);
    rig.clock.advance(20 * 24 * HOUR_MS);
    const late = await one.run({ runAtMs: Date.UTC(2026, 0, 6, 12) + 3 * 24 * HOUR_MS });
    expect(late.report?.outcomes[0]).toMatchObject({ result: 'committed', manifest: { version: 2, state: 'settled' } });
    expect(late.counts!.unique).toBe(14);
    expect(await one.errors()).toEqual([]);
  });

  it.each([
    ['tell how far it is', []],
    ['do not tell', [fault({ kind: 'dataAvailabilityDate', to: '' }, { method: 'GET', path: /results$/ })]],
  ])('#33 a day that is replaced from a data lake which has not reached its end is provisional, whatever the clock said of what it replaces: pages %s', async (_name, faults) => {
    await start({ nowMs: Date.UTC(2026, 0, 6, 4), settings: { lakeLagMs: 10 * HOUR_MS } });
    const live = await rig.newCase('next-page-url', { name: 'same' });
    expect((await live.run()).report?.outcomes[0]).toMatchObject({ result: 'committed', manifest: { state: 'settled' } });
    const lake = await rig.newCase('job-cursor', { name: 'same' }, live.root);
    const forced = await lake.underFaults([...faults], { force: true });
    expect(forced.report?.outcomes[0]).toMatchObject({ result: 'committed', manifest: { version: 2, state: 'provisional' } });
    await rig.clock.sleep(20 * HOUR_MS);
    const whole = await lake.run();
    expect(whole.report?.outcomes[0]).toMatchObject({ result: 'committed', manifest: { version: 3, state: 'settled', counts: { unique: 14 } } });
    expect(await lake.errors()).toEqual([]);
  });

  it('#33 conversations that change while they are paged are written once', async () => {
    await start({ settings: { duplicateEvery: 2 } });
    const one = await rig.newCase('job-cursor');
    const attempt = await one.run();
    expect([attempt.exitCode, attempt.counts?.unique]).toEqual([0, 14]);
    expect(attempt.counts!.fetched).toBe(14 + attempt.counts!.duplicates);
    expect(attempt.counts!.duplicates).toBeGreaterThan(0);
    expect(await one.errors()).toEqual([]);
  });
});

describe('time', () => {
  it('#34 a token that expires while paging is renewed; with the login service down the old one serves until it is refused, then exit 4', async () => {
    await start({ settings: { tokenLifetimeS: 100 } });
    const long = await rig.newCase();
    // Each 429 lets a minute and a half pass.
    const renewed = await long.underFaults([fault({ kind: 'status', status: 429, headers: { 'Retry-After': '90' } }, { ...LATER_PAGE, every: 2 })]);
    expect(renewed.exitCode).toBe(0);
    await long.recovers();
    const down = await rig.newCase();
    const failed = await down.underFaults([
      fault({ kind: 'status', status: 503 }, { path: '/oauth/token', nth: Array.from({ length: 200 }, (_, i) => i + 2) }),
      fault({ kind: 'status', status: 429, headers: { 'Retry-After': '120' } }, { ...LATER_PAGE, nth: 1 }),
    ]);
    expect(failed.exitCode).toBe(4);
    expect(await publishedHashes(down.folder)).toEqual({});
    await down.recovers();
  });

  it.each([HOUR_MS, -HOUR_MS, YEARS_MS, -YEARS_MS])('#35 a local clock that is off by %i ms changes nothing about what is due, nor a byte of the files', async (skewMs) => {
    await start();
    for (const kind of ['next-page-url', 'job-cursor'] as const) {
      const one = await rig.newCase(kind);
      const attempt = await one.recovers({ clock: offBy(rig.clock, skewMs), oldest: true });
      expect(attempt.report?.outcomes[0]).toMatchObject({ partition: 'dt=2026-01-05', manifest: { state: 'settled' } });
      const again = await one.run();
      expect([again.exitCode, again.report?.due]).toEqual([0, 0]);
    }
  });

  it('#35 a day that has not begun by the local clock is refused before anything is asked for, naming the day it takes for today', async () => {
    await start();
    const one = await rig.newCase();
    const attempt = await one.run({ clock: offBy(rig.clock, -YEARS_MS) });
    expect([attempt.exitCode, rig.asked]).toEqual([2, 0]);
    expect(attempt.text).toContain('today is 2016-06-03 in UTC');
    await one.recovers();
  });

  it('#35 a clock that jumps back while the run is under way changes nothing either', async () => {
    await start();
    const one = await rig.newCase();
    let looks = 0;
    await one.recovers({ clock: { ...rig.clock, nowMs: () => rig.clock.nowMs() - looks++ * HOUR_MS } });
  });

  // One of several; test/slow/hours.slow.ts has other days and zones.
  it('#36 hours of Europe/Berlin on 2026-10-25 are 24 partitions (the hour that comes twice is one) that together hold the local day, each conversation once', async () => {
    await start(aroundDay('2026-10-25'));
    await expectLocalDay(rig, 'Europe/Berlin', '2026-10-25', 24);
  });
});
