import { afterEach, describe, expect, it } from 'vitest';
import type { AnalyticsConversation } from '../../src/simulate/analyticsModel.js';
import { createDataset } from '../../src/simulate/dataset.js';
import { LONG_AFTER_MS, simulate, type RigOptions, type SimulatorRig } from '../support/simulatorClient.js';
import { byCursor, byNextPageUrl, byPageNumber, JOBS, QUERY, submitJob } from '../support/simulatorPaging.js';

let rig: SimulatorRig;
const start = async (options: RigOptions = {}): Promise<void> => {
  rig = await simulate(options);
};
afterEach(async () => {
  expect(rig.simulator.defects).toEqual([]);
  await rig.close();
});

const FROM = '2026-01-05T00:00:00.000Z';
const TO = '2026-01-06T00:00:00.000Z';
const ids = (all: readonly AnalyticsConversation[]): string[] => all.map((c) => c.conversationId);
const publicSpelling = (c: AnalyticsConversation): unknown =>
  JSON.parse(
    JSON.stringify(c, (name, value: unknown) => {
      if (name === 'channelType' || typeof value !== 'object' || value === null || Array.isArray(value)) return value;
      const { channelType, role, ...rest } = value as Record<string, unknown>;
      return { ...rest, ...(channelType === undefined || 'conversationId' in rest ? {} : { mediaType: channelType }), ...(role === undefined ? {} : { purpose: role }) };
    }),
  );
const withoutAttributes = (c: AnalyticsConversation): unknown => ({
  ...c,
  ...(c.participants === undefined ? {} : { participants: c.participants.map((p) => Object.fromEntries(Object.entries(p).filter(([name]) => name !== 'attributes'))) }),
});

describe('three protocols', () => {
  it('give the same conversations', async () => {
    await start();
    const numbered = await byPageNumber(rig, `${FROM}/${TO}`);
    const linked = await byNextPageUrl(rig, FROM, TO);
    const { all } = await byCursor(rig, await submitJob(rig, { interval: `${FROM}/${TO}` }));
    const started = all.filter((c) => c.conversationStart >= FROM && c.conversationStart < TO);
    expect(numbered).toHaveLength(60);
    expect(linked.map(publicSpelling)).toEqual(started);
    expect(numbered).toEqual(started.map(withoutAttributes));
    expect(JSON.stringify(numbered)).not.toContain('"attributes"');
  });

  it('give what the dataset says is the truth', async () => {
    await start();
    const dataset = createDataset({ seed: 1, from: '2026-01-05', days: 2, conversationsPerDay: 60 });
    const truth = [...dataset.conversationsStartedIn({ startMs: Date.parse(FROM), endMs: Date.parse(TO) }, LONG_AFTER_MS, { spelling: 'gateway' })];
    const linked = await byNextPageUrl(rig, FROM, TO, 7);
    expect(ids(linked)).toEqual(ids(truth));
  });

  it('repeat a conversation on the next page, and lose none', async () => {
    await start({ settings: { duplicateEvery: 2 } });
    for (const all of [
      await byPageNumber(rig, `${FROM}/${TO}`, 10),
      await byNextPageUrl(rig, FROM, TO, 10),
      (await byCursor(rig, await submitJob(rig, { interval: `${FROM}/${TO}` }), 10)).all,
    ]) {
      expect(all.length).toBeGreaterThan(new Set(ids(all)).size);
      expect(new Set(ids(all)).size).toBeGreaterThanOrEqual(60);
    }
  });

  it('hide conversations of divisions that the client may not see', async () => {
    const dataset = createDataset({ seed: 1, from: '2026-01-05', days: 2, conversationsPerDay: 60 });
    const visible = dataset.org.divisions[1]!;
    await start({ settings: { visibleDivisions: [visible] } });
    const seen = await byPageNumber(rig, `${FROM}/${TO}`);
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.length).toBeLessThan(60);
    expect(seen.every((c) => c.divisionIds?.includes(visible))).toBe(true);
    expect(ids(await byNextPageUrl(rig, FROM, TO))).toEqual(ids(seen));
  });
});

describe('next-page-url', () => {
  it.each([['relative', /^\/api\/v2\//], ['absolute', /^http:\/\/127\.0\.0\.1:\d+\/api\/v2\//]] as const)('gives %s links', async (nextPageUrlStyle, shape) => {
    await start({ settings: { nextPageUrlStyle } });
    const { json } = await rig.call('POST', QUERY, { view: 'details', dateRange: { from: FROM, to: TO }, pageSize: 10 });
    expect((json as { nextPageUrl: string }).nextPageUrl).toMatch(shape);
    expect(await byNextPageUrl(rig, FROM, TO, 13)).toHaveLength(60);
  });

  it('refuses forged and expired links', async () => {
    await start({ settings: { linkLifetimeMs: 60_000 } });
    const { nextPageUrl } = (await rig.call('POST', QUERY, { dateRange: { from: FROM, to: TO }, pageSize: 10 })).json as { nextPageUrl: string };
    expect((await rig.call('GET', nextPageUrl)).status).toBe(200);
    expect((await rig.call('GET', `${QUERY}?pageToken=bm8`)).status).toBe(400);
    rig.clock.advance(60_000);
    expect((await rig.call('GET', nextPageUrl)).status).toBe(400);
  });

  it('uses conversations for the key, and select, when told to', async () => {
    await start({ settings: { nextPageRowsKey: 'conversations', honourSelect: true } });
    const { json } = await rig.call('POST', QUERY, { dateRange: { from: FROM, to: TO }, select: ['conversationId', 'channelType', 'participants'], pageSize: 60 });
    const { conversations } = json as { conversations: AnalyticsConversation[] };
    expect(new Set(conversations.flatMap((c) => Object.keys(c)))).toEqual(new Set(['conversationId', 'channelType', 'participants']));
  });

  it('answers an empty list where nothing started', async () => {
    await start();
    const { json } = await rig.call('POST', QUERY, { dateRange: { from: '2027-01-01T00:00:00Z', to: '2027-01-02T00:00:00Z' } });
    expect(json).toEqual({ entities: [], pageSize: 100 });
  });
});

describe('public query', () => {
  const query = (body: object): ReturnType<SimulatorRig['call']> => rig.call('POST', QUERY, body);
  const TOO_LONG = (days: number): string => `You must specify a search interval as part of your query that does not exceed ${String(days)} days`;

  it('omits conversations on an empty page', async () => {
    await start();
    expect((await query({ interval: `${FROM}/${TO}`, paging: { pageSize: 100, pageNumber: 2 } })).json).toEqual({ totalHits: 60 });
  });

  it('matches conversations that started on a UTC day touched by the interval', async () => {
    await start();
    const hour = '2026-01-05T10:00:00/2026-01-05T11:00:00';
    expect(await byPageNumber(rig, hour)).toHaveLength(60);
    expect(await byPageNumber(rig, '2026-01-05T23:00:00Z/2026-01-06T00:00:00.001Z')).toHaveLength(120);
  });

  it('matches conversations that started in the interval when told to', async () => {
    await start({ settings: { queryMatching: 'interval' } });
    expect((await byPageNumber(rig, '2026-01-05T10:00:00/2026-01-05T11:00:00')).length).toBeLessThan(6);
  });

  it('sees a conversation as soon as it starts', async () => {
    await start({ nowMs: Date.UTC(2026, 0, 5, 12) });
    const before = await byPageNumber(rig, `${FROM}/${TO}`);
    rig.clock.advance(6 * 3_600_000);
    const after = await byPageNumber(rig, `${FROM}/${TO}`);
    expect(before.length).toBeGreaterThan(20);
    expect(after.length).toBeGreaterThan(before.length);
  });

  it.each([[31], [7]] as const)('refuses intervals beyond %i days with the real text', async (maxIntervalDays) => {
    await start({ settings: { maxIntervalDays } });
    const to = new Date(Date.parse(FROM) + maxIntervalDays * 86_400_000);
    expect((await query({ interval: `${FROM}/${to.toISOString()}`, paging: { pageSize: 1, pageNumber: 1 } })).status).toBe(200);
    const refused = await query({ interval: `${FROM}/${new Date(to.getTime() + 1).toISOString()}` });
    expect(refused.status).toBe(400);
    expect(refused.json).toMatchObject({ message: TOO_LONG(maxIntervalDays), status: 400 });
  });

  it('requires an interval and dates', async () => {
    await start();
    expect((await query({})).json).toMatchObject({ message: TOO_LONG(31) });
    expect((await query({ interval: 'yesterday/today' })).json).toMatchObject({
      code: 'invalid.date',
      message: 'Dates must be specified as ISO-8601 strings. For example: yyyy-MM-ddTHH:mm:ss.SSSZ',
    });
  });

  it('refuses to page beyond 100,000 results with the real text', async () => {
    await start();
    const paging = { pageSize: 100, pageNumber: 1000 };
    expect((await query({ interval: `${FROM}/${TO}`, paging })).status).toBe(200);
    const refused = await query({ interval: `${FROM}/${TO}`, paging: { ...paging, pageNumber: 1001 } });
    expect(refused.status).toBe(400);
    expect((refused.json as { message: string }).message).toBe(
      'Pagination may not exceed 100000 results.\n\nTip: When extracting large chunks of data (multiple days/weeks), maximize pagination performance by querying in smaller intervals. For example, paging through 1am-2am, then 2am-3am, …',
    );
  });

  it('refuses pages of more than 100', async () => {
    await start();
    expect((await query({ interval: `${FROM}/${TO}`, paging: { pageSize: 101, pageNumber: 1 } })).json).toMatchObject({ code: 'invalid.value', status: 400 });
  });

  it('refuses unknown filter types and dimensions with the real text', async () => {
    await start();
    const filter = (type: string, dimension: string): object => ({ interval: `${FROM}/${TO}`, conversationFilters: [{ type, predicates: [{ dimension, value: 'x' }] }] });
    expect((await query(filter('', 'conversationId'))).json).toMatchObject({
      message: 'Value [] is not valid for field type [QueryFilterType]. Allowable values are: and, or',
      code: 'invalid.value',
    });
    expect((await query(filter('and', 'attributes'))).status).toBe(400);
  });

  it.each([QUERY, JOBS])('refuses orders and filters that the public model has not, in a query and in a job (%s)', async (path) => {
    await start();
    const refused = async (body: object): Promise<unknown> => {
      const { status, json } = await rig.call('POST', path, { interval: `${FROM}/${TO}`, ...body });
      return [status, (json as { message?: string }).message];
    };
    expect(await refused({ order: 'bad' })).toEqual([400, 'Value [bad] is not valid for field type [QueryOrder]. Allowable values are: asc, desc, unordered']);
    expect(await refused({ orderBy: 'zzz' })).toEqual([400, 'Value [zzz] is not valid for field type [DetailQueryOrderBy]. Allowable values are: conversationStart, conversationEnd, segmentStart, segmentEnd']);
    for (const kind of ['conversationFilters', 'segmentFilters', 'evaluationFilters', 'surveyFilters', 'resolutionFilters']) {
      expect(await refused({ [kind]: [{ type: 'xor', predicates: [] }] })).toEqual([400, 'Value [xor] is not valid for field type [QueryFilterType]. Allowable values are: and, or']);
      expect(await refused({ [kind]: [{ type: 'and', clauses: [{ predicates: [] }] }] })).toEqual([400, 'Value [] is not valid for field type [QueryFilterType]. Allowable values are: and, or']);
      expect(await refused({ [kind]: {} })).toMatchObject([400, expect.stringContaining(kind)]);
      expect(await refused({ [kind]: [{ type: 'and', predicates: [] }] })).toEqual([path === QUERY ? 200 : 202, undefined]);
    }
  });

  it('needs both members of paging, or none', async () => {
    await start();
    const status = async (paging: object | undefined): Promise<number> => (await query({ interval: `${FROM}/${TO}`, paging })).status;
    expect(await Promise.all([{ pageSize: 10 }, { pageNumber: 1 }, {}, { pageSize: 10, pageNumber: 1 }, undefined].map(status))).toEqual([400, 400, 400, 200, 200]);
  });

  it('filters by dimensions of conversations and segments', async () => {
    await start();
    const everything = await byPageNumber(rig, `${FROM}/${TO}`);
    const ask = async (body: object): Promise<AnalyticsConversation[]> =>
      ((await query({ interval: `${FROM}/${TO}`, paging: { pageSize: 100, pageNumber: 1 }, ...body })).json as { conversations?: AnalyticsConversation[] }).conversations ?? [];
    const voice = await ask({ segmentFilters: [{ type: 'and', predicates: [{ dimension: 'mediaType', value: 'voice' }, { dimension: 'purpose', value: 'agent' }] }] });
    expect(ids(voice)).toEqual(
      ids(everything.filter((c) => c.participants?.some((p) => p.purpose === 'agent' && p.sessions?.some((s) => s.mediaType === 'voice')))),
    );
    const open = await ask({ conversationFilters: [{ type: 'and', predicates: [{ dimension: 'conversationEnd', operator: 'notExists' }] }] });
    expect(ids(open)).toEqual(ids(everything.filter((c) => c.conversationEnd === undefined)));
    const [a, b] = ids(everything);
    const either = [a, b].map((value) => ({ type: 'and', predicates: [{ dimension: 'conversationId', value }] }));
    expect(ids(await ask({ conversationFilters: [{ type: 'or', clauses: either }] }))).toEqual([a, b]);
    expect(ids(await ask({ order: 'desc' }))).toEqual(ids(everything).reverse());
  });

  it('counts terms over all pages', async () => {
    await start();
    const { json } = await query({ interval: `${FROM}/${TO}`, paging: { pageSize: 1, pageNumber: 1 }, aggregations: [{ type: 'termFrequency', dimension: 'originatingDirection', size: 5 }] });
    const { aggregations } = json as { aggregations: { results: { count: number }[] }[] };
    expect(aggregations[0]!.results.reduce((sum, r) => sum + r.count, 0)).toBe(60);
  });

  it('answers one conversation, and several, by id', async () => {
    await start();
    const [a, b] = await byPageNumber(rig, `${FROM}/${TO}`);
    expect((await rig.call('GET', `/api/v2/analytics/conversations/${a!.conversationId}/details`)).json).toEqual(a);
    expect((await rig.call('GET', `/api/v2/analytics/conversations/details?id=${a!.conversationId},${b!.conversationId}`)).json).toEqual({ conversations: [a, b] });
    expect((await rig.call('GET', '/api/v2/analytics/conversations/00000000-0000-4000-8000-000000000000/details')).status).toBe(404);
    expect((await rig.call('GET', `${JOBS}/unknown`)).json).toMatchObject({ code: 'not.found', status: 404, details: [], errors: [] });
  });
});
