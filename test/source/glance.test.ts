import { describe, expect, it } from 'vitest';
import { RequestRefusedError } from '../../src/model/errors.js';
import { apiBench, DAY, failure, sourceOptions } from '../support/apiBench.js';
import type { Directive, JournalEntry } from '../support/hostileServer.js';

const refusal = (status: number): Directive => ({ status, json: { message: 'no', code: 'not.found', status } });
const idsOf = ({ url }: JournalEntry): string[] => (new URL(url, 'http://x').searchParams.get('id') ?? '').split(',');
const many = (count: number): string[] => Array.from({ length: count }, (_, n) => `id-${String(n)}`);
const conversation = (conversationId: string, more: object = {}): object => ({ conversationId, conversationStart: '2026-01-05T10:00:00.000Z', ...more });
const glance = async (client: Awaited<ReturnType<typeof apiBench>>['client'], ids: readonly string[], kind: 'page-number' | 'next-page-url' | 'job-cursor' = 'page-number') =>
  client.source(sourceOptions(kind)).glance([{ window: DAY, ids }]);

describe('a look at conversations by their ids', () => {
  it('asks for fifty a call, and tells the open from the ended', async () => {
    const { server, client } = await apiBench();
    server.script((request) => ({ json: { conversations: idsOf(request).map((id) => conversation(id, id === 'id-7' ? { conversationEnd: '2026-01-09T10:00:00.000Z' } : {})) } }));
    const found = await glance(client, many(120));
    expect(server.journal.map((request) => `${request.method} ${String(idsOf(request).length)}`)).toEqual(['GET 50', 'GET 50', 'GET 20']);
    expect(found.size).toBe(120);
    expect([...found].filter(([, { isOpen }]) => !isOpen).map(([id]) => id)).toEqual(['id-7']);
  });

  it('knows them in another case, and keeps none that it did not ask for', async () => {
    const { server, client } = await apiBench();
    server.script({ json: { conversations: [conversation('ab-1'), conversation('other')] } });
    expect([...(await glance(client, ['AB-1'])).keys()]).toEqual(['AB-1']);
  });

  it('leaves out what is not there', async () => {
    const { server, client } = await apiBench();
    server.script({ json: { conversations: [conversation('b')] } }, { json: {} });
    expect([...(await glance(client, ['a', 'b'])).keys()]).toEqual(['b']);
    expect((await glance(client, ['a'])).size).toBe(0);
  });

  it.each([400, 404, 413, 414, 422])('asks for fewer where the API answers %i to many, and misses none', async (status) => {
    const { server, client } = await apiBench();
    server.script((request) => (idsOf(request).length > 10 ? refusal(status) : { json: { conversations: idsOf(request).map((id) => conversation(id)) } }));
    expect([...(await glance(client, many(50))).keys()].sort()).toEqual(many(50).sort());
  });

  it('takes one that is refused alone for absent', async () => {
    const { server, client } = await apiBench();
    server.script((request) => (idsOf(request).includes('id-3') ? refusal(404) : { json: { conversations: idsOf(request).map((id) => conversation(id)) } }));
    const found = await glance(client, many(8));
    expect([...found.keys()].sort()).toEqual(many(8).filter((id) => id !== 'id-3'));
  });

  it('is refused by a server that does not know the question, after two tries', async () => {
    const { server, client } = await apiBench();
    server.script(refusal(404));
    expect(await failure(glance(client, many(50)))).toBeInstanceOf(RequestRefusedError);
    expect(server.journal).toHaveLength(2);
  });

  it('gives the same fingerprint whatever the order, and another for whatever differs', async () => {
    const { server, client } = await apiBench();
    const participants = [{ participantId: 'p', attributes: { a: '1', b: '2' }, sessions: [{ metrics: [{ name: 'n', value: 1 }, { name: 'm', value: 2 }] }] }, { participantId: 'q' }];
    const turned = [{ participantId: 'q' }, { sessions: [{ metrics: [{ value: 2, name: 'm' }, { name: 'n', value: 1 }] }], attributes: { b: '2', a: '1' }, participantId: 'p' }];
    const other = [{ ...participants[0], attributes: { a: '1', b: '3' } }, participants[1]];
    const shows = async (more: object): Promise<string | undefined> => {
      server.script({ json: { conversations: [conversation('a', more)] } });
      return (await glance(client, ['a'])).get('a')?.fingerprint;
    };
    const first = await shows({ participants });
    expect(await shows({ participants: turned })).toBe(first);
    expect(await shows({ participants, evaluations: [{ evaluationId: 'late' }] })).toBe(first);
    expect(await shows({ participants: other })).not.toBe(first);
    expect(await shows({ participants, conversationEnd: '2026-01-09T10:00:00.000Z' })).not.toBe(first);
    expect(await shows({ participants, divisionIds: ['d'] })).not.toBe(first);
  });
});

describe('a look by a job', () => {
  const HOURS = 3_600_000;

  it('is one job for windows near each other, filtered by the ids and the job’s own filters, and deleted', async () => {
    const { server, client } = await apiBench();
    const bodies: { interval: string; conversationFilters: { type: string; predicates: { dimension: string; value: string }[] }[] }[] = [];
    server.script((request) => {
      if (request.method === 'POST') {
        bodies.push(JSON.parse(request.body) as (typeof bodies)[number]);
        return { json: { jobId: `job-${String(bodies.length)}` }, status: 202 };
      }
      if (request.method === 'DELETE') return { json: {} };
      if (!request.url.includes('/results')) return { json: { state: 'FULFILLED' } };
      return { json: { conversations: [conversation('a', { conversationEnd: '2026-01-09T10:00:00.000Z' }), conversation('c')] } };
    });
    const own = { type: 'and', predicates: [{ dimension: 'divisionId', value: 'd' }] };
    const source = client.source(sourceOptions('job-cursor', { filters: { conversationFilters: [own] }, maxIntervalMs: 72 * HOURS }));
    const day = (n: number) => ({ startMs: DAY.startMs + n * 24 * HOURS, endMs: DAY.startMs + (n + 1) * 24 * HOURS });
    const found = await source.glance([{ window: day(2), ids: ['c'] }, { window: day(0), ids: ['a', 'b'] }, { window: day(9), ids: ['z'] }]);
    expect([...found].map(([id, { isOpen }]) => [id, isOpen])).toEqual([['a', false], ['c', true]]);
    expect(bodies.map(({ interval }) => interval)).toEqual(['2026-01-05T00:00:00.000Z/2026-01-08T00:00:00.000Z', '2026-01-14T00:00:00.000Z/2026-01-15T00:00:00.000Z']);
    expect(bodies[0]?.conversationFilters[0]).toEqual(own);
    expect(bodies[0]?.conversationFilters[1]).toMatchObject({ type: 'or', predicates: [{ dimension: 'conversationId', value: 'a' }, { dimension: 'conversationId', value: 'b' }, { dimension: 'conversationId', value: 'c' }] });
    expect(server.journal.filter(({ method }) => method === 'DELETE')).toHaveLength(2);
  });
});
