import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SOURCE_KINDS } from '../../src/model/job.js';
import { fault, LATER_PAGE, startFaultRig, type FaultRig } from '../support/faultRig.js';
import { startHostileServer, type HostileServer } from '../support/hostileServer.js';
import { conversationText, pageText, startPageServer, type PageServer } from '../support/pageServer.js';
import { publishedHashes } from '../support/treeOf.js';

let rig: FaultRig;
let canary: HostileServer;
let pages: PageServer;
beforeAll(async () => {
  [rig, canary, pages] = await Promise.all([startFaultRig(), startHostileServer(), startPageServer()]);
});
afterAll(async () => {
  await Promise.all([canary.close(), pages.close()]);
  await rig.close();
});

const FIRST_PAGE = { method: 'POST', path: /details\/query$/, nth: 2 } as const;

describe('links that lead in circles', () => {
  it.each([
    ['to itself', { ...LATER_PAGE, nth: 1 }],
    ['to itself, whatever page it is', LATER_PAGE],
  ])('#28 %s end in exit 4, and nothing of the partition is committed', async (_, match) => {
    const one = await rig.newCase();
    const before = rig.asked;
    const attempt = await one.underFaults([fault({ kind: 'nextPageUrl', to: 'self' }, match)]);
    expect(attempt.exitCode).toBe(4);
    expect(attempt.text).toContain('read already');
    expect(rig.asked - before).toBeLessThanOrEqual(5);
    expect(await publishedHashes(one.folder)).toEqual({});
    await one.recovers();
  });

  it('#28 a circle of two, and the same page under ever new links, end in exit 4 after a few pages', async () => {
    const link = (n: number): string => pageText([conversationText(n)], n);
    const circle = await rig.newCase();
    // Page 0 leads to 1, 1 to 2, 2 back to 1.
    pages.serve(link(1), link(2), link(1));
    const first = await circle.run({ baseUrl: pages.baseUrl });
    expect([first.exitCode, await publishedHashes(circle.folder)]).toEqual([4, {}]);

    const same = await rig.newCase();
    pages.serve(...Array.from({ length: 50 }, (_, n) => pageText([conversationText(1)], n + 1)));
    const asked = pages.server.journal.length;
    const second = await same.run({ baseUrl: pages.baseUrl });
    expect([second.exitCode, await publishedHashes(same.folder)]).toEqual([4, {}]);
    expect(second.text).toContain('brought nothing new');
    expect(pages.server.journal.length - asked).toBeLessThan(8);
  });
});

describe('links that lead away', () => {
  const foreign = (): readonly string[] => {
    const { port } = new URL(canary.baseUrl);
    const own = new URL(rig.simulator.baseUrl).port;
    const path = '/api/v2/analytics/conversations/details/query?pageToken=x';
    return [
      `http://127.0.0.1:${port}${path}`,
      `//127.0.0.1:${port}${path}`,
      `http:127.0.0.1:${port}${path}`,
      String.raw`\\127.0.0.1:${port}\api\v2\x`,
      String.raw`/\127.0.0.1:${port}${path}`,
      `http://127.0.0.1:${own}@127.0.0.1:${port}${path}`,
      `http://token@127.0.0.1:${own}${path}`,
      `http://127.0.0.1.:${own}${path}`,
      `http://127.1:${port}${path}`,
      `http://0x7f000001:${port}${path}`,
      `http://[::ffff:127.0.0.1]:${port}${path}`,
      `http://localhost:${port}${path}`,
      `https://127.0.0.1:${port}${path}`,
      `/%2e%2e/api/v2/x`,
      `/api/../oauth/token`,
      `/login?next=http://127.0.0.1:${port}/`,
      `\thttp://127.0.0.1:${port}${path}`,
    ];
  };

  it('#29 are refused in every spelling: exit 4, nothing committed, and the other server gets no connection', async () => {
    for (const to of foreign()) {
      for (const match of [FIRST_PAGE, { ...LATER_PAGE, nth: 1 }]) {
        const one = await rig.newCase();
        const before = rig.asked;
        const attempt = await one.underFaults([fault({ kind: 'nextPageUrl', to }, match)]);
        expect([to, attempt.exitCode]).toEqual([to, 4]);
        expect(attempt.text).toContain('it was not followed');
        expect(attempt.text).not.toContain('pageToken');
        expect(rig.asked - before).toBe(match === FIRST_PAGE ? 3 : 4);
        expect(await publishedHashes(one.folder)).toEqual({});
      }
    }
    const last = await rig.newCase();
    await last.underFaults([fault({ kind: 'nextPageUrl', to: foreign()[0]! }, { ...LATER_PAGE, nth: 1 })]);
    await last.recovers();
    expect(canary.connections()).toBe(0);
  });

  it.each([301, 302, 303, 307, 308])('#30 a redirect (%i) is an error: exit 4, and no token, body or connection reaches where it points', async (status) => {
    for (const match of status === 307 ? [FIRST_PAGE, { ...LATER_PAGE, nth: 1 }, { path: '/oauth/token' }] : [FIRST_PAGE]) {
      const one = await rig.newCase();
      const attempt = await one.underFaults([fault({ kind: 'redirect', status, to: `${canary.baseUrl}/api/v2/x` }, match)]);
      expect(attempt.exitCode).toBe(4);
      expect(attempt.text).toContain('redirects');
      expect(await publishedHashes(one.folder)).toEqual({});
      await one.recovers();
    }
    expect(canary.connections()).toBe(0);
  });
});

describe('pages that do not add up', () => {
  it('#31 a page that repeats the one before changes a counter and no file', async () => {
    for (const kind of ['next-page-url', 'job-cursor', 'page-number'] as const) {
      const one = await rig.newCase(kind);
      const match = kind === 'page-number' ? { method: 'POST', path: /query$/, nth: 3 } : { ...LATER_PAGE, nth: kind === 'job-cursor' ? 2 : 1 };
      const attempt = await one.underFaults([fault({ kind: 'duplicatePage' }, match)]);
      expect([attempt.exitCode, attempt.counts?.duplicates]).toEqual([0, 5]);
      await one.recovers();
    }
  });

  it('#32 a page that is missing shows in the API’s own count: read again once, and complete', async () => {
    for (const kind of SOURCE_KINDS) {
      const one = await rig.newCase(kind, { completeness: { checkTotal: true, tolerance: 0, answerTotals: true } });
      const attempt = await one.underFaults([fault({ kind: 'dropPage' }, kind === 'page-number' ? { method: 'POST', path: /query$/, nth: 3 } : { ...LATER_PAGE, nth: kind === 'job-cursor' ? 2 : 1 })]);
      expect([attempt.exitCode, attempt.counts?.unique, attempt.counts?.sourceTotal]).toEqual([0, 14, 14]);
      await one.recovers();
    }
  });

  it('#32 a page that stays missing fails the partition, which is never committed short', async () => {
    const one = await rig.newCase('next-page-url', { completeness: { checkTotal: true, tolerance: 0, answerTotals: true } });
    const attempt = await one.underFaults([fault({ kind: 'dropPage' }, { ...LATER_PAGE, every: 2 })]);
    expect([attempt.exitCode, await publishedHashes(one.folder)]).toEqual([4, {}]);
    expect(attempt.text).toMatch(/9 conversations were read, the API counts 14|10 conversations were read, the API counts 14/);
    await one.recovers();
  });

});
