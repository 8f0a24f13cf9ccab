import { describe, expect, it } from 'vitest';
import { DecodeError, HttpError, LinkError, PositionGoneError, RequestRefusedError } from '../../../src/model/errors.js';
import { apiBench, bare, DAY, failure, readAll, sourceOptions } from '../../support/apiBench.js';
import type { Directive, JournalEntry } from '../../support/hostileServer.js';

const KIND = 'page-number';
const HOUR_MS = 3_600_000;
const PAGINATION = 'Pagination may not exceed 100000 results.\n\nTip: When extracting large chunks of data, query in smaller intervals.';
const INTERVAL = 'You must specify a search interval as part of your query that does not exceed 7 days';

interface Query {
  readonly interval: string;
  readonly paging: { readonly pageSize: number; readonly pageNumber: number };
  readonly conversationFilters?: readonly { readonly predicates: readonly { readonly range: { readonly gte: number; readonly lt: number } }[] }[];
}

const read = (request: JournalEntry): { query: Query; fromMs: number; toMs: number } => {
  const query = JSON.parse(request.body) as Query;
  const [from = '', to = ''] = query.interval.split('/');
  return { query, fromMs: Date.parse(from), toMs: Date.parse(to) };
};
const refusal = (status: number, message = 'no'): Directive => ({ status, json: { message, code: 'bad.request', status } });

/** One conversation every `everyMs`, named by its time; `dayGranular`: as documented, whole UTC days whatever the interval. */
const dataset = (everyMs: number, options: { readonly dayGranular?: boolean; readonly maxDays?: number; readonly cap?: number } = {}) => (request: JournalEntry): Directive => {
  const { query, fromMs, toMs } = read(request);
  if (options.maxDays !== undefined && toMs - fromMs > options.maxDays * 86_400_000) return refusal(400, INTERVAL);
  const { pageSize, pageNumber } = query.paging;
  if (options.cap !== undefined && pageSize * pageNumber > options.cap) return refusal(400, PAGINATION);
  let first = fromMs;
  let last = toMs;
  if (options.dayGranular === true) {
    first = Math.floor(fromMs / 86_400_000) * 86_400_000;
    last = Math.ceil(toMs / 86_400_000) * 86_400_000;
  }
  const range = query.conversationFilters?.[0]?.predicates[0]?.range;
  if (range !== undefined) {
    first = Math.max(first, range.gte);
    last = Math.min(last, range.lt);
  }
  const times: string[] = [];
  for (let t = Math.ceil(first / everyMs) * everyMs; t < last; t += everyMs) times.push(String(t));
  const rows = times.slice((pageNumber - 1) * pageSize, pageNumber * pageSize);
  return { json: { ...(rows.length === 0 ? {} : { conversations: bare(...rows) }), totalHits: times.length } };
};

const everyTime = (window: { startMs: number; endMs: number }, everyMs: number): string[] => {
  const times: string[] = [];
  for (let t = window.startMs; t < window.endMs; t += everyMs) times.push(String(t));
  return times;
};

describe('numbered pages', () => {
  it('are asked for from the start again where the API counts another number than before the stop; while paging, its count may move', async () => {
    const { server, client } = await apiBench();
    const source = client.source(sourceOptions(KIND, { pageSize: 10 }));
    server.script(dataset(HOUR_MS));
    const { positions } = await readAll(source, {}, 1);
    expect((await readAll(source, { position: positions[0]! })).ids).toEqual(everyTime(DAY, HOUR_MS).slice(10));
    server.script(dataset(2 * HOUR_MS));
    const error = await failure(readAll(source, { position: positions[0]! }));
    expect(error).toBeInstanceOf(PositionGoneError);
    expect(error.message).toContain('totalHits is 12, it was 24');
    let asked = 0;
    server.script((request) => {
      const answer = dataset(HOUR_MS)(request) as { json: { totalHits: number } };
      return { json: { ...answer.json, totalHits: answer.json.totalHits + (asked++ % 3) } };
    });
    expect((await readAll(source)).ids).toEqual(everyTime(DAY, HOUR_MS));
  });

  it('go on after a stop whatever the count is later: only the first page is held against what was saved', async () => {
    const { server, client } = await apiBench();
    const source = client.source(sourceOptions(KIND, { pageSize: 5 }));
    server.script(dataset(HOUR_MS));
    const { positions } = await readAll(source, {}, 1);
    let asked = 0;
    server.script((request) => {
      const answer = dataset(HOUR_MS)(request) as { json: { totalHits: number } };
      return { json: { ...answer.json, totalHits: answer.json.totalHits + (asked++ === 0 ? 0 : 1) } };
    });
    expect((await readAll(source, { position: positions[0]! })).ids).toEqual(everyTime(DAY, HOUR_MS).slice(5));
  });

  it('are asked for until one has no conversations', async () => {
    const { server, client } = await apiBench();
    server.script(dataset(HOUR_MS));
    const source = client.source(sourceOptions(KIND, { pageSize: 10, filters: { segmentFilters: [{ type: 'and' }], select: ['x'] } }));
    const { ids, types } = await readAll(source);
    expect(ids).toEqual(everyTime(DAY, HOUR_MS));
    expect(types).toEqual(['page', 'page', 'page', 'page', 'end']);
    expect(JSON.parse(server.journal[1]?.body ?? '')).toEqual({
      interval: '2026-01-05T00:00:00.000Z/2026-01-06T00:00:00.000Z', order: 'asc', orderBy: 'conversationStart', paging: { pageSize: 10, pageNumber: 2 }, segmentFilters: [{ type: 'and' }],
    });
    expect(source.carriesAttributes).toBe(false);
  });

  it('go on from any saved position with the same rest', async () => {
    const { server, client } = await apiBench();
    server.script(dataset(HOUR_MS));
    const source = client.source(sourceOptions(KIND, { pageSize: 10, maxIntervalMs: 12 * HOUR_MS }));
    const { positions, ids } = await readAll(source);
    expect(ids).toEqual(everyTime(DAY, HOUR_MS));
    for (const [i, position] of positions.entries()) {
      const before = (await readAll(source, {}, i + 1)).ids;
      expect([...before, ...(await readAll(source, { position })).ids]).toEqual(ids);
    }
  });

  it('without an array end the interval only with a count (row 20)', async () => {
    const { server, client } = await apiBench();
    server.script({ json: { totalHits: 5 } });
    expect(await failure(readAll(client.source(sourceOptions(KIND))))).toBeInstanceOf(DecodeError);
    server.script({ json: { totalHits: 0 } });
    expect((await readAll(client.source(sourceOptions(KIND)))).types).toEqual(['page', 'end']);
    server.script({ json: {} });
    expect(await failure(readAll(client.source(sourceOptions(KIND))))).toBeInstanceOf(DecodeError);
  });

  it('that are always the same are a circle (row 28)', async () => {
    const { server, client } = await apiBench();
    server.script({ json: { conversations: bare('a'), totalHits: 1 } });
    expect(await failure(readAll(client.source(sourceOptions(KIND))))).toBeInstanceOf(LinkError);
    expect(server.journal.length).toBeLessThanOrEqual(4);
  });
});

describe('limits', () => {
  const week = { startMs: DAY.startMs, endMs: DAY.startMs + 40 * 86_400_000 };

  it('of the interval are kept beforehand', async () => {
    const { server, client } = await apiBench();
    server.script(dataset(6 * HOUR_MS, { maxDays: 7 }));
    expect((await readAll(client.source(sourceOptions(KIND)), { window: week })).ids).toEqual(everyTime(week, 6 * HOUR_MS));
    expect(server.journal.every((r) => read(r).toMs - read(r).fromMs <= 7 * 86_400_000)).toBe(true);
  });

  it('of the interval are learnt from the API’s own words', async () => {
    const { server, client } = await apiBench();
    server.script(dataset(6 * HOUR_MS, { maxDays: 7 }));
    expect((await readAll(client.source(sourceOptions(KIND, { maxIntervalMs: 31 * 86_400_000 })), { window: week })).ids).toEqual(everyTime(week, 6 * HOUR_MS));
  });

  it('of the results cut the interval, and nothing is lost', async () => {
    const { server, client } = await apiBench();
    server.script(dataset(HOUR_MS / 4));
    const { ids } = await readAll(client.source(sourceOptions(KIND, { pageSize: 10, maxResults: 30 })));
    expect([...new Set(ids)].sort()).toEqual(everyTime(DAY, HOUR_MS / 4));
    expect(server.journal.every((r) => read(r).query.paging.pageNumber * 10 <= 30)).toBe(true);
  });

  it('of the results cut the interval also where the server gives smaller pages than were asked for', async () => {
    const { server, client } = await apiBench();
    const small = dataset(HOUR_MS / 4);
    server.script((request) => {
      const body = JSON.parse(request.body) as { paging: { pageSize: number } };
      return small({ ...request, body: JSON.stringify({ ...body, paging: { ...body.paging, pageSize: 10 } }) });
    });
    // A day of 96: by the size that was asked for, five pages would hold them all.
    const { ids } = await readAll(client.source(sourceOptions(KIND, { pageSize: 20, maxResults: 100 })));
    expect([...new Set(ids)].sort()).toEqual(everyTime(DAY, HOUR_MS / 4));
  });

  it('of the results are reached by the pages’ numbers, and what was given by what came, also where that is less than the last page’s number says', async () => {
    const { server, client } = await apiBench();
    const small = dataset(HOUR_MS / 3);
    server.script((request) => {
      const body = JSON.parse(request.body) as { paging: { pageSize: number } };
      return small({ ...request, body: JSON.stringify({ ...body, paging: { ...body.paging, pageSize: 10 } }) });
    });
    // A day of 72, of which five pages bring 50.
    const { ids } = await readAll(client.source(sourceOptions(KIND, { pageSize: 20, maxResults: 100 })));
    expect([...new Set(ids)].sort()).toEqual(everyTime(DAY, HOUR_MS / 3));
  });

  it('of the results are learnt from the API’s own words', async () => {
    const { server, client } = await apiBench();
    server.script(dataset(HOUR_MS / 4, { cap: 30 }));
    const { ids } = await readAll(client.source(sourceOptions(KIND, { pageSize: 10 })));
    expect([...new Set(ids)].sort()).toEqual(everyTime(DAY, HOUR_MS / 4));
  });

  it('are kept also where the interval selects whole days: the start is filtered then', async () => {
    const { server, client } = await apiBench();
    server.script(dataset(HOUR_MS / 4, { dayGranular: true }));
    const { ids } = await readAll(client.source(sourceOptions(KIND, { pageSize: 10, maxResults: 30 })));
    expect([...new Set(ids)].sort()).toEqual(everyTime(DAY, HOUR_MS / 4));
    expect(server.journal.length).toBeLessThan(40);
  });

  it('are kept when the count grows while paging', async () => {
    const { server, client } = await apiBench();
    let requests = 0;
    server.script((request) => {
      const answer = dataset(HOUR_MS)(request) as { json: { totalHits: number } };
      return ++requests === 2 ? { json: { ...answer.json, totalHits: 5000 } } : answer;
    });
    const { ids } = await readAll(client.source(sourceOptions(KIND, { pageSize: 10, maxResults: 1000 })));
    expect([...new Set(ids)].sort()).toEqual(everyTime(DAY, HOUR_MS));
    expect(ids.length).toBeGreaterThan(24);
  });

  it('an interval that holds exactly what may be paged is read whole', async () => {
    const { server, client } = await apiBench();
    server.script(dataset(HOUR_MS, { cap: 24 }));
    expect((await readAll(client.source(sourceOptions(KIND, { pageSize: 12, maxResults: 24 })))).ids).toEqual(everyTime(DAY, HOUR_MS));
    expect(server.journal).toHaveLength(2);
  });

  it('a minute that holds too much ends the partition', async () => {
    const { server, client } = await apiBench();
    server.script({ json: { conversations: bare('a'), totalHits: 1_000_000 } });
    const error = await failure(readAll(client.source(sourceOptions(KIND))));
    expect(error).toBeInstanceOf(HttpError);
    expect(error).toHaveProperty('remedy', expect.stringContaining('job-cursor'));
  });

  it.each([413, 422])('%i halves the page, then the interval (row 7)', async (status) => {
    const { server, client } = await apiBench();
    server.script((request) => {
      const { query, fromMs, toMs } = read(request);
      return query.paging.pageSize > 10 || toMs - fromMs > 6 * HOUR_MS ? refusal(status) : dataset(HOUR_MS);
    });
    expect((await readAll(client.source(sourceOptions(KIND)))).ids).toEqual(everyTime(DAY, HOUR_MS));
  });
});

describe('refusals', () => {
  it('of the first page end in exit 2, of a later one the position is gone (rows 1, 2)', async () => {
    const { server, client } = await apiBench();
    server.script(refusal(400));
    expect(await failure(readAll(client.source(sourceOptions(KIND))))).toBeInstanceOf(RequestRefusedError);
    server.script(dataset(HOUR_MS), refusal(400));
    expect(await failure(readAll(client.source(sourceOptions(KIND, { pageSize: 10 }))))).toBeInstanceOf(PositionGoneError);
  });
});

describe('a total', () => {
  it('is the API’s own count of the window, in one call', async () => {
    const { server, client } = await apiBench();
    server.script(dataset(HOUR_MS, { dayGranular: true }));
    const source = client.source(sourceOptions(KIND));
    expect(await source.total(DAY)).toBe(24);
    expect(await source.total({ startMs: DAY.startMs, endMs: DAY.startMs + HOUR_MS * 3 })).toBe(3);
    expect(server.journal).toHaveLength(2);
  });

  it('that is not given is not zero', async () => {
    const { server, client } = await apiBench();
    server.script({ json: { conversations: [] } });
    expect(await failure(client.source(sourceOptions(KIND)).total(DAY))).toBeInstanceOf(DecodeError);
  });
});
