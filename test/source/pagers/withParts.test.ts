import { describe, expect, it } from 'vitest';
import { HttpError, InterruptedError, LinkError, PositionGoneError, RequestRefusedError } from '../../../src/model/errors.js';
import type { PageRequest, Position, ReaderSlots } from '../../../src/model/page.js';
import { withParts } from '../../../src/source/pagers/withParts.js';
import { apiBench, bare, DAY, decodeIds, failure, readAll, sourceOptions, type ApiBench } from '../../support/apiBench.js';
import type { Directive, JournalEntry } from '../../support/hostileServer.js';
import { createManualClock, type ManualClock } from '../../support/manualClock.js';

const HOUR_MS = 3_600_000;
const JOBS = '/api/v2/analytics/conversations/details/jobs';
/** Four parts of six hours: 00, 06, 12, 18. */
const PARTS = [0, 6, 12, 18].map((hour) => ({ startMs: DAY.startMs + hour * HOUR_MS, endMs: DAY.startMs + (hour + 6) * HOUR_MS }));
/** Room for so many parts at the same time, the first of which needs none. */
const room = (readers: number): { readonly slots: ReaderSlots; readonly taken: () => number } => {
  let taken = 0;
  return {
    taken: () => taken,
    slots: {
      take: () => taken + 1 < readers && ++taken > 0,
      give: () => {
        taken--;
      },
    },
  };
};
/** Two at a time. */
const inParts = (readers = 2): Pick<PageRequest, 'parts' | 'slots'> => ({ parts: PARTS, slots: room(readers).slots });
const PAGES = 3;
const ALL = PARTS.flatMap((_, part) => Array.from({ length: PAGES }, (_unused, page) => `${String(part * 6).padStart(2, '0')}/${String(page)}`));

const refusal = (status: number): Directive => ({ status, json: { message: 'no', code: 'not.found', status } });

/** Each part has three pages of one conversation, `<hour>/<page>`. */
const linkedPage = ({ method, url, body }: JournalEntry): Directive => {
  const from = method === 'POST' ? `${(JSON.parse(body) as { dateRange: { from: string } }).dateRange.from.slice(11, 13)}/0` : new URL(url, 'http://x').searchParams.get('at')!;
  const [hour = '', page = ''] = from.split('/');
  const next = Number(page) + 1;
  return { json: { entities: bare(from), ...(next < PAGES ? { nextPageUrl: `/api/v2/next?at=${hour}/${String(next)}` } : {}) } };
};

/** Time for answers that are under way: turns of the event loop. */
const turns = async (): Promise<void> => {
  for (let i = 0; i < 100; i++) await new Promise((resolve) => setImmediate(resolve));
};

const sorted = (ids: readonly string[]): string[] => [...ids].sort();
const linked = async (): Promise<ApiBench & { readonly source: ReturnType<ApiBench['client']['source']> }> => {
  const bench = await apiBench();
  bench.server.script(linkedPage);
  return { ...bench, source: bench.client.source(sourceOptions('next-page-url')) };
};

describe('a window in parts', () => {
  it('is read whole, each part in its order and by its own query, and each page tells its part', async () => {
    const { server, source } = await linked();
    const seen: { id: string; part: number | undefined }[] = [];
    for await (const event of source.pages({ window: DAY, ...inParts() }, decodeIds)) if (event.type === 'page') seen.push({ id: event.content[0]!, part: event.part?.startMs });
    expect(sorted(seen.map(({ id }) => id))).toEqual(ALL);
    for (const { startMs } of PARTS) {
      const ofPart = seen.filter(({ part }) => part === startMs).map(({ id }) => id);
      expect(ofPart).toEqual(ALL.filter((id) => id.startsWith(new Date(startMs).toISOString().slice(11, 13))));
    }
    expect(server.journal.filter((r) => r.method === 'POST').map((r) => (JSON.parse(r.body) as { dateRange: { from: string; to: string } }).dateRange)).toEqual(
      PARTS.map(({ startMs, endMs }) => ({ from: new Date(startMs).toISOString(), to: new Date(endMs).toISOString() })),
    );
  });

  it('is asked for nothing ahead: a part gets its next page when its last one was taken, and only so many parts are under way', async () => {
    const { server, source } = await linked();
    let taken = 0;
    for await (const event of source.pages({ window: DAY, ...inParts() }, decodeIds)) {
      if (event.type !== 'page') continue;
      // While it is taken: those taken before, this one, and at most one of the other reader.
      expect(server.journal.length).toBeLessThanOrEqual(taken + 2);
      taken++;
    }
    expect(taken).toBe(ALL.length);
  });

  it('goes on from any saved position with the same rest, by any number of readers', async () => {
    const { source } = await linked();
    const { positions, ids } = await readAll(source, inParts());
    for (const [i, position] of positions.entries()) {
      const rest = sorted(ids.slice(i + 1));
      for (const readers of [undefined, 1, 2, 16]) expect(sorted((await readAll(source, { position, ...(readers === undefined ? {} : { slots: room(readers).slots }) })).ids)).toEqual(rest);
    }
  });

  it('takes room as it comes free, and gives all of it back, also when it fails', async () => {
    const { server, source } = await linked();
    const { slots, taken } = room(3);
    let isFree = false;
    let most = 0;
    for await (const event of source.pages({ window: DAY, parts: PARTS, slots: { take: () => isFree && slots.take(), give: slots.give } }, decodeIds)) {
      if (event.type !== 'page') continue;
      most = Math.max(most, taken());
      // Nobody else wants it from the second page on.
      if (event.content[0] === '00/1') isFree = true;
    }
    expect([most, taken()]).toEqual([2, 0]);
    server.script((request) => (request.url.includes('at=06/1') ? refusal(501) : linkedPage(request)));
    await failure(readAll(source, { parts: PARTS, slots }));
    expect(taken()).toBe(0);
    for await (const event of source.pages({ window: DAY, parts: PARTS, slots }, decodeIds)) if (event.type === 'page') break;
    expect(taken()).toBe(0);
  });

  it('that was begun as a whole is read as a whole, whatever parts are named', async () => {
    const { server, source } = await linked();
    const { positions } = await readAll(source, {}, 1);
    const before = server.journal.length;
    expect((await readAll(source, { position: positions[0]!, ...inParts() })).ids).toEqual(['00/1', '00/2']);
    expect(server.journal.slice(before).every((r) => r.method === 'GET')).toBe(true);
  });

  it('tells which pages come at once: after one that is followed comes a page, and nothing is asked for in between', async () => {
    const { server, source } = await linked();
    let [followed, asked, followers] = [false, 0, 0];
    for await (const event of source.pages({ window: DAY, ...inParts(4) }, decodeIds)) {
      if (followed) {
        expect([event.type, server.journal.length]).toEqual(['page', asked]);
        followers++;
      }
      followed = event.type === 'page' && event.isFollowed === true;
      // Whoever is slow gets several at once.
      if (!followed) await turns();
      asked = server.journal.length;
    }
    expect(followed).toBe(false);
    expect(followers).toBeGreaterThan(2);
  });

  it('asks for nothing more once a part has failed, however slow the consumer is, and hands out what had come', async () => {
    const { server, source } = await linked();
    server.script((request) => (request.url.includes('at=06/1') ? refusal(501) : linkedPage(request)));
    let askedWhenFailed = 0;
    const seen: string[] = [];
    const error = await failure(
      (async () => {
        for await (const event of source.pages({ window: DAY, ...inParts() }, decodeIds)) {
          if (event.type === 'page') seen.push(...event.content);
          await turns();
          if (askedWhenFailed === 0 && server.journal.some((r) => r.url.includes('at=06/1'))) askedWhenFailed = server.journal.length;
        }
      })(),
    );
    expect(error).toBeInstanceOf(HttpError);
    // What the other reader had asked for already came with the refusal.
    expect(server.journal.length).toBeLessThanOrEqual(askedWhenFailed + 1);
    expect(seen).toContain('06/0');
    expect(seen.some((id) => id.startsWith('18'))).toBe(false);
  });

  it('hands out what had come, and the jobs that were made, also where a part fails while the consumer saves', async () => {
    let saves = (): void => undefined;
    const saving = new Promise<void>((resolve) => { saves = resolve; });
    const released: Position[] = [];
    const { source } = await linked();
    const parts = withParts({
      ...source,
      async *pages({ window }) {
        const position: Position = { kind: 'next-page-url', from: window.startMs, to: window.endMs, jobId: `job-${String(PARTS.findIndex(({ startMs }) => startMs === window.startMs))}` };
        if (position['jobId'] !== 'job-0') await saving;
        if (position['jobId'] === 'job-1') throw new HttpError('it is out of order');
        yield { type: 'position', position };
      },
      release: async (position) => void released.push(position),
    });
    let saved = '';
    const error = await failure(
      (async () => {
        for await (const { position } of parts.pages({ window: DAY, ...inParts(3) }, decodeIds)) {
          saved = JSON.stringify(position);
          saves();
          await turns();
        }
      })(),
    );
    expect(error).toBeInstanceOf(HttpError);
    expect(saved).toContain('job-2');
    expect(JSON.stringify(released)).not.toContain('job-2');
  });

  it('is read as a whole where there is one part', async () => {
    const { server, source } = await linked();
    await readAll(source, { parts: [PARTS[0]!], slots: room(8).slots }, 1);
    expect((JSON.parse(server.journal[0]!.body) as { dateRange: { to: string } }).dateRange.to).toBe('2026-01-06T00:00:00.000Z');
  });

  it('fails with what one part fails with, and nothing is asked for afterwards', async () => {
    const { server, source } = await linked();
    server.script((request) => (request.url.includes('at=06/1') ? refusal(404) : linkedPage(request)));
    const error = await failure(readAll(source, { ...inParts(4) }));
    expect(error).toBeInstanceOf(PositionGoneError);
    expect(error.message).toContain('from 2026-01-05T06:00:00.000Z, page 2');
    // Nothing goes on behind the caller's back.
    const asked = server.journal.length;
    await turns();
    expect(server.journal.length).toBe(asked);
  });

  it('whose links an earlier run was given and nobody knows any more begins those parts anew, and no others', async () => {
    const { server, source } = await linked();
    // Two parts are read, of a third one page is taken.
    const { positions, ids } = await readAll(source, { parts: PARTS, slots: room(2).slots }, 2 * PAGES + 1);
    const position = positions.at(-1)!;
    const begun = (position['parts'] as readonly Position[]).length;
    const before = server.journal.length;
    let restarted = false;
    server.script((request) => {
      if (request.method === 'POST') restarted = true;
      return restarted ? linkedPage(request) : refusal(404);
    });
    const reading = await readAll(source, { position, slots: room(1).slots });
    expect(begun).toBeGreaterThan(0);
    expect(reading.restarts).toHaveLength(1);
    expect(reading.restarts[0]).toContain('page 2');
    expect(sorted([...new Set([...ids, ...reading.ids])])).toEqual(ALL);
    // Neither what was read to its end, nor more than one part's first page twice.
    expect(reading.ids.length).toBeLessThanOrEqual(ALL.length - ids.length + 1);
    expect(server.journal.length - before).toBe(reading.ids.length + 1);
  });

  it('is given up by a part whose link is gone that this run was given, and by one that is gone twice', async () => {
    const { server, source } = await linked();
    const { positions } = await readAll(source, { parts: PARTS, slots: room(2).slots }, 2);
    server.script((request) => (request.method === 'GET' ? refusal(404) : linkedPage(request)));
    expect(await failure(readAll(source, { position: positions.at(-1)! }))).toBeInstanceOf(PositionGoneError);
  });

  it.each([
    ['circles', (request: JournalEntry): Directive => (request.url.includes('at=12/1') ? { json: { entities: bare('x'), nextPageUrl: '/api/v2/next?at=12/1' } } : linkedPage(request)), LinkError],
    ['refusals', (request: JournalEntry): Directive => (request.body.includes('T12:00:00.000Z","to"') ? refusal(400) : linkedPage(request)), RequestRefusedError],
    ['answers that never come right', (request: JournalEntry): Directive => (request.url.includes('at=12/2') ? refusal(503) : linkedPage(request)), HttpError],
  ])('notices %s in a part as it does in a whole', async (_name, answer, kind) => {
    const { server, source } = await linked();
    server.script(answer);
    expect(await failure(readAll(source, inParts()))).toBeInstanceOf(kind);
  });

  it.each<[string, Position]>([
    ['of another protocol', { kind: 'job-cursor', from: DAY.startMs, to: DAY.endMs, parts: [], waiting: [] }],
    ['of another window', { kind: 'next-page-url', from: DAY.startMs + 1, to: DAY.endMs, parts: [], waiting: [] }],
    ['whose parts are damaged', { kind: 'next-page-url', from: DAY.startMs, to: DAY.endMs, parts: [{ kind: 'next-page-url' }], waiting: [] }],
    ['whose rest is damaged', { kind: 'next-page-url', from: DAY.startMs, to: DAY.endMs, parts: [], waiting: [[1]] }],
  ])('takes a position %s for one that is gone', async (_name, position) => {
    const { server, source } = await linked();
    const error = await failure((async () => readAll(source, { position }))());
    expect(error).toBeInstanceOf(PositionGoneError);
    expect(server.journal).toHaveLength(0);
  });

  it('can be stopped, and ends what it has under way', async () => {
    const { server, source } = await linked();
    const controller = new AbortController();
    const reason = new Error('stop');
    server.script((request) => {
      if (server.journal.length === 5) controller.abort(reason);
      return linkedPage(request);
    });
    expect(await failure(readAll(source, { ...inParts(), signal: controller.signal }))).toBeInstanceOf(InterruptedError);
    const asked = server.journal.length;
    await turns();
    expect(server.journal.length).toBe(asked);
  });
});

describe('parts that are jobs', () => {
  const jobs = (answer: (request: JournalEntry) => Directive | undefined = () => undefined): ((request: JournalEntry) => Directive) => {
    let made = 0;
    return (request) => {
      const other = answer(request);
      if (other !== undefined) return other;
      if (request.method === 'POST') return { status: 202, json: { jobId: `job-${String(made++)}-${(JSON.parse(request.body) as { interval: string }).interval.slice(11, 13)}` } };
      if (request.method === 'DELETE') return { status: 200, json: {} };
      const [, hour = ''] = /job-\d+-(\d\d)/.exec(request.url) ?? [];
      if (!request.url.includes('/results')) return { json: { state: 'FULFILLED' } };
      const page = Number(new URL(request.url, 'http://x').searchParams.get('cursor') ?? 0);
      return { json: { conversations: bare(`${hour}/${String(page)}`), ...(page + 1 < PAGES ? { cursor: String(page + 1) } : {}) } };
    };
  };
  const ids = (requests: readonly JournalEntry[], method: string): string[] => sorted(requests.filter((r) => r.method === method).map((r) => /job-\d+-\d\d/.exec(r.url)?.[0] ?? r.url));

  it('are read whole, and each job is given back as soon as it is read', async () => {
    const { server, client } = await apiBench();
    server.script(jobs());
    const reading = await readAll(client.source(sourceOptions('job-cursor')), inParts());
    expect(sorted(reading.ids)).toEqual(ALL);
    let [held, most] = [0, 0];
    for (const { method, url } of server.journal) {
      if (method === 'POST' && url === JOBS) held++;
      if (method === 'DELETE') held--;
      most = Math.max(most, held);
    }
    expect([held, most]).toEqual([0, 2]);
  });

  it('go on from any saved position without a job being made again, and release gives back all that a position holds', async () => {
    const { server, client } = await apiBench();
    server.script(jobs());
    const source = client.source(sourceOptions('job-cursor'));
    const { positions, ids: all } = await readAll(source, inParts());
    const pages = positions.map((_, i) => i);
    for (const i of pages) {
      const position = positions[i]!;
      const begun = (position['parts'] as readonly Position[]).map(({ jobId }) => String(jobId));
      const before = server.journal.length;
      const reading = await readAll(source, { position, slots: room(4).slots });
      const known = new Set(reading.ids);
      expect(all.filter((id) => !known.has(id)).length + reading.ids.length).toBe(all.length);
      expect(server.journal.slice(before).filter((r) => r.method === 'POST')).toHaveLength((position['waiting'] as readonly unknown[]).length);
      const released = server.journal.length;
      await source.release(position, undefined);
      expect(ids(server.journal.slice(released), 'DELETE')).toEqual(sorted(begun));
    }
  });

  it('that nobody has saved the id of are given back when the reading is given up', async () => {
    const { server, client } = await apiBench();
    server.script(jobs());
    let answered = 0;
    const source = client.source(sourceOptions('job-cursor'), (send) => async (request, signal) => {
      const response = await send(request, signal);
      answered++;
      return response;
    });
    let saved = '';
    for await (const { position } of source.pages({ window: DAY, ...inParts() }, decodeIds)) {
      saved = JSON.stringify(position);
      // Both jobs are made; the second one's id waits to be handed out.
      while (answered < 2) await new Promise((resolve) => setImmediate(resolve));
      break;
    }
    const given = ids(server.journal, 'DELETE');
    expect(server.journal.filter((r) => r.method === 'POST')).toHaveLength(2);
    expect(given).toHaveLength(1);
    expect(saved).not.toContain(given[0]);
  });
  /** A clock whose seconds of patience never pass. */
  const patientClock = (): ManualClock => {
    const clock = createManualClock({ auto: true });
    return { ...clock, sleep: (ms, signal) => (ms === 5_000 ? new Promise((_, reject) => signal?.addEventListener('abort', () => { reject(new Error('no longer')); })) : clock.sleep(ms, signal)) };
  };

  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])('are all known when the run is stopped at request %i: none that was made is forgotten', async (at) => {
    const { server, client } = await apiBench({}, patientClock());
    const controller = new AbortController();
    const answer = jobs();
    server.script((request) => {
      if (server.journal.length === at) controller.abort();
      return answer(request);
    });
    let saved: Position | undefined;
    await failure(
      (async () => {
        for await (const { position } of client.source(sourceOptions('job-cursor')).pages({ window: DAY, ...inParts(3), signal: controller.signal }, decodeIds)) saved = position;
        throw new Error('it came to its end');
      })(),
    );
    const made = server.journal.filter((r) => r.method === 'POST').length;
    const given = server.journal.filter((r) => r.method === 'DELETE').length;
    const kept = JSON.stringify(saved ?? {}).match(/"jobId":"job-/g)?.length ?? 0;
    expect(made).toBeGreaterThan(0);
    expect(kept).toBe(made - given);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14])('of several slices are all known when the run is stopped while event %i is saved', async (at) => {
    const { server, client } = await apiBench({}, patientClock());
    const controller = new AbortController();
    server.script(jobs());
    let saved: Position | undefined;
    let events = 0;
    await failure(
      (async () => {
        const source = client.source(sourceOptions('job-cursor', { maxIntervalMs: 3 * HOUR_MS }));
        for await (const { position } of source.pages({ window: DAY, ...inParts(3), signal: controller.signal }, decodeIds)) {
          if (++events === at) controller.abort();
          // The disk is waited for.
          await turns();
          saved = position;
        }
        throw new Error('it came to its end');
      })(),
    );
    const given = new Set(ids(server.journal, 'DELETE'));
    const made = server.journal.filter((r) => r.method === 'POST').map((r, i) => `job-${String(i)}-${(JSON.parse(r.body) as { interval: string }).interval.slice(11, 13)}`);
    expect(made.length).toBeGreaterThan(0);
    const kept = JSON.stringify(saved ?? {});
    expect(made.filter((id) => !given.has(id) && !kept.includes(id))).toEqual([]);
  });

  it('are all known when one part fails while the job of another is being made', async () => {
    const { server, client } = await apiBench({}, patientClock());
    server.script(jobs((request) => (request.method === 'POST' && request.body.includes('T06:00:00.000Z/') ? refusal(400) : undefined)));
    let saved: Position | undefined;
    const error = await failure(
      (async () => {
        for await (const { position } of client.source(sourceOptions('job-cursor')).pages({ window: DAY, ...inParts() }, decodeIds)) saved = position;
      })(),
    );
    expect(error).toBeInstanceOf(RequestRefusedError);
    expect(JSON.stringify(saved)).toContain('"jobId":"job-0-00"');
  });

  it('that an earlier run made count as read while they are polled: whoever waits for a place waits for them', async () => {
    const { server, client, clock } = await apiBench();
    const position: Position = {
      kind: 'job-cursor', from: DAY.startMs, to: DAY.endMs, waiting: [[PARTS[1]!.startMs, DAY.endMs]],
      parts: [{ kind: 'job-cursor', from: DAY.startMs, to: PARTS[0]!.endMs, slices: [[DAY.startMs, PARTS[0]!.endMs]], jobId: 'job-9-00', page: 0, cursor: null, pageSize: 100 }],
    };
    const answer = jobs();
    let isHeld = true;
    server.script((request) => {
      if (request.method === 'POST' && isHeld) return { status: 429, headers: { 'retry-after': '30' }, json: { message: 'maximum [1] concurrent jobs', status: 429, limit: { key: 'details.jobs.concurrent.access.max' } } };
      if (request.method === 'DELETE') isHeld = false;
      // The job of the earlier run takes the API half an hour.
      if (request.url.endsWith('/job-9-00') && request.method === 'GET' && clock.monotonicMs() < 30 * 60_000) return { json: { state: 'RUNNING' } };
      return answer(request);
    });
    expect((await readAll(client.source(sourceOptions('job-cursor')), { position, slots: room(2).slots })).ids).toHaveLength(2 * PAGES);
  });

  it('wait for each other where the organisation may have fewer, however long that takes', async () => {
    const { server, client, clock } = await apiBench();
    let held = 0;
    const answer = jobs();
    server.script((request) => {
      if (request.method === 'POST') {
        if (held > 0) return { status: 429, headers: { 'retry-after': '30' }, json: { message: 'maximum [1] concurrent jobs', status: 429, limit: { key: 'details.jobs.concurrent.access.max' } } };
        held++;
      }
      if (request.method === 'DELETE') held--;
      return answer(request);
    });
    // Each page takes minutes, more than ten for a part.
    const source = client.source(sourceOptions('job-cursor'), (send) => async (request, signal) => {
      if (request.url.includes('/results')) await clock.sleep(400_000, signal);
      return send(request, signal);
    });
    expect(sorted((await readAll(source, inParts())).ids)).toEqual(ALL);
  });
});
