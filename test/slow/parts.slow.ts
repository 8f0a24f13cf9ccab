import { afterEach, describe, expect, it } from 'vitest';
import { fault, LATER_PAGE, type FaultRig, type FaultRigOptions } from '../support/faultRig.js';
import { CONVERSATIONS, JOBS, asAWhole, askedSince, inParts, jobInParts, jobsOf, startPartsRig } from '../support/partsRig.js';
import { publishedHashes } from '../support/treeOf.js';

let rig: FaultRig;
const start = async (options: FaultRigOptions = {}): Promise<void> => {
  rig = await startPartsRig(options);
};
afterEach(() => rig.close());

describe('a day in parts', () => {
  it.each([['interval', true], ['day', true], ['day', false]] as const)('is read well from a gateway that matches by %s and honours the choice of fields: %s, at most half as much again', async (dateRangeMatching, honourSelect) => {
    await start({ dataset: { conversationsPerDay: 400 }, settings: { dateRangeMatching, honourSelect } });
    const reference = await asAWhole(rig);
    const one = await inParts(rig);
    const before = rig.asked;
    const attempt = await one.run();
    expect([attempt.exitCode, attempt.counts!.unique]).toEqual([0, 400]);
    expect(rig.asked - before).toBeLessThan(300);
    expect(await publishedHashes(one.folder)).toEqual(reference);
    // What came more than once makes no day look larger than it is.
    const next = rig.asked;
    expect((await one.run({ force: true })).exitCode).toBe(0);
    expect(rig.asked - next).toBeLessThan(300);
  });

  it.each([['next-page-url', { kind: 'expireLinks' }], ['job-cursor', { kind: 'expireJobs' }], ['job-cursor', { kind: 'expireCursors' }]] as const)('over %s is read once more as a whole when positions are forgotten: %j', async (kind, action) => {
    await start();
    const reference = await asAWhole(rig, kind);
    const one = await inParts(rig, kind);
    const attempt = await one.underFaults([fault(action, { ...LATER_PAGE, nth: 40 })]);
    expect(attempt.exitCode).toBe(0);
    expect(attempt.log.map(({ event }) => event)).toContain('position gone, asking from the start');
    expect(attempt.counts!.unique).toBe(CONVERSATIONS);
    expect(attempt.counts!.refetched).toBeGreaterThan(20);
    expect(await one.errors()).toEqual([]);
    expect(await publishedHashes(one.folder)).toEqual(reference);
  });

  it('shares the readers with other days, and holds no more jobs than may be read at once, however long files take', async () => {
    await start({ dataset: { days: 3, conversationsPerDay: CONVERSATIONS } });
    const one = await inParts(rig, 'job-cursor');
    const attempt = await one.run({ to: '2026-01-08' });
    expect(attempt.report?.outcomes.map(({ result }) => result)).toEqual(['committed', 'committed', 'committed']);
    const { made, deleted, most } = jobsOf(rig);
    expect([made - deleted, most]).toEqual([0, 6]);
  });

  it('is the last of many days, which would be left alone', async () => {
    await start({ dataset: { days: 4, conversationsPerDay: CONVERSATIONS } });
    const one = await inParts(rig, 'next-page-url', 3);
    const reference = await inParts(rig, 'next-page-url', 1);
    expect((await reference.run({ to: '2026-01-09' })).exitCode).toBe(0);
    const before = rig.asked;
    expect((await one.run({ to: '2026-01-09' })).exitCode).toBe(0);
    const asked = askedSince(rig, before).flatMap(({ body = '' }) => /"dateRange":\{"from":"([\d-]+)T/.exec(body)?.[1] ?? []);
    expect(['2026-01-05', '2026-01-06', '2026-01-07', '2026-01-08'].map((day) => asked.filter((from) => from === day).length)).toEqual([1, 1, 1, 5]);
    expect(await publishedHashes(one.folder)).toEqual(await publishedHashes(reference.folder));
  });

  it('that is as it was is reported with what was counted now, not when it was committed', async () => {
    await start();
    const days = { lookbackMs: 3_650 * 86_400_000 };
    const whole = await rig.newCase('job-cursor', { ...jobInParts('job-cursor', 1), ...days });
    expect((await whole.run()).counts!.duplicates).toBe(0);
    rig.clock.advance(3_600_000);
    const again = await (await rig.newCase('job-cursor', { ...jobInParts('job-cursor', 6), ...days }, whole.root)).run();
    expect(again.report?.outcomes[0]).toMatchObject({ result: 'unchanged', version: 1 });
    expect(again.counts!.duplicates).toBeGreaterThan(0);
    expect(again.counts!.fetched).toBe(CONVERSATIONS + again.counts!.duplicates + again.counts!.outsideWindow);
  });

  it('gives its jobs back also when the source has been changed meanwhile', async () => {
    await start();
    const one = await inParts(rig, 'job-cursor');
    expect((await one.underFaults([fault({ kind: 'status', status: 501 }, { ...LATER_PAGE, nth: 40 })])).exitCode).toBe(4);
    const other = await rig.newCase('next-page-url', { ...jobInParts('next-page-url', 6), name: one.job.name }, one.root);
    expect((await other.run()).exitCode).toBe(0);
    const jobs = rig.simulator.requests.filter(({ path }) => path.startsWith(JOBS));
    expect(jobs.filter(({ method }) => method === 'DELETE').length).toBe(jobs.filter(({ method }) => method === 'POST').length);
  });
});
