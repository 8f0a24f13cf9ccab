import { describe, expect, it } from 'vitest';
import { HttpError, LinkError, PositionGoneError, RequestRefusedError } from '../../../src/model/errors.js';
import { apiBench, bare, DAY, decodeIds, failure, hostile, readAll, sourceOptions } from '../../support/apiBench.js';
import type { Directive, HostileServer } from '../../support/hostileServer.js';

const KIND = 'next-page-url';
const page = (ids: readonly string[], nextPageUrl?: string): Directive => ({ json: { entities: bare(...ids), ...(nextPageUrl === undefined ? {} : { nextPageUrl }) } });
const refusal = (status: number, code = 'bad.request', message = 'no'): Directive => ({ status, json: { message, code, status } });
const bodies = (server: HostileServer): Record<string, unknown>[] => server.journal.filter((r) => r.body !== '').map((r) => JSON.parse(r.body) as Record<string, unknown>);

describe('pages that link to the next', () => {
  it('are asked for by POST, then by GET of the link without a body', async () => {
    const { server, client } = await apiBench();
    server.script(page(['a', 'b'], '/api/v2/next?cursor=x%3D'), page(['c'], `${server.baseUrl}/api/v2/next?cursor=y`), page(['d']));
    const source = client.source(sourceOptions(KIND, { filters: { filter: { type: 'and' }, pageSize: 7 } }));
    const { ids, types } = await readAll(source);
    expect(ids).toEqual(['a', 'b', 'c', 'd']);
    expect(types).toEqual(['page', 'page', 'page', 'end']);
    expect(server.journal.map((r) => `${r.method} ${r.url}`)).toEqual(['POST /api/v2/analytics/conversations/details/query', 'GET /api/v2/next?cursor=x%3D', 'GET /api/v2/next?cursor=y']);
    expect(server.journal[1]?.body).toBe('');
    expect(bodies(server)[0]).toEqual({
      view: 'details', dateRange: { from: '2026-01-05T00:00:00.000Z', to: '2026-01-06T00:00:00.000Z' }, groupBy: ['conversationId'],
      select: ['conversationId', 'channelType', 'participants'], filter: { type: 'and' }, pageSize: 100,
    });
  });

  it('may be relative to the page that links: CONTRACT 4, also in a saved position', async () => {
    const { server, client } = await apiBench();
    const path = '/api/v2/analytics/conversations/details/query';
    const answers: Record<string, Directive> = {
      [path]: page(['a'], '?pageToken=2'), [`${path}?pageToken=2`]: page(['b'], 'more/3?pageToken=3'),
      '/api/v2/analytics/conversations/details/more/3?pageToken=3': page(['c'], '4'), '/api/v2/analytics/conversations/details/more/4': page(['d']),
    };
    server.script((request) => answers[request.url] ?? refusal(404));
    const source = client.source(sourceOptions(KIND));
    const { ids, positions } = await readAll(source);
    expect(ids).toEqual(['a', 'b', 'c', 'd']);
    expect(positions.slice(0, 2)).toMatchObject([{ link: `${path}?pageToken=2` }, { link: '/api/v2/analytics/conversations/details/more/3?pageToken=3' }]);
    for (const [i, position] of positions.entries()) expect((await readAll(source, { position })).ids).toEqual(ids.slice(i + 1));
    const older = { kind: KIND, from: DAY.startMs, to: DAY.endMs, slices: [[DAY.startMs, DAY.endMs]], page: 1, link: '?pageToken=2', pageSize: 100 };
    expect((await readAll(source, { position: older })).ids).toEqual(['b', 'c', 'd']);
  });

  it('go on from any saved position with the same rest', async () => {
    const { server, client } = await apiBench();
    const answers: Record<string, Directive> = { '/api/v2/analytics/conversations/details/query': page(['a'], '/api/2'), '/api/2': page(['b'], '/api/3'), '/api/3': page(['c']) };
    server.script((request) => answers[request.url] ?? refusal(404));
    const source = client.source(sourceOptions(KIND));
    const { positions } = await readAll(source);
    const rests = await Promise.all(positions.map(async (position) => (await readAll(source, { position })).ids.join('')));
    expect(rests).toEqual(['bc', 'c', '', '']);
  });

  it('are not asked for ahead of the consumer', async () => {
    const { server, client } = await apiBench();
    server.script(page(['a'], '/api/2'), page(['b']));
    await readAll(client.source(sourceOptions(KIND)), {}, 1);
    expect(server.journal).toHaveLength(1);
  });

  it('may repeat conversations: all are delivered (row 31)', async () => {
    const { server, client } = await apiBench();
    server.script(page(['a', 'b'], '/api/2'), page(['b', 'c']));
    expect((await readAll(client.source(sourceOptions(KIND)))).ids).toEqual(['a', 'b', 'b', 'c']);
  });

  it.each([
    ['says that there is more', { total: 5 }, { total: 5, given: 3 }],
    ['says the same by another name', { totalHits: 5 }, { total: 5, given: 3 }],
    ['says that this is all', { total: 3 }, undefined],
    ['says less, as it moves while paging', { total: 2 }, undefined],
    ['says nothing', {}, undefined],
  ])('tell what is missing where the last one %s (row 32)', async (_what, envelope, short) => {
    const { server, client } = await apiBench();
    server.script({ json: { entities: bare('a', 'b'), nextPageUrl: '/api/2', ...envelope } }, { json: { entities: bare('c'), ...envelope } });
    const told: unknown[] = [];
    for await (const event of client.source(sourceOptions(KIND)).pages({ window: DAY }, decodeIds)) if (event.type === 'page') told.push(event.short);
    expect(told).toEqual([undefined, short === undefined ? undefined : { window: DAY, ...short }]);
  });

  it('tell what is missing of each slice by itself: what the one before brought does not fill it', async () => {
    const { server, client } = await apiBench();
    server.script({ json: { entities: bare('a', 'b'), nextPageUrl: '/api/2', total: 3 } }, { json: { entities: bare('c'), total: 3 } }, { json: { entities: bare('d'), total: 3 } });
    const told: unknown[] = [];
    for await (const event of client.source(sourceOptions(KIND, { maxIntervalMs: 12 * 3_600_000 })).pages({ window: DAY }, decodeIds)) if (event.type === 'page') told.push(event.short);
    const noon = DAY.startMs + 12 * 3_600_000;
    expect(told).toEqual([undefined, undefined, { window: { startMs: noon, endMs: DAY.endMs }, total: 3, given: 1 }]);
  });

  it('tell nothing of what is missing where an earlier version began them: it counted nothing', async () => {
    const { server, client } = await apiBench();
    const answers: Record<string, Directive> = { '/api/2': { json: { entities: bare('b'), total: 3, nextPageUrl: '/api/3' } }, '/api/3': { json: { entities: bare('c'), total: 3 } } };
    server.script((request) => answers[request.url] ?? refusal(404));
    const position = { kind: KIND, from: DAY.startMs, to: DAY.endMs, slices: [[DAY.startMs, DAY.endMs]], page: 1, link: '/api/2', pageSize: 100 };
    for await (const event of client.source(sourceOptions(KIND)).pages({ window: DAY, position }, decodeIds)) if (event.type === 'page') expect(event.short).toBeUndefined();
    expect(server.journal).toHaveLength(2);
  });

  it('may be empty and still lead on (row 21)', async () => {
    const { server, client } = await apiBench();
    server.script(page(['a'], '/api/2'), page([], '/api/3'), page([], '/api/4'), page(['b']));
    expect((await readAll(client.source(sourceOptions(KIND)))).ids).toEqual(['a', 'b']);
  });
});

describe('windows', () => {
  const slices = (server: HostileServer): string[] => bodies(server).map((body) => Object.values(body['dateRange'] as Record<string, string>).map((at) => at.slice(11, 16)).join('-'));
  const byRange = (request: { readonly body: string }): Directive => page([(JSON.parse(request.body) as { dateRange: { from: string } }).dateRange.from.slice(11, 16)]);

  it('longer than maxInterval are asked for in slices, and go on from any of them', async () => {
    const { server, client } = await apiBench();
    server.script(byRange);
    const source = client.source(sourceOptions(KIND, { maxIntervalMs: 10 * 3_600_000 }));
    const { ids, positions } = await readAll(source);
    expect(ids).toEqual(['00:00', '10:00', '20:00']);
    expect(slices(server)).toEqual(['00:00-10:00', '10:00-20:00', '20:00-00:00']);
    for (const [i, position] of positions.entries()) expect((await readAll(source, { position })).ids).toEqual(ids.slice(i + 1));
  });

  it.each([
    ['pages no further', 'Pagination may not exceed 100000 results.\n\nTip: When extracting large chunks of data (multiple days/weeks), …'],
    ['takes no interval so long', 'You must specify a search interval as part of your query that does not exceed 7 days'],
  ])('are asked for in shorter slices where the API %s', async (_name, message) => {
    const { server, client } = await apiBench();
    server.script((request) => {
      const { dateRange } = JSON.parse(request.body) as { dateRange: { from: string; to: string } };
      return Date.parse(dateRange.to) - Date.parse(dateRange.from) > 6 * 3_600_000 ? refusal(400, 'bad.request', message) : byRange(request);
    });
    expect((await readAll(client.source(sourceOptions(KIND)))).ids).toEqual(['00:00', '06:00', '12:00', '18:00']);
  });

  it('whose later page is too much are asked for anew in less: nothing is left out', async () => {
    const { server, client } = await apiBench();
    server.script((request) => {
      if (request.method === 'GET') return refusal(413);
      const { dateRange, pageSize } = JSON.parse(request.body) as { dateRange: { from: string; to: string }; pageSize: number };
      const whole = Date.parse(dateRange.to) - Date.parse(dateRange.from) > 12 * 3_600_000;
      return whole ? page([`page of ${String(pageSize)}`], '/api/2') : byRange(request);
    });
    const { ids } = await readAll(client.source(sourceOptions(KIND, { pageSize: 20 })));
    expect(ids).toEqual(['page of 20', 'page of 10', '00:00', '12:00']);
  });

  it('of a minute are not cut further: the partition fails with the API’s words', async () => {
    const { server, client } = await apiBench();
    server.script(refusal(422, 'too.much', 'too many results'));
    const error = await failure(readAll(client.source(sourceOptions(KIND))));
    expect(error).toBeInstanceOf(RequestRefusedError);
    expect(error.message).toContain('too many results');
    const asked = bodies(server).map((body) => body['dateRange'] as { from: string; to: string }).map(({ from, to }) => Date.parse(to) - Date.parse(from));
    expect(Math.min(...asked)).toBe(60_000);
  });
});

describe('links that lead in circles (row 28)', () => {
  const endless: Record<string, (server: HostileServer) => void> = {
    'to itself': (server) => { server.script(page(['a'], '/api/2'), page(['b'], '/api/2')); },
    'of two': (server) => { server.script((r) => page([r.url], r.url === '/api/2' ? '/api/3' : '/api/2')); },
    'with the same page under growing links': (server) => { server.script((r) => page(['a'], `/api/next?x=${'y'.repeat(r.url.length)}`)); },
    'with empty pages': (server) => { server.script((r) => page([], `/api/next?x=${'y'.repeat(r.url.length)}`)); },
  };
  it.each(Object.keys(endless))('%s', async (name) => {
    const { server, client } = await apiBench();
    endless[name]?.(server);
    expect(await failure(readAll(client.source(sourceOptions(KIND))))).toBeInstanceOf(LinkError);
    expect(server.journal.length).toBeLessThanOrEqual(5);
  });
});

describe('links that lead away (row 29)', () => {
  it('are refused before anything is sent, and their page is not handed out', async () => {
    const canary = await hostile();
    const port = new URL(canary.baseUrl).port;
    for (const link of [`${canary.baseUrl}/api/v2/x`, `//127.0.0.1:${port}/api/v2/x`, `http:127.0.0.1:${port}/api`, `\\\\127.0.0.1:${port}\\api`, `http://127.1:${port}/api/v2/x`, '/login', '/api/%2e%2e/x']) {
      const { server, client } = await apiBench();
      server.script(page(['a'], link));
      const seen: string[] = [];
      const error = await failure((async () => {
        for await (const event of client.source(sourceOptions(KIND)).pages({ window: DAY }, async () => Promise.resolve({ envelope: { conversationCount: 1, nextPageUrl: link }, listHash: '', content: 'page' }))) seen.push(event.type);
      })());
      expect(error).toBeInstanceOf(LinkError);
      expect(error.message).not.toContain(port);
      expect(seen).toEqual([]);
    }
    expect(canary.connections()).toBe(0);
  });

  it('in a saved position are refused too', async () => {
    const { server, client } = await apiBench();
    const canary = await hostile();
    const position = { kind: KIND, from: DAY.startMs, to: DAY.endMs, slices: [[DAY.startMs, DAY.endMs]], page: 1, link: `${canary.baseUrl}/api/v2/x`, pageSize: 100 };
    expect(await failure(readAll(client.source(sourceOptions(KIND)), { position }))).toBeInstanceOf(LinkError);
    expect([canary.connections(), server.journal.length]).toEqual([0, 0]);
  });
});

describe('refusals', () => {
  it('of the query end in exit 2, quoting the API and asking once (row 1)', async () => {
    const { server, client } = await apiBench();
    server.script(refusal(400, 'invalid.value', 'Value [] is not valid for field type [QueryFilterType].\u0007 cursor Y3Vyc29yX3YyMzIxOTA1MjE='));
    const error = await failure(readAll(client.source(sourceOptions(KIND))));
    expect(error).toBeInstanceOf(RequestRefusedError);
    expect(error).toMatchObject({ exitCode: 2, status: 400, apiCode: 'invalid.value' });
    expect(error.message).toContain('QueryFilterType');
    expect(error.message).not.toMatch(/Y3Vyc29y|\u0007/);
    expect(server.journal).toHaveLength(1);
  });

  it.each([400, 404, 410])('%i of a link means that the position is gone (row 2)', async (status) => {
    const { server, client } = await apiBench();
    server.script(page(['a'], '/api/2?cursor=canary'), refusal(status));
    const error = await failure(readAll(client.source(sourceOptions(KIND))));
    expect(error).toBeInstanceOf(PositionGoneError);
    expect(error.message).not.toContain('canary');
  });

  it.each([409, 501, 505])('%i is final (rows 5, 6)', async (status) => {
    const { server, client } = await apiBench();
    server.script(refusal(status));
    expect(await failure(readAll(client.source(sourceOptions(KIND))))).toMatchObject({ exitCode: 4, status });
    expect(server.journal).toHaveLength(1);
  });

  it.each([302, 307])('a redirect (%i) is not followed (row 30)', async (status) => {
    const canary = await hostile();
    const { server, client } = await apiBench();
    server.script({ json: {}, status, headers: { location: `${canary.baseUrl}/api/v2/x` } });
    const error = await failure(readAll(client.source(sourceOptions(KIND))));
    expect(error).toBeInstanceOf(HttpError);
    expect(error.message).toContain('redirect');
    expect(canary.connections()).toBe(0);
  });

  it.each([413, 422])('%i halves the page, then the span, down to a minute (row 7)', async (status) => {
    const { server, client } = await apiBench();
    server.script((request) => {
      const { pageSize, dateRange } = JSON.parse(request.body) as { pageSize: number; dateRange: { from: string; to: string } };
      return pageSize > 10 || Date.parse(dateRange.to) - Date.parse(dateRange.from) > 6 * 3_600_000 ? refusal(status) : page([dateRange.from.slice(11, 13)]);
    });
    expect((await readAll(client.source(sourceOptions(KIND)))).ids).toEqual(['00', '06', '12', '18']);
    expect(bodies(server).slice(0, 5).map((b) => b['pageSize'])).toEqual([100, 50, 25, 12, 10]);
    server.script(refusal(status));
    expect(await failure(readAll(client.source(sourceOptions(KIND))))).toBeInstanceOf(RequestRefusedError);
  });
});

describe('a saved position', () => {
  it.each([
    ['of another source', { kind: 'job-cursor', from: DAY.startMs, to: DAY.endMs }],
    ['of another window', { kind: KIND, from: 0, to: 1 }],
    ['of a window that ends elsewhere', { kind: KIND, from: DAY.startMs, to: DAY.endMs + 3_600_000, slices: [[DAY.startMs, DAY.endMs]], page: 0, link: null, pageSize: 1 }],
    ['of a window that begins elsewhere', { kind: KIND, from: DAY.startMs - 1, to: DAY.endMs, slices: [[DAY.startMs, DAY.endMs]], page: 0, link: null, pageSize: 1 }],
    ['that is damaged', { kind: KIND, from: DAY.startMs, to: DAY.endMs, slices: 'canary', page: 1, link: null, pageSize: 1 }],
    ['that is none', { link: 'canary' }],
  ])('%s is as good as gone', async (_name, position) => {
    const { client } = await apiBench();
    const error = await failure(readAll(client.source(sourceOptions(KIND)), { position }));
    expect(error).toBeInstanceOf(PositionGoneError);
    expect(error.message).not.toContain('canary');
  });
});

describe('freshness', () => {
  it('is the server’s clock, whatever it answers', async () => {
    const { server, client } = await apiBench();
    server.script({ json: { message: 'no', code: 'bad.request', status: 400 }, status: 400, headers: { date: 'Mon, 05 Jan 2026 12:00:00 GMT' } });
    expect(await client.source(sourceOptions(KIND)).sourceAsOf()).toEqual({ ms: Date.UTC(2026, 0, 5, 12), origin: 'date-header' });
  });
});
