import { afterEach, describe, expect, it } from 'vitest';
import { fault, LATER_PAGE, startFaultRig, type FaultCase, type FaultRig, type FaultRigOptions } from '../support/faultRig.js';
import { jobInParts } from '../support/jobInParts.js';
import { publishedHashes } from '../support/treeOf.js';

type PartsKind = 'next-page-url' | 'job-cursor';
const CONVERSATIONS = 130;
const QUERY = '/api/v2/analytics/conversations/details/query';
const JOBS = '/api/v2/analytics/conversations/details/jobs';

let rig: FaultRig;
const start = async (options: FaultRigOptions = {}): Promise<void> => {
  rig = await startFaultRig({ ...options, dataset: { conversationsPerDay: CONVERSATIONS, ...options.dataset }, settings: { recordBodies: true, ...options.settings } });
};
afterEach(() => rig.close());

/** A day of enough pages to be read in parts: five over next-page-url, three jobs. */
const inParts = (kind: PartsKind = 'next-page-url', concurrency = 6): Promise<FaultCase> => rig.newCase(kind, jobInParts(kind, concurrency));

/** The published files of the same day, read as a whole. */
const asAWhole = async (kind: PartsKind = 'next-page-url'): Promise<Readonly<Record<string, string>>> => {
  const one = await inParts(kind, 1);
  expect((await one.run()).exitCode).toBe(0);
  return publishedHashes(one.folder);
};

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
}

/** The hours that queries for pages, or jobs, were made for since a request. */
const rangesSince = (before: number): string[] =>
  (rig.simulator.requests.slice(before) as readonly Asked[])
    .filter(({ method, path, body = '' }) => method === 'POST' && (path === JOBS || (path === QUERY && body.includes('"dateRange"') && !body.includes('"pageSize":1}'))))
    .map(({ body = '' }) => /"(?:from|interval)":"[\d-]+T(\d\d:\d\d)/.exec(body)?.[1] ?? body);

describe('a day in parts', () => {
  it.each(['next-page-url', 'job-cursor'] as const)('over %s gives the bytes of one that is read as a whole', async (kind) => {
    await start();
    const reference = await asAWhole(kind);
    const one = await inParts(kind);
    const before = rig.asked;
    const attempt = await one.run();
    expect(attempt.exitCode).toBe(0);
    expect(rangesSince(before).filter((hour) => hour !== '00:00').length).toBe(kind === 'job-cursor' ? 2 : 4);
    expect(attempt.counts).toMatchObject({ unique: CONVERSATIONS, rejects: 0, refetched: 0 });
    // Jobs hold what was active in their hours: conversations that span parts come with each of them.
    if (kind === 'job-cursor') expect(attempt.counts!.duplicates).toBeGreaterThan(0);
    else expect(attempt.counts!.duplicates).toBe(0);
    expect(await one.errors()).toEqual([]);
    expect(await publishedHashes(one.folder)).toEqual(reference);
  });

  it('asks for the size once, of a first day alone; then it is known', async () => {
    await start();
    const one = await inParts();
    const counts = (before: number): number => (rig.simulator.requests.slice(before) as readonly Asked[]).filter(({ body = '' }) => body.includes('"pageSize":1,')).length;
    await one.run();
    const first = counts(0);
    const before = rig.asked;
    const again = await one.run({ force: true });
    expect([first, counts(before)]).toEqual([1, 0]);
    expect(rangesSince(before).length).toBeGreaterThan(4);
    expect(again.exitCode).toBe(0);
  });

  it('is read as a whole where the API does not tell its size, and no request is tried twice for it', async () => {
    await start();
    const reference = await asAWhole();
    const one = await inParts();
    const before = rig.asked;
    const attempt = await one.underFaults([fault({ kind: 'status', status: 500 }, { method: 'POST', path: QUERY, nth: 2 })]);
    expect(attempt.exitCode).toBe(0);
    expect(rangesSince(before).filter((hour) => hour !== '00:00')).toEqual([]);
    expect(attempt.log.some(({ event }) => event === 'request retried')).toBe(false);
    expect(await publishedHashes(one.folder)).toEqual(reference);
  });

  it.each([['interval', true], ['day', true], ['day', false]] as const)('is read well from a gateway that matches by %s and honours the choice of fields: %s, at most half as much again', async (dateRangeMatching, honourSelect) => {
    await start({ dataset: { conversationsPerDay: 400 }, settings: { dateRangeMatching, honourSelect } });
    const reference = await asAWhole();
    const one = await inParts();
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

  it('is asked for as a whole once the answers turn out to hold whole days; nothing is doubled, and the log says so', async () => {
    await start({ settings: { dateRangeMatching: 'day' } });
    const reference = await asAWhole();
    const one = await inParts();
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
    const reference = await asAWhole(kind);
    const one = await inParts(kind);
    const started = rig.asked;
    const failed = await one.underFaults([fault({ kind: 'status', status: 501 }, { ...LATER_PAGE, nth: 40 })]);
    expect(failed.exitCode).toBe(4);
    const firstRanges = rangesSince(started);
    const before = rig.asked;
    const resumed = await one.run();
    expect(resumed.exitCode).toBe(0);
    // Only what nothing was saved of is asked for again.
    expect(firstRanges.length + rangesSince(before).length).toBeLessThanOrEqual((kind === 'job-cursor' ? 3 : 5) + 6);
    const pages = rig.simulator.requests.slice(started).filter(({ path, method, status }) => status === 200 && (path.endsWith('/results') || (path === QUERY && method === 'GET'))).length;
    expect(pages).toBeLessThanOrEqual(resumed.counts!.pages + 6);
    expect(await one.errors()).toEqual([]);
    expect(await publishedHashes(one.folder)).toEqual(reference);
    expect(resumed.counts).toMatchObject({ unique: CONVERSATIONS, refetched: 0 });
  });

  it.each([['next-page-url', { kind: 'expireLinks' }], ['job-cursor', { kind: 'expireJobs' }], ['job-cursor', { kind: 'expireCursors' }]] as const)('over %s is read once more as a whole when positions are forgotten: %j', async (kind, action) => {
    await start();
    const reference = await asAWhole(kind);
    const one = await inParts(kind);
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
    const one = await inParts('job-cursor');
    const attempt = await one.run({ to: '2026-01-08' });
    expect(attempt.report?.outcomes.map(({ result }) => result)).toEqual(['committed', 'committed', 'committed']);
    let [held, most] = [0, 0];
    for (const { method, path, status } of rig.simulator.requests) {
      if (method === 'POST' && path === JOBS && status === 202) held++;
      if (method === 'DELETE' && path.startsWith(JOBS) && status === 204) held--;
      most = Math.max(most, held);
    }
    expect([held, most]).toEqual([0, 6]);
  });

  it('leaves no job behind', async () => {
    await start();
    const one = await inParts('job-cursor');
    await one.underFaults([fault({ kind: 'status', status: 501 }, { ...LATER_PAGE, nth: 40 })]);
    expect((await one.run()).exitCode).toBe(0);
    const made = rig.simulator.requests.filter(({ method, path, status }) => method === 'POST' && path === JOBS && status === 202).length;
    const deleted = rig.simulator.requests.filter(({ method, path, status }) => method === 'DELETE' && path.startsWith(JOBS) && status === 204).length;
    expect([made, deleted]).toEqual([3, 3]);
  });
});
