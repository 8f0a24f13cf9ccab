import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSelfSignedServer } from '../support/selfSignedServer.js';
import { fault, LATER_PAGE, startFaultRig, type FaultRig } from '../support/faultRig.js';
import { publishedHashes } from '../support/treeOf.js';

const QUERY = /details\/query$/;
const FIRST_PAGE = { method: 'POST', path: QUERY, nth: 2 } as const; // The first POST asks for the server's clock.

let rig: FaultRig;
beforeAll(async () => {
  rig = await startFaultRig();
});
afterAll(() => rig.close());

const NOTHING = {};

describe('refusals', () => {
  it('#1 400 on page 1 ends in exit 2 after one try, quoting no secret, and writes nothing', async () => {
    const one = await rig.newCase();
    const body = JSON.stringify({ message: 'Filter clause ?token=verySecretValue1234567890 is bad', code: 'bad.request', status: 400 });
    const before = rig.asked;
    const attempt = await one.underFaults([fault({ kind: 'status', status: 400, body }, { ...FIRST_PAGE, nth: [2, 3, 4] })]);
    expect(attempt.exitCode).toBe(2);
    expect(attempt.text).toContain('bad.request');
    expect(attempt.text).not.toContain('verySecretValue');
    expect(rig.asked - before).toBe(3);
    expect(await publishedHashes(one.folder)).toEqual(NOTHING);
    await one.recovers();
  });

  it.each([400, 404, 410])('#2 %i on page 2 asks from the start once, drops what it has, and gives the same files', async (status) => {
    for (const kind of ['next-page-url', 'job-cursor'] as const) {
      const one = await rig.newCase(kind);
      const attempt = await one.underFaults([fault({ kind: 'status', status }, { ...LATER_PAGE, nth: kind === 'job-cursor' ? 2 : 1 })]);
      expect(attempt.exitCode).toBe(0);
      expect(attempt.counts?.refetched).toBe(5);
      expect(attempt.log.filter(({ event }) => event.startsWith('position gone'))).toHaveLength(1);
      await one.recovers();
    }
  });

  it.each([
    ['next-page-url', 'expireLinks'],
    ['job-cursor', 'expireCursors'],
    ['job-cursor', 'expireJobs'],
  ] as const)('#2 a position that the server forgot (%s, %s) costs one restart; what never comes back ends in exit 4', async (kind, action) => {
    const one = await rig.newCase(kind);
    const attempt = await one.underFaults([fault({ kind: action }, { ...LATER_PAGE, nth: 2 })]);
    expect(attempt.exitCode).toBe(0);
    await one.recovers();
    const lost = await rig.newCase(kind);
    const failed = await lost.underFaults([fault({ kind: 'status', status: 410 }, LATER_PAGE)]);
    expect(failed.exitCode).toBe(4);
    expect(await publishedHashes(lost.folder)).toEqual(NOTHING);
    await lost.recovers();
  });

  it('#2 a job that failed is made once more in the same run; where that fails too, the next run makes another', async () => {
    const slow = await startFaultRig({ settings: { jobDelayMs: 4000 } });
    try {
      const failing = (nth: number | number[]): ReturnType<typeof fault> => fault({ kind: 'failJobs', message: 'out of luck' }, { method: 'GET', path: /details\/jobs\/(?!availability)[^/]+$/, nth });
      const once = await slow.newCase('job-cursor');
      const made = (): number => slow.simulator.requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/details/jobs')).length;
      expect((await once.underFaults([failing(1)])).exitCode).toBe(0);
      expect(made()).toBe(2);
      await once.recovers();
      const twice = await slow.newCase('job-cursor');
      const before = made();
      const failed = await twice.underFaults([failing(Array.from({ length: 99 }, (_, n) => n + 1))]);
      expect([failed.exitCode, made() - before]).toEqual([4, 2]);
      expect(failed.text).toContain('out of luck');
      await twice.recovers();
    } finally {
      await slow.close();
    }
  });

  it('#3 a token revoked while paging is renewed once; one that stays refused ends in exit 3', async () => {
    const one = await rig.newCase();
    const tokens = rig.simulator.tokensIssued;
    const attempt = await one.underFaults([fault({ kind: 'revokeToken' }, { ...LATER_PAGE, nth: 1 })]);
    expect([attempt.exitCode, rig.simulator.tokensIssued - tokens]).toEqual([0, 2]);
    await one.recovers();

    const refused = await rig.newCase();
    const before = rig.asked;
    const failed = await refused.underFaults([fault({ kind: 'status', status: 401 }, { path: QUERY })]);
    expect(failed.exitCode).toBe(3);
    expect(rig.asked - before).toBeLessThanOrEqual(4);
    await refused.recovers();
  });

  it('#4 403 on any page ends in exit 3, names the permission, and stops the run', async () => {
    const body = JSON.stringify({ message: 'You are missing the following permission(s): analytics:conversationDetail:view', code: 'missing.permissions', status: 403 });
    for (const match of [FIRST_PAGE, { ...LATER_PAGE, nth: 1 }]) {
      const one = await rig.newCase();
      const attempt = await one.underFaults([fault({ kind: 'status', status: 403, body }, match)]);
      expect(attempt.exitCode).toBe(3);
      expect(attempt.text).toContain('analytics:conversationDetail:view');
      expect(await publishedHashes(one.folder)).toEqual(NOTHING);
      await one.recovers();
    }
  });

  it.each([408, 425, 500, 502, 503, 504])('#5 %i on any page is tried again and leaves no trace in the files', async (status) => {
    const one = await rig.newCase();
    const attempt = await one.underFaults([fault({ kind: 'status', status }, { every: 2 })]);
    expect([attempt.exitCode, attempt.counts?.duplicates]).toEqual([0, 0]);
    await one.recovers();
  });

  it.each([
    ['#5', 501],
    ['#5', 505],
    ['#6', 409],
  ])('%s %i on page 2 is final: exit 4 after one try, and the next run goes on at page 2', async (_, status) => {
    const one = await rig.newCase();
    const attempt = await one.underFaults([fault({ kind: 'status', status }, LATER_PAGE)]);
    expect(attempt.exitCode).toBe(4);
    expect(attempt.text).toContain(String(status));
    const before = rig.asked;
    await one.recovers();
    // Token, clock, pages 2 and 3.
    expect(rig.asked - before).toBe(4);
  });

  it.each([413, 422])('#7 %i halves the page, then the span, and gives the same files', async (status) => {
    for (const kind of ['next-page-url', 'page-number'] as const) {
      const one = await rig.newCase(kind);
      const attempt = await one.underFaults([fault({ kind: 'status', status }, { method: 'POST', path: QUERY, nth: [2, 3] })]);
      expect(attempt.exitCode).toBe(0);
      await one.recovers();
    }
  });

  it('#7 a minute that is still too large ends in exit 2 or 4, never in fewer rows', async () => {
    const one = await rig.newCase();
    const attempt = await one.underFaults([fault({ kind: 'status', status: 413 }, { method: 'POST', path: QUERY })]);
    expect([2, 4]).toContain(attempt.exitCode);
    expect(await publishedHashes(one.folder)).toEqual(NOTHING);
    await one.recovers();
  });
});

describe('a throttling API', () => {
  const throttledAt = async (headers: Record<string, string | string[]>): Promise<{ waitedMs: number; exitCode: number; requests: number; text: string }> => {
    const one = await rig.newCase();
    const before = rig.asked;
    const startedMs = rig.clock.nowMs();
    const attempt = await one.underFaults([fault({ kind: 'status', status: 429, headers }, { ...LATER_PAGE, nth: 1 })]);
    const waitedMs = rig.clock.nowMs() - startedMs;
    const requests = rig.asked - before;
    await one.recovers();
    return { waitedMs, exitCode: attempt.exitCode, requests, text: attempt.text };
  };

  it('#8 is left alone for as long as it asks', async () => {
    const { exitCode, waitedMs, requests } = await throttledAt({ 'Retry-After': '3' });
    expect([exitCode, requests]).toEqual([0, 6]);
    expect(waitedMs).toBeGreaterThanOrEqual(3000);
    expect(waitedMs).toBeLessThan(4000);
  });

  it.each([-3_600_000, 0, 3_600_000])('#9 dates are measured against the answer’s own date (server clock off by %i ms)', async (skewMs) => {
    const skewed = await startFaultRig({ settings: { dateSkewMs: skewMs } });
    try {
      const one = await skewed.newCase();
      const until = new Date(skewed.clock.nowMs() + skewMs + 5000).toUTCString();
      const startedMs = skewed.clock.nowMs();
      const attempt = await one.underFaults([fault({ kind: 'status', status: 429, headers: { 'Retry-After': until } }, { ...LATER_PAGE, nth: 1 })]);
      expect(attempt.exitCode).toBe(0);
      expect(skewed.clock.nowMs() - startedMs).toBeGreaterThanOrEqual(4000);
      expect(skewed.clock.nowMs() - startedMs).toBeLessThan(7000);
      await one.recovers();
    } finally {
      await skewed.close();
    }
  });

  it.each(['', '-1', '1e3', 'Infinity', 'tomorrow', '0', '0x10', 'Sun, 06 Nov 1994 08:49:37 GMT', ['3', '4']])('#10 Retry-After %j causes a bounded pause and no storm', async (value) => {
    const { exitCode, waitedMs, requests } = await throttledAt({ 'Retry-After': value });
    expect([exitCode, requests]).toEqual([0, 6]);
    expect(waitedMs).toBeGreaterThanOrEqual(250);
    expect(waitedMs).toBeLessThanOrEqual(60_000);
  });

  it.each(['901', '999999999'])('#10 Retry-After %s ends in exit 4 with the time, at once', async (value) => {
    const { exitCode, waitedMs, requests, text } = await throttledAt({ 'Retry-After': value });
    expect([exitCode, requests]).toEqual([4, 4]);
    expect(waitedMs).toBeLessThan(1000);
    expect(text).toMatch(/not to come back before \d{4,5}-\d\d-\d\dT/);
  });
});

describe('no usable connection', () => {
  it('#11 a port that refuses is tried again, then exit 4 without a trace on disk; the next run completes', async () => {
    const one = await rig.newCase();
    const attempt = await one.run({ baseUrl: 'http://127.0.0.1:1' });
    expect(attempt.exitCode).toBe(4);
    expect(attempt.log.filter(({ event }) => event === 'request retried')).toHaveLength(3);
    await one.recovers();
  });

  it('#11 a host that does not exist is tried again, then exit 4 without a trace on disk; the next run completes', async () => {
    const one = await rig.newCase();
    // A label of 64 letters is none that a resolver would ask another machine for.
    const attempt = await one.run({ baseUrl: `https://${'a'.repeat(64)}.invalid` });
    expect(attempt.exitCode).toBe(4);
    expect(attempt.text).toContain('there is no such host');
    expect(attempt.log.filter(({ event }) => event === 'request retried')).toHaveLength(3);
    await one.recovers();
  });

  it('#11 a certificate that nobody vouches for is not tried again', async () => {
    const server = await startSelfSignedServer();
    try {
      const one = await rig.newCase();
      const attempt = await one.run({ baseUrl: server.url });
      expect(attempt.exitCode).toBe(4);
      expect(attempt.text).toContain('certificate');
      expect(attempt.log.filter(({ event }) => event === 'request retried')).toHaveLength(0);
      await one.recovers();
    } finally {
      await server.close();
    }
  });

  it.each([0, 1, 40, 200, 2000, 5000])('#12 a reset after %i bytes of a page costs a retry and no row', async (afterBytes) => {
    const one = await rig.newCase();
    const attempt = await one.underFaults([fault({ kind: 'reset', afterBytes }, { ...LATER_PAGE, nth: [1, 3] })]);
    expect([attempt.exitCode, attempt.counts?.fetched]).toEqual([0, 14]);
    await one.recovers();
  });

  it.each([{ kind: 'hang' }, { kind: 'drip', bytes: 1, everyMs: 50 }] as const)('#13 $kind ends at the timeout and is tried again', async (action) => {
    const one = await rig.newCase();
    const attempt = await one.underFaults([fault(action, { ...LATER_PAGE, nth: 1 })], { http: { timeoutMs: 400 } });
    expect(attempt.exitCode).toBe(0);
    await one.recovers();
  });
});
