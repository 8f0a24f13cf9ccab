import { afterEach, describe, expect, it } from 'vitest';
import { SinkError } from '../../src/model/errors.js';
import { createMemoryPool } from '../../src/model/memoryPool.js';
import type { Lanes, TableJob } from '../../src/run/lanes.js';
import { threadLanes } from '../../src/run/threadLanes.js';
import { scriptedLane } from '../support/scriptedLane.js';

const open: Lanes[] = [];
/** Nothing stops. */
const never = new AbortController().signal;
const start = (threads: number, encodeLooks = (): never => { throw new Error('not asked for'); }): Lanes => {
  const lanes = threadLanes({ module: scriptedLane, data: undefined, threads, memory: createMemoryPool(), encodeLooks, onAllRead: () => undefined });
  open.push(lanes);
  return lanes;
};
afterEach(async () => {
  await Promise.all(open.splice(0).map((lanes) => lanes.close()));
});

const table = (name: TableJob['table'], attemptId: string, conversations = 10_000): TableJob => ({
  table: name, format: 'parquet', attemptId, partition: 'dt=2026-01-05', order: { blocks: { files: [], places: new Uint32Array(0) }, first: 0, count: conversations, entries: new Uint32Array(0) }, piece: { index: 0, of: 1 },
});
/** How many threads answered. */
const threadsOf = (answers: readonly unknown[]): number => new Set(answers.map((answer) => (answer as { readonly thread: number }).thread)).size;
/** What came of each, in the order they came. */
const writeAll = async (lanes: Lanes, jobs: readonly TableJob[]): Promise<readonly string[]> => {
  const ended: string[] = [];
  const end = (what: string) => () => { ended.push(what); };
  await Promise.all(jobs.map((job) => lanes.writeTable(job, never).then(end(job.table), end(`${job.table} failed`))));
  return ended;
};

describe('lane threads', () => {
  it('write one table at a time each', async () => {
    const lanes = start(2);
    const jobs = (['conversations', 'participants', 'sessions', 'segments', 'session_metrics'] as const).map((name) => table(name, '5'));
    const written = await Promise.all(jobs.map((job) => lanes.writeTable(job, never)));
    expect(written.flat()).toEqual(jobs.map((job) => ({ table: job.table, atOnce: 1, thread: expect.any(Number) as number })));
  });

  it('take the next table as soon as one of them has none: short ones do not wait behind a long one', async () => {
    const ended = await writeAll(start(2), [table('segments', '400'), table('conversations', '5'), table('participants', '5'), table('sessions', '5')]);
    expect(ended).toEqual(['conversations', 'participants', 'sessions', 'segments']);
  });

  it('write what they have begun when the run is to stop, and begin no other', async () => {
    const lanes = start(1);
    const controller = new AbortController();
    const reason = new Error('stop');
    const begun = lanes.writeTable(table('segments', '20'), controller.signal);
    const waiting = lanes.writeTable(table('sessions', '5'), controller.signal);
    const refused = expect(waiting).rejects.toBe(reason);
    controller.abort(reason);
    expect(await begun).toHaveLength(1);
    await refused;
    expect(await lanes.writeTable(table('participants', '5'), never)).toHaveLength(1);
  });

  it('go on after a table that failed', async () => {
    const lanes = start(1);
    expect(await writeAll(lanes, [table('conversations', 'fails'), table('participants', '1')])).toEqual(['conversations failed', 'participants']);
    await expect(lanes.writeTable(table('sessions', 'fails'), never)).rejects.toThrow(SinkError);
  });

  it('are no more than the work is worth: few pages and small tables wait for the first', async () => {
    const pagesAtOnce = async (lanes: Lanes, count: number): Promise<unknown[]> => Promise.all(Array.from({ length: count }, () => lanes.decodePage(new Uint8Array(64), 'next-page-url', 'page')));
    const lanes = start(3);
    lanes.prepare();
    lanes.prepare();
    expect(threadsOf(await pagesAtOnce(lanes, 4))).toBe(1);
    const small = (['conversations', 'participants', 'sessions'] as const).map((name) => table(name, '5', 3000));
    const written = (await Promise.all(small.map((job) => lanes.writeTable(job, never)))).flat();
    expect(threadsOf(written)).toBe(1);
    expect(written).toEqual(small.map((job) => expect.objectContaining({ table: job.table, atOnce: 1 }) as unknown));
    // The others start with these, and take pages as soon as they have started.
    await pagesAtOnce(lanes, 12);
    await expect.poll(async () => threadsOf(await pagesAtOnce(lanes, 12)), { timeout: 5000, interval: 20 }).toBe(3);
    const others = start(3);
    const large = (['conversations', 'participants', 'sessions'] as const).map((name) => table(name, '50'));
    expect(threadsOf((await Promise.all(large.map((job) => others.writeTable(job, never)))).flat())).toBe(3);
  });

  it('are started for many small tables together, and for what waits behind a small one', async () => {
    const small = (['conversations', 'participants', 'sessions', 'segments'] as const).map((name) => table(name, '60', 4000));
    const many = start(2);
    many.prepare();
    expect(threadsOf((await Promise.all(small.map((job) => many.writeTable(job, never)))).flat())).toBe(2);
    const mixed = start(4);
    mixed.prepare();
    const jobs = [...small.slice(0, 2), ...(['segments', 'sessions', 'participants'] as const).map((name) => table(name, '60', 1_000_000))];
    expect(threadsOf((await Promise.all(jobs.map((job) => mixed.writeTable(job, never)))).flat())).toBe(4);
  });

  it('that pages were started for write tables that wait, too', async () => {
    const lanes = start(3);
    lanes.prepare();
    const small = (['conversations', 'participants', 'sessions'] as const).map((name) => table(name, '200', 1000));
    const written = Promise.all(small.map((job) => lanes.writeTable(job, never)));
    await Promise.all(Array.from({ length: 12 }, () => lanes.decodePage(new Uint8Array(64), 'next-page-url', 'page')));
    expect(threadsOf((await written).flat())).toBe(3);
  });

  it('answer pages while tables are written', async () => {
    const lanes = start(1);
    const writing = lanes.writeTable(table('segments', '300'), never);
    let isWritten = false;
    void writing.then(() => { isWritten = true; });
    expect(await lanes.decodePage(new Uint8Array(64), 'next-page-url', 'page 1')).toMatchObject({ bytes: 64 });
    expect(isWritten).toBe(false);
    await writing;
  });

  it('that die leave nothing waiting', async () => {
    const ended = await writeAll(start(1), [table('conversations', 'dies'), table('participants', '1'), table('sessions', '1')]);
    expect(ended).toEqual(['conversations failed', 'participants failed', 'sessions failed']);
  });

  it('encode looks where one runs; without any they are encoded here', async () => {
    const lanes = start(2, () => Promise.resolve(Uint8Array.of(99)) as never);
    expect(await lanes.encodeLooks([])).toEqual(Uint8Array.of(99));
    lanes.prepare();
    expect(await lanes.encodeLooks([])).toEqual(Uint8Array.of(0));
    expect(await writeAll(lanes, [table('conversations', 'dies')])).toEqual(['conversations failed']);
    expect(await lanes.encodeLooks([])).toEqual(Uint8Array.of(99));
  });
});
