import { describe, expect, it } from 'vitest';
import { DecodeError, HttpError, InterruptedError, LinkError, PositionGoneError, RequestRefusedError } from '../../../src/model/errors.js';
import { apiBench, bare, DAY, failure, readAll, sourceOptions } from '../../support/apiBench.js';
import type { Directive, JournalEntry } from '../../support/hostileServer.js';

const KIND = 'job-cursor';
const JOBS = '/api/v2/analytics/conversations/details/jobs';
const options = sourceOptions(KIND, { pageSize: 1000 });
const refusal = (status: number): Directive => ({ status, json: { message: 'no', code: 'not.found', status } });
const state = (name: string, more: Record<string, unknown> = {}): Directive => ({ json: { state: name, ...more } });
const results = (ids: readonly string[], cursor?: string): Directive => ({ json: { conversations: bare(...ids), dataAvailabilityDate: '2026-01-06T04:10:03Z', ...(cursor === undefined ? {} : { cursor }) } });

/** A job that is ready at once and has these pages, by cursor. */
const job = (pages: Readonly<Record<string, Directive>>, states: readonly Directive[] = [state('FULFILLED')]): Directive => {
  let looks = 0;
  return (request: JournalEntry) => {
    if (request.method === 'POST') return { json: { jobId: 'job-1' }, status: 202 };
    if (request.url.startsWith(`${JOBS}/job-1/results`)) return pages[new URL(request.url, 'http://x').searchParams.get('cursor') ?? 'first'] ?? refusal(404);
    return states[Math.min(looks++, states.length - 1)] ?? refusal(404);
  };
};
const PAGES = { first: results(['a', 'b'], 'Y3Vyc29yX3Yx+/='), 'Y3Vyc29yX3Yx+/=': results([], 'c2'), c2: results(['c']) };

describe('a job', () => {
  it('is made, awaited and read by its cursors', async () => {
    const { server, client } = await apiBench();
    server.script(job(PAGES, [state('QUEUED'), state('PENDING'), state('RIPENING'), state('FULFILLED')]));
    const { ids, types, envelopes } = await readAll(client.source({ ...options, filters: { segmentFilters: [], filter: 'not of this model' } }));
    expect(ids).toEqual(['a', 'b', 'c']);
    expect(types).toEqual(['position', 'page', 'page', 'page', 'end']);
    expect(envelopes[0]?.dataAvailabilityMs).toBe(Date.UTC(2026, 0, 6, 4, 10, 3));
    expect(JSON.parse(server.journal[0]?.body ?? '')).toEqual({ interval: '2026-01-05T00:00:00.000Z/2026-01-06T00:00:00.000Z', order: 'asc', orderBy: 'conversationStart', segmentFilters: [] });
    expect(server.journal.slice(5).map((r) => r.url)).toEqual([`${JOBS}/job-1/results?pageSize=1000`, `${JOBS}/job-1/results?pageSize=1000&cursor=Y3Vyc29yX3Yx%2B%2F%3D`, `${JOBS}/job-1/results?pageSize=1000&cursor=c2`]);
  });

  it('has its id handed out before it is polled', async () => {
    const { server, client } = await apiBench();
    server.script(job(PAGES));
    const { positions } = await readAll(client.source(options), {}, 1);
    expect(positions[0]).toMatchObject({ jobId: 'job-1' });
    expect(server.journal).toHaveLength(1);
  });

  it('is looked at with growing pauses, and given up in time', async () => {
    const { server, client, clock } = await apiBench();
    server.script(job(PAGES, [state('PENDING')]));
    const error = await failure(readAll(client.source({ ...options, jobTimeoutMs: 600_000 })));
    expect(error).toBeInstanceOf(HttpError);
    expect(clock.sleeps.slice(0, 4)).toEqual([2000, 3000, 4500, 6750]);
    expect(Math.max(...clock.sleeps)).toBe(30_000);
    expect(clock.monotonicMs()).toBeLessThanOrEqual(600_000);
  });

  it('goes on from any saved position with the same rest, without being made again', async () => {
    const { server, client } = await apiBench();
    server.script(job(PAGES));
    const source = client.source(options);
    const { positions } = await readAll(source);
    const rests: string[] = [];
    for (const position of positions) rests.push((await readAll(source, { position })).ids.join(''));
    expect(rests).toEqual(['abc', 'c', 'c', '', '']);
    expect(server.journal.filter((r) => r.method === 'POST')).toHaveLength(1);
  });

  it('that failed says why, redacted, and is gone: another may succeed', async () => {
    const { server, client } = await apiBench();
    server.script(job(PAGES, [state('FAILED', { errorMessage: 'Too complex\u0000 near Y3Vyc29yX3YyMzIxOTA1MjE=' })]));
    const error = await failure(readAll(client.source(options)));
    expect(error).toBeInstanceOf(PositionGoneError);
    expect(error.message).toContain('Too complex');
    expect(error.message).not.toContain('Y3Vyc29y');
  });

  it.each(['CANCELLED', 'EXPIRED'])('that is %s is gone (row 2)', async (name) => {
    const { server, client } = await apiBench();
    server.script(job(PAGES, [state(name)]));
    expect(await failure(readAll(client.source(options)))).toBeInstanceOf(PositionGoneError);
  });

  it.each([400, 404, 410])('whose cursor is answered with %i is gone (row 2)', async (status) => {
    const { server, client } = await apiBench();
    server.script(job({ ...PAGES, c2: refusal(status) }));
    expect(await failure(readAll(client.source(options)))).toBeInstanceOf(PositionGoneError);
    server.script(job({}, [refusal(404)]));
    expect(await failure(readAll(client.source(options)))).toBeInstanceOf(PositionGoneError);
  });

  it('that the API will not make ends in exit 2 (row 1)', async () => {
    const { server, client } = await apiBench();
    server.script(refusal(400));
    expect(await failure(readAll(client.source(options)))).toBeInstanceOf(RequestRefusedError);
  });

  it.each([{}, { jobId: 5 }, { jobId: '../../x' }, { id: 'job-1' }])('answer that is no job: %j', async (json) => {
    const { server, client } = await apiBench();
    server.script({ json, status: 202 });
    expect(await failure(readAll(client.source(options)))).toBeInstanceOf(DecodeError);
  });

  it('whose cursors lead in circles is refused (row 28)', async () => {
    const { server, client } = await apiBench();
    server.script(job({ first: results(['a'], 'c1'), c1: results(['b'], 'c2'), c2: results(['c'], 'c1') }));
    expect(await failure(readAll(client.source(options)))).toBeInstanceOf(LinkError);
  });

  it('whose saved cursor leads to itself is refused on the first page that does (row 28)', async () => {
    const { server, client } = await apiBench();
    server.script(job({ c1: results(['b'], 'c1') }));
    const position = { kind: KIND, from: DAY.startMs, to: DAY.endMs, slices: [[DAY.startMs, DAY.endMs]], jobId: 'job-1', page: 1, cursor: 'c1', pageSize: 1000 };
    expect(await failure(readAll(client.source(options), { position }))).toBeInstanceOf(LinkError);
    expect(server.journal).toHaveLength(1);
  });

  it('whose pages are too large is read in smaller ones (row 7)', async () => {
    const { server, client } = await apiBench();
    const ready = job({ first: results(['a']) });
    server.script((request) => (request.url.includes('pageSize=1000') || request.url.includes('pageSize=500') ? refusal(413) : ready));
    expect((await readAll(client.source(options))).ids).toEqual(['a']);
    expect(server.journal.at(-1)?.url).toContain('pageSize=250');
  });

  it('can be stopped while it is awaited', async () => {
    const { server, client } = await apiBench();
    const controller = new AbortController();
    const reason = new InterruptedError('SIGTERM');
    let looks = 0;
    const pending = job(PAGES, [state('PENDING')]);
    server.script(() => {
      if (++looks === 4) controller.abort(reason);
      return pending;
    });
    expect(await failure(readAll(client.source(options), { signal: controller.signal }))).toBe(reason);
  });
});

describe('as many jobs as the organisation may have', () => {
  const FULL: Directive = {
    status: 429,
    headers: { 'retry-after': '30' },
    json: { message: 'Rate limit exceeded the maximum [10] concurrent jobs', code: 'too.many.requests', status: 429, limit: { key: 'details.jobs.concurrent.access.max', namespace: 'analytics', value: 10 } },
  };
  const intervalOf = ({ body }: JournalEntry): unknown => (JSON.parse(body) as { readonly interval: unknown }).interval;

  it('keep those who come waiting in the order in which they came, hold nothing else back, and are told once', async () => {
    const { server, client, clock, log } = await apiBench();
    const made: unknown[] = [];
    let refused = 0;
    const ready = job(PAGES);
    server.script((request) => {
      if (request.method !== 'POST') return ready;
      if (refused < 5) {
        refused++;
        return FULL;
      }
      made.push(intervalOf(request));
      return ready;
    });
    const days = [0, 1, 2].map((n) => ({ startMs: DAY.startMs + n * 86_400_000, endMs: DAY.endMs + n * 86_400_000 }));
    const read = await Promise.all(days.map((window) => readAll(client.source(options), { window })));
    expect(read.map(({ ids }) => ids.join(''))).toEqual(['abc', 'abc', 'abc']);
    expect(made).toEqual([...made].sort());
    expect(clock.sleeps.filter((ms) => ms === 30_000).length).toBeGreaterThan(0);
    expect(client.stats().throttled).toBe(0);
    expect(log.lines.filter(({ level }) => level === 'warn')).toMatchObject([{ facts: { answer: 'Rate limit exceeded the maximum [10] concurrent jobs' } }]);
  });

  it('are waited for ten minutes, and then named', async () => {
    const { server, client, clock } = await apiBench();
    server.script(FULL);
    const error = await failure(readAll(client.source(options)));
    expect(error).toBeInstanceOf(HttpError);
    expect(error).toMatchObject({ exitCode: 4, status: 429 });
    expect(error.message).toContain('the maximum [10] concurrent jobs');
    expect(error.message).toContain('no place came free in ten minutes');
    expect(clock.monotonicMs()).toBeLessThanOrEqual(600_000);
  });

  it('are told from a limit of requests', async () => {
    const { server, client } = await apiBench();
    let asked = 0;
    const ready = job(PAGES);
    server.script(() => (asked++ === 0 ? { status: 429, json: { message: 'Rate limit exceeded the maximum [300] requests within [60] seconds', code: 'too.many.requests', status: 429 } } : ready));
    expect((await readAll(client.source(options))).ids).toEqual(['a', 'b', 'c']);
    expect(client.stats().throttled).toBe(1);
  });

  it('can be stopped while they are waited for', async () => {
    const { server, client } = await apiBench();
    const controller = new AbortController();
    const reason = new InterruptedError('SIGTERM');
    let asked = 0;
    server.script(() => {
      if (++asked === 3) controller.abort(reason);
      return FULL;
    });
    const source = client.source(options);
    const both = await Promise.all([readAll(source, { signal: controller.signal }), readAll(source, { signal: controller.signal })].map(failure));
    expect(both).toEqual([reason, reason]);
  });
});

describe('slices', () => {
  interface Made { readonly fromMs: number; readonly toMs: number }
  /** Jobs by number, each with one conversation named after its first hour, unless it is longer than what is taken. */
  const desk = (refuse: (made: Made) => Directive | undefined = () => undefined, fails: (made: Made) => string | undefined = () => undefined): Directive => {
    const jobs: Made[] = [];
    return (request: JournalEntry) => {
      if (request.method === 'DELETE') return { json: {} };
      if (request.method === 'POST') {
        const [from = '', to = ''] = (JSON.parse(request.body) as { interval: string }).interval.split('/');
        const made = { fromMs: Date.parse(from), toMs: Date.parse(to) };
        const refused = refuse(made);
        return refused ?? { json: { jobId: `job-${String(jobs.push(made))}` }, status: 202 };
      }
      const made = jobs[Number(/job-(\d+)/.exec(request.url)?.[1]) - 1]!;
      const why = fails(made);
      if (!request.url.includes('/results')) return why === undefined ? state('FULFILLED') : state('FAILED', { errorMessage: why });
      return request.url.includes('cursor=') ? results(['late']) : results([new Date(made.fromMs).toISOString().slice(11, 16), 'long'], 'c1');
    };
  };
  const deleted = (journal: readonly JournalEntry[]): string[] => journal.filter((r) => r.method === 'DELETE').map((r) => r.url.slice(JOBS.length + 1));
  const EIGHT_HOURS = { ...options, maxIntervalMs: 8 * 3_600_000 };
  const longerThan = (hours: number) => ({ fromMs, toMs }: Made): boolean => toMs - fromMs > hours * 3_600_000;

  it('of at most maxInterval are a job each; one that is read is deleted before the next is made', async () => {
    const { server, client } = await apiBench();
    server.script(desk());
    const { ids, types } = await readAll(client.source(EIGHT_HOURS));
    expect(ids).toEqual(['00:00', 'long', 'late', '08:00', 'long', 'late', '16:00', 'long', 'late']);
    expect(types).toEqual(['position', 'page', 'page', 'position', 'page', 'page', 'position', 'page', 'page', 'end']);
    expect(server.journal.filter((r) => r.method !== 'GET').map((r) => r.method)).toEqual(['POST', 'DELETE', 'POST', 'DELETE', 'POST']);
    expect(deleted(server.journal)).toEqual(['job-1', 'job-2']);
  });

  it('name the job that was read until it is given back: no kill forgets it', async () => {
    const { server, client } = await apiBench();
    server.script(desk());
    const { positions } = await readAll(client.source(EIGHT_HOURS));
    // After the last page of the first slice, before the job of the second is made.
    expect(positions[2]).toMatchObject({ jobId: null, readJob: 'job-1' });
    expect(positions[3]).toMatchObject({ jobId: 'job-2' });
    expect(positions[3]).not.toHaveProperty('readJob');
    const before = server.journal.length;
    await client.source(EIGHT_HOURS).release(positions[2]!, undefined);
    expect(deleted(server.journal.slice(before))).toEqual(['job-1']);
  });

  it('go on from any saved position with the same rest', async () => {
    const { server, client } = await apiBench();
    server.script(desk());
    const source = client.source(EIGHT_HOURS);
    const { positions, ids } = await readAll(source);
    const rests: number[] = [];
    for (const position of positions) {
      const rest = (await readAll(source, { position })).ids;
      expect(ids.slice(ids.length - rest.length)).toEqual(rest);
      rests.push(rest.length);
    }
    expect(rests).toEqual([9, 7, 6, 6, 4, 3, 3, 1, 0, 0]);
  });

  it.each([
    ['the interval', { status: 400, json: { message: 'You must specify a search interval as part of your query that does not exceed 7 days', code: 'bad.request', status: 400 } }],
    ['the amount (413)', refusal(413)],
    ['the amount (422)', refusal(422)],
  ] as const)('are shorter where the API refuses %s', async (_name, directive) => {
    const { server, client } = await apiBench();
    const isLong = longerThan(12);
    server.script(desk((made) => (isLong(made) ? directive : undefined)));
    expect((await readAll(client.source(options))).ids).toEqual(['00:00', 'long', 'late', '12:00', 'long', 'late']);
  });

  it('are shorter where the job found too many results, which is then deleted', async () => {
    const { server, client } = await apiBench();
    const isLong = longerThan(12);
    server.script(desk(undefined, (made) => (isLong(made) ? 'Too many results for this query' : undefined)));
    expect((await readAll(client.source(options))).ids).toEqual(['00:00', 'long', 'late', '12:00', 'long', 'late']);
    expect(deleted(server.journal)).toEqual(['job-1', 'job-2']);
  });

  it('are shorter where the results are refused as too many, and their job is given back', async () => {
    const { server, client } = await apiBench();
    const isLong = longerThan(12);
    const made: string[] = [];
    const sound = desk((one) => {
      made.push(isLong(one) ? 'long' : 'short');
      return undefined;
    });
    server.script((request) => (request.url.startsWith(`${JOBS}/job-1/results`) ? refusal(413) : sound));
    expect((await readAll(client.source({ ...options, pageSize: 10 }))).ids).toEqual(['00:00', 'long', 'late', '12:00', 'long', 'late']);
    expect(made).toEqual(['long', 'short', 'short']);
    expect(deleted(server.journal)).toEqual(['job-1', 'job-2']);
  });

  it('are never shorter than a minute: the job’s failure is told then', async () => {
    const { server, client } = await apiBench();
    server.script(desk(undefined, () => 'Too many results for this query'));
    const error = await failure(readAll(client.source(options), { window: { startMs: DAY.startMs, endMs: DAY.startMs + 240_000 } }));
    expect(error.message).toContain('Too many results');
    expect(server.journal.filter((r) => r.method === 'POST')).toHaveLength(3);
  });
});

describe('release', () => {
  const position = { kind: KIND, from: DAY.startMs, to: DAY.endMs, slices: [], jobId: 'job-1', page: 3, cursor: null, pageSize: 1000 };

  it('deletes the job', async () => {
    const { server, client } = await apiBench();
    server.script({ raw: 'HTTP/1.1 204 No Content\r\n\r\n', then: 'hang' });
    await client.source(options).release(position, undefined);
    expect(server.journal.map((r) => `${r.method} ${r.url}`)).toEqual([`DELETE ${JOBS}/job-1`]);
  });

  it('is left at that some seconds after the run is to stop', async () => {
    const { server, client, clock } = await apiBench();
    server.script({ status: 429, headers: { 'retry-after': '800' }, json: { message: 'slow down', status: 429 } });
    const controller = new AbortController();
    controller.abort();
    await client.source(options).release(position, controller.signal);
    expect(clock.monotonicMs()).toBeLessThan(10_000);
  });

  it('is tried three times a job, and takes nothing of what a run may try again', async () => {
    const { server, client } = await apiBench();
    server.script(refusal(503));
    for (let n = 0; n < 20; n++) await client.source(options).release(position, undefined);
    expect(server.journal).toHaveLength(60);
    expect(client.stats().retries).toBe(0);
  });

  it('that is forbidden is told once a run: what is never given back fills the organisation’s limit', async () => {
    const { server, client, log } = await apiBench();
    server.script({ status: 403, json: { message: 'You are missing the following permission(s): analytics:conversationDetail:delete', code: 'missing.permissions', status: 403, contextId: 'c-1' } });
    for (const jobId of ['job-1', 'job-2', 'job-3']) await client.source(options).release({ ...position, jobId }, undefined);
    expect(server.journal).toHaveLength(3);
    expect(log.lines.filter(({ level }) => level === 'warn')).toMatchObject([{ event: expect.stringContaining('may not be deleted') as string, facts: { jobId: 'job-1', permission: 'analytics:conversationDetail:delete', correlationId: 'c-1' } }]);
    expect(log.lines.filter(({ event }) => event === 'job not released')).toHaveLength(2);
    const { server: other, client: another, log: calm } = await apiBench();
    other.script(refusal(404));
    await another.source(options).release(position, undefined);
    expect(calm.lines.map(({ level }) => level)).toEqual(['debug']);
  });

  it('never fails: what goes wrong is logged', async () => {
    const { server, client, log } = await apiBench({ maxAttempts: 1 });
    server.script(refusal(500));
    await client.source(options).release(position, undefined);
    await client.source(options).release({ anything: 'else' }, undefined);
    expect(log.lines.filter((line) => line.event === 'job not released')).toHaveLength(1);
  });
});

describe('freshness', () => {
  it('is the lake’s watermark', async () => {
    const { server, client } = await apiBench();
    server.script({ json: { dataAvailabilityDate: '2026-01-05T04:10:03Z' } });
    expect(await client.source(options).sourceAsOf()).toEqual({ ms: Date.UTC(2026, 0, 5, 4, 10, 3), origin: 'availability' });
    expect(server.journal[0]?.url).toBe(`${JOBS}/availability`);
    server.script({ json: {} });
    expect(await failure(client.source(options).sourceAsOf())).toBeInstanceOf(DecodeError);
  });
});
