import { afterEach, describe, expect, it } from 'vitest';
import { fault, LATER_PAGE, type FaultRig, type FaultRigOptions } from '../support/faultRig.js';
import { CONVERSATIONS, QUERY, asAWhole, askedSince, inParts, jobsOf, rangesSince, startPartsRig } from '../support/partsRig.js';
import { publishedHashes } from '../support/treeOf.js';

let rig: FaultRig;
const start = async (options: FaultRigOptions = {}): Promise<void> => {
  rig = await startPartsRig(options);
};
afterEach(() => rig.close());

describe('a day in parts', () => {
  it.each(['next-page-url', 'job-cursor'] as const)('over %s gives the bytes of one that is read as a whole', async (kind) => {
    await start();
    const reference = await asAWhole(rig, kind);
    const one = await inParts(rig, kind);
    const before = rig.asked;
    const attempt = await one.run();
    expect(attempt.exitCode).toBe(0);
    expect(rangesSince(rig, before).filter((hour) => hour !== '00:00').length).toBe(kind === 'job-cursor' ? 2 : 4);
    expect(attempt.counts).toMatchObject({ unique: CONVERSATIONS, rejects: 0, refetched: 0 });
    // Jobs hold what was active in their hours: conversations that span parts come with each of them.
    if (kind === 'job-cursor') expect(attempt.counts!.duplicates).toBeGreaterThan(0);
    else expect(attempt.counts!.duplicates).toBe(0);
    expect(await one.errors()).toEqual([]);
    expect(await publishedHashes(one.folder)).toEqual(reference);
  });

  it('asks for the size once, of a first day alone; then it is known', async () => {
    await start();
    const one = await inParts(rig);
    const counts = (before: number): number => askedSince(rig, before).filter(({ body = '' }) => body.includes('"pageSize":1,')).length;
    await one.run();
    const first = counts(0);
    const before = rig.asked;
    const again = await one.run({ force: true });
    expect([first, counts(before)]).toEqual([1, 0]);
    expect(rangesSince(rig, before).length).toBeGreaterThan(4);
    expect(again.exitCode).toBe(0);
  });

  it('is read as a whole where the API does not tell its size, and no request is tried twice for it', async () => {
    await start();
    const reference = await asAWhole(rig);
    const one = await inParts(rig);
    const before = rig.asked;
    const attempt = await one.underFaults([fault({ kind: 'status', status: 500 }, { method: 'POST', path: QUERY, nth: 2 })]);
    expect(attempt.exitCode).toBe(0);
    expect(rangesSince(rig, before).filter((hour) => hour !== '00:00')).toEqual([]);
    expect(attempt.log.some(({ event }) => event === 'request retried')).toBe(false);
    expect(await publishedHashes(one.folder)).toEqual(reference);
  });

  it('is asked for as a whole once the answers turn out to hold whole days; nothing is doubled, and the log says so', async () => {
    await start({ settings: { dateRangeMatching: 'day' } });
    const reference = await asAWhole(rig);
    const one = await inParts(rig);
    const before = rig.asked;
    const attempt = await one.run();
    expect(attempt.exitCode).toBe(0);
    expect(attempt.log.filter(({ level }) => level === 'warn').map(({ event }) => event)).toEqual(['answers hold far more than the hours that were asked for: the window is asked for as a whole, and source.parts: false in the job spares the attempt']);
    expect(attempt.counts!.unique).toBe(CONVERSATIONS);
    // The day itself, and what it took to notice: a few pages a reader.
    expect(rig.asked - before).toBeLessThan(CONVERSATIONS / 2 + 6 * 6 + 10);
    expect(await one.errors()).toEqual([]);
    expect(await publishedHashes(one.folder)).toEqual(reference);
  });

  it.each(['next-page-url', 'job-cursor'] as const)('over %s goes on where it was when it fails half-way: no part is begun again, and each reader repeats at most a page', async (kind) => {
    await start();
    const reference = await asAWhole(rig, kind);
    const one = await inParts(rig, kind);
    const started = rig.asked;
    const failed = await one.underFaults([fault({ kind: 'status', status: 501 }, { ...LATER_PAGE, nth: 40 })]);
    expect(failed.exitCode).toBe(4);
    const firstRanges = rangesSince(rig, started);
    const before = rig.asked;
    const resumed = await one.run();
    expect(resumed.exitCode).toBe(0);
    // Only what nothing was saved of is asked for again.
    expect(firstRanges.length + rangesSince(rig, before).length).toBeLessThanOrEqual((kind === 'job-cursor' ? 3 : 5) + 6);
    const pages = rig.simulator.requests.slice(started).filter(({ path, method, status }) => status === 200 && (path.endsWith('/results') || (path === QUERY && method === 'GET'))).length;
    expect(pages).toBeLessThanOrEqual(resumed.counts!.pages + 6);
    expect(await one.errors()).toEqual([]);
    expect(await publishedHashes(one.folder)).toEqual(reference);
    expect(resumed.counts).toMatchObject({ unique: CONVERSATIONS, refetched: 0 });
  });

  it.each([
    ['next-page-url', fault({ kind: 'expireLinks' }, { ...LATER_PAGE, nth: 1 })],
    ['job-cursor', fault({ kind: 'expireJobs' }, { ...LATER_PAGE, nth: 1 })],
  ] as const)('over %s that goes on when the API has forgotten where it was asks again for the parts that were under way, and for no others', async (kind, forgotten) => {
    await start();
    const reference = await asAWhole(rig, kind);
    const one = await inParts(rig, kind, 3);
    const failed = await one.underFaults([fault({ kind: 'status', status: 501 }, { ...LATER_PAGE, nth: kind === 'job-cursor' ? 90 : 45 })]);
    expect(failed.exitCode).toBe(4);
    const before = rig.asked;
    const resumed = await one.underFaults([forgotten]);
    expect(resumed.exitCode).toBe(0);
    const gone = resumed.log.filter(({ event }) => event === 'position gone, asking from the start');
    expect(gone.length).toBeGreaterThan(0);
    // By the hours of a part each, never by the whole day.
    expect(askedSince(rig, before).map(({ body = '' }) => body).filter((body) => /"\d{4}-\d\d-\d\dT00:00:00.000Z(?:\/|","to":")[\d-]+T00:00:00.000Z"/.test(body))).toEqual([]);
    expect(rangesSince(rig, before).length).toBeGreaterThan(0);
    expect(resumed.counts).toMatchObject({ unique: CONVERSATIONS, rejects: 0 });
    expect(resumed.counts!.refetched).toBeGreaterThan(0);
    expect(resumed.counts!.refetched).toBeLessThan(CONVERSATIONS * 0.7);
    expect(await one.errors()).toEqual([]);
    expect(await publishedHashes(one.folder)).toEqual(reference);
    if (kind === 'job-cursor') expect(jobsOf(rig).made - jobsOf(rig).deleted).toBe(0);
  });

  it('leaves no job behind', async () => {
    await start();
    const one = await inParts(rig, 'job-cursor');
    await one.underFaults([fault({ kind: 'status', status: 501 }, { ...LATER_PAGE, nth: 40 })]);
    expect((await one.run()).exitCode).toBe(0);
    expect(jobsOf(rig)).toMatchObject({ made: 3, deleted: 3 });
  });
});
