import { appendFile, cp, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FileOps } from '../../src/model/files.js';
import type { Journal, JournalStore, PageFacts } from '../../src/model/journal.js';
import { createNodeFiles } from '../../src/sink/nodeFiles.js';
import { createJournalStore } from '../../src/state/journalStore.js';
import { failNth, type FailingFiles } from '../support/failingFiles.js';
import { createManualClock } from '../support/manualClock.js';

const ATTEMPT = 'a'.repeat(32);
const PARTITION = 'dt=2026-01-05';
const REQUEST = 'r'.repeat(64);

let root: string;
let clock: ReturnType<typeof createManualClock>;
const warnings: string[] = [];
/** A process that dies closes its files; a test must do it. */
const opened: Journal[] = [];
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'gcx-journal-'));
  clock = createManualClock();
  warnings.length = 0;
});
afterEach(async () => {
  for (const journal of opened.splice(0)) await journal.close();
  await rm(root, { recursive: true, force: true });
});

const open = (files: FileOps = createNodeFiles({ fileMode: 0o600, dirMode: 0o700 })): JournalStore =>
  createJournalStore({
    files,
    clock,
    jobFolder: root,
    log: { debug: () => undefined, info: () => undefined, warn: (event) => void warnings.push(event), error: () => undefined },
  });
const folder = (): string => join(root, '_journal', ATTEMPT);
const create = async (files?: FileOps): Promise<Journal> => {
  const journal = await open(files).create({ attemptId: ATTEMPT, partition: PARTITION, requestHash: REQUEST, sourceAsOf: { ms: 1, origin: 'date-header' } });
  opened.push(journal);
  return journal;
};
const resume = async (files?: FileOps): Promise<Journal | undefined> => {
  const journal = await open(files).resume(PARTITION, REQUEST);
  if (journal !== undefined) opened.push(journal);
  return journal;
};
const facts = (n: number, generation = 0): PageFacts => ({ position: { page: n }, generation, fetched: n, replacedText: 0, repeatedKeys: 0, rejects: [] });
const block = (n: number): Uint8Array => new Uint8Array(64).fill(n);
const pagesOf = async (journal: Journal): Promise<number[]> => {
  const found: number[] = [];
  for await (const page of journal.pages()) {
    expect(page.block).toEqual(block(page.facts.fetched));
    found.push(page.facts.fetched);
  }
  return found;
};

describe('the page journal', () => {
  it('gives back every page and the position after the last', async () => {
    const journal = await create();
    for (const n of [1, 2, 3]) await journal.append(block(n), facts(n));
    // No close: the process died here.
    const found = (await resume())!;
    expect(await pagesOf(found)).toEqual([1, 2, 3]);
    expect(found.position).toEqual({ page: 3 });
    expect(found.ended).toBe(false);
    await found.append(block(4), facts(4));
    const again = (await resume())!;
    expect(await pagesOf(again)).toEqual([1, 2, 3, 4]);
  });

  it('finds a block where append said it would be', async () => {
    const journal = await create();
    await journal.append(block(1), facts(1));
    const ref = await journal.append(block(2), facts(2));
    const bytes = await readFile(ref.file);
    expect(new Uint8Array(bytes.subarray(ref.offset, ref.offset + ref.length))).toEqual(block(2));
    expect(ref.offset % 8).toBe(0);
  });

  it('keeps a position that has no page, and knows the end', async () => {
    const journal = await create();
    await journal.savePosition({ jobId: 'j' }, false);
    expect((await resume())!.position).toEqual({ jobId: 'j' });
    await journal.append(block(1), facts(1));
    await journal.savePosition({ page: 1 }, true);
    const found = (await resume())!;
    expect([found.ended, found.position]).toEqual([true, { page: 1 }]);
  });

  it('seals a segment after a minute, so that a reader after a crash need not trust its tail', async () => {
    const journal = await create();
    await journal.append(block(1), facts(1));
    await clock.advance(60_000);
    await journal.append(block(2), facts(2));
    await journal.append(block(3), facts(3));
    expect((await readdir(folder())).filter((name) => name.startsWith('seg-'))).toEqual(['seg-00001', 'seg-00002']);
    expect(await pagesOf((await resume())!)).toEqual([1, 2, 3]);
  });

  it('starts over where the API forgot the position, and keeps its pages', async () => {
    const journal = await create();
    await journal.append(block(1), facts(1));
    await journal.restart();
    const found = (await resume())!;
    expect([found.position, found.generation]).toEqual([undefined, 1]);
    expect(await pagesOf(found)).toEqual([1]);
  });

  it('that starts over has not ended, whatever it had come to', async () => {
    const journal = await create();
    await journal.append(block(1), facts(1));
    await journal.savePosition({ page: 1 }, true);
    await journal.restart({ page: 9 });
    expect(journal.ended).toBe(false);
    const found = (await resume())!;
    expect([found.ended, found.position]).toEqual([false, { page: 9 }]);
  });

  it('knows by its pages how often it was started over, where the checkpoint is older', async () => {
    const journal = await create();
    await journal.append(block(1), facts(1, 2));
    expect(journal.generation).toBe(0);
    expect((await resume())!.generation).toBe(2);
  });

  it('cut at any length of the open segment keeps the whole pages before the cut', async () => {
    const journal = await create();
    const ends: number[] = [];
    for (const n of [1, 2]) {
      const ref = await journal.append(block(n), facts(n));
      ends.push(ref.offset + ref.length);
    }
    const path = join(folder(), 'seg-00001');
    const whole = await readFile(path);
    const checkpoint = await readFile(join(folder(), 'checkpoint.json'));
    for (let length = 0; length <= whole.length; length += 7) {
      await rm(folder(), { recursive: true });
      await create();
      await writeFile(join(folder(), 'checkpoint.json'), checkpoint);
      await writeFile(path, whole);
      await truncate(path, length);
      const found = (await resume())!;
      const kept = ends.filter((end) => end <= length).length;
      expect(await pagesOf(found)).toEqual([1, 2].slice(0, kept));
      expect(found.position).toEqual(kept === 0 ? undefined : { page: kept });
    }
  });

  it('never takes a changed byte of a sealed segment for a page', async () => {
    const journal = await create();
    await journal.append(block(1), facts(1));
    await journal.savePosition({ page: 1 }, false);
    await clock.advance(60_000);
    await journal.append(block(2), facts(2));
    const path = join(folder(), 'seg-00001');
    const whole = await readFile(path);
    const checkpoint = await readFile(join(folder(), 'checkpoint.json'));
    for (let at = 0; at < whole.length; at += 5) {
      await rm(join(root, '_journal'), { recursive: true });
      await create();
      const bytes = Buffer.from(whole);
      bytes[at]! ^= 0x10;
      await writeFile(path, bytes);
      await writeFile(join(folder(), 'checkpoint.json'), checkpoint);
      expect(await resume()).toBeUndefined();
      expect(await readdir(join(root, '_journal'))).toEqual([`${ATTEMPT}.damaged`]);
    }
  });

  it('sets a journal aside whose checkpoint has any byte changed', async () => {
    await (await create()).append(block(1), facts(1));
    const checkpoint = await readFile(join(folder(), 'checkpoint.json'));
    for (let at = 0; at < checkpoint.length; at += 3) {
      await rm(join(root, '_journal'), { recursive: true });
      await create();
      const bytes = Buffer.from(checkpoint);
      bytes[at]! ^= 1;
      await writeFile(join(folder(), 'checkpoint.json'), bytes);
      expect(await resume()).toBeUndefined();
    }
    await rm(folder(), { recursive: true, force: true });
    await rm(`${folder()}.damaged`, { recursive: true, force: true });
    await (await create()).append(block(1), facts(1));
    await appendFile(join(folder(), 'checkpoint.json'), '\n');
    expect(await resume()).toBeUndefined();
    expect(new Set(warnings)).toEqual(new Set(['journal set aside']));
  });

  it('that was set aside is kept for those who look into it, until it is forgotten', async () => {
    const journal = await create();
    await journal.append(block(1), facts(1));
    await appendFile(join(folder(), 'checkpoint.json'), 'x');
    const [found] = await open().attempts(0);
    expect(found).toBeUndefined();
    expect(await readdir(join(root, '_journal'))).toEqual([`${ATTEMPT}.damaged`]);
    await open().attempts(Date.now() - 60_000);
    expect(await readdir(join(root, '_journal'))).toEqual([`${ATTEMPT}.damaged`]);
    await open().attempts(Date.now() + 60_000);
    expect(await readdir(join(root, '_journal'))).toEqual([]);
  });

  it('of another request is removed, what it holds at the API given back, and of another partition left alone', async () => {
    const journal = await create();
    await journal.savePosition({ jobId: 'j' }, false);
    const released: unknown[] = [];
    await open().resume(PARTITION, 'x'.repeat(64), (position) => Promise.resolve(void released.push(position)));
    expect([released, await readdir(join(root, '_journal'))]).toEqual([[{ jobId: 'j' }], []]);
    await create();
    expect(await open().resume('dt=2026-01-06', REQUEST)).toBeUndefined();
    expect(await readdir(join(root, '_journal'))).toEqual([ATTEMPT]);
    expect(await open().resume(PARTITION, 'x'.repeat(64))).toBeUndefined();
    expect(await readdir(join(root, '_journal'))).toEqual([]);
  });

  it('of a partition under way is never looked at by the others of the same run, however half it is', async () => {
    const store = open();
    opened.push(await store.create({ attemptId: ATTEMPT, partition: PARTITION, requestHash: REQUEST, sourceAsOf: { ms: 1, origin: 'date-header' } }));
    await rm(join(folder(), 'checkpoint.json'));
    expect(await store.resume('dt=2026-01-06', REQUEST)).toBeUndefined();
    expect(await readdir(join(root, '_journal'))).toEqual([ATTEMPT]);
    expect(warnings).toEqual([]);
  });

  it('is given again to its own partition, which tries once more in the same run', async () => {
    const first = await create();
    await first.append(block(1), facts(1));
    await first.close();
    const store = open();
    for (let tries = 0; tries < 2; tries++) {
      const journal = await store.resume(PARTITION, REQUEST);
      expect([journal?.attemptId, await pagesOf(journal!)]).toEqual([ATTEMPT, [1]]);
      await journal!.close();
    }
  });

  it('of each partition is found, though the others of the run take and discard theirs meanwhile', async () => {
    const partitions = Array.from({ length: 24 }, (_, day) => ({ partition: `dt=2026-01-${String(day + 1).padStart(2, '0')}`, attemptId: day.toString(16).padStart(32, '0') }));
    for (const each of partitions) await (await open().create({ ...each, requestHash: REQUEST, sourceAsOf: { ms: 1, origin: 'date-header' } })).close();
    const store = open();
    const found = await Promise.all(
      partitions.map(async ({ partition }) => {
        const journal = await store.resume(partition, REQUEST);
        await journal?.discard();
        return journal?.attemptId;
      }),
    );
    expect(found).toEqual(partitions.map(({ attemptId }) => attemptId));
    expect(warnings).toEqual([]);
    expect(await readdir(join(root, '_journal'))).toEqual([]);
  });

  it('that a kill left half removed is removed, never set aside as damaged', async () => {
    const journal = await create();
    await journal.append(block(1), facts(1));
    const files = createNodeFiles({ fileMode: 0o600, dirMode: 0o700 });
    for (let allowed = 0; ; allowed++) {
      let left = allowed;
      const upTo = async (work: () => Promise<void>): Promise<void> => {
        if (left-- === 0) throw new Error('killed');
        await work();
      };
      const dying = { ...files, unlink: (path: string) => upTo(() => files.unlink(path)), removeFolder: (path: string) => upTo(() => files.removeFolder(path)) };
      await mkdir(join(root, String(allowed), '_journal'), { recursive: true });
      await cp(folder(), join(root, String(allowed), '_journal', ATTEMPT), { recursive: true });
      const log = { debug: () => undefined, info: () => undefined, warn: (event: string) => void warnings.push(event), error: () => undefined };
      const store = (given: typeof files) => createJournalStore({ files: given, clock, jobFolder: join(root, String(allowed)), log });
      const killed = await store(dying).discard(ATTEMPT).then(() => false, () => true);
      expect(await store(files).attempts(0)).toEqual([]);
      expect(await readdir(join(root, String(allowed), '_journal'))).toEqual([]);
      if (killed) continue;
      expect(allowed).toBe(3);
      break;
    }
    expect(warnings).toEqual([]);
  });

  it('has files beside its pages that are one run’s alone: made anew by the next, no part of the pages, and gone with the journal', async () => {
    const journal = await create();
    await journal.append(block(1), facts(1));
    const first = await journal.scratch('index');
    await first.file.write(Buffer.from('of the first run'));
    await journal.close();
    const next = await resume();
    const again = await next!.scratch('index');
    expect(again.path).toBe(first.path);
    await again.file.write(Buffer.from('next'));
    expect(await readFile(again.path, 'utf8')).toBe('next');
    expect(await pagesOf(next!)).toEqual([1]);
    await next!.discard();
    expect(await readdir(join(root, '_journal'))).toEqual([]);
  });

  it('says where and what to do when such a file is refused', async () => {
    const journal = await create();
    await rm(folder(), { recursive: true });
    await expect(journal.scratch('index')).rejects.toMatchObject({ name: 'SinkError', message: expect.stringContaining('(ENOENT)') as unknown });
    await mkdir(folder());
  });

  it('is gone when it is discarded', async () => {
    const journal = await create();
    await journal.append(block(1), facts(1));
    await journal.discard();
    expect(await readdir(join(root, '_journal'))).toEqual([]);
  });
});

describe('what is durable', () => {
  const watched = (): FailingFiles => failNth(createNodeFiles({ fileMode: 0o600, dirMode: 0o700 }));
  /** Writes and syncs of segments, and checkpoints taking effect, from a call on. */
  const steps = (files: FailingFiles, since = 0): string[] =>
    files.calls.slice(since).flatMap(({ operation, path, to = '' }) => (path.includes('seg-') && /write|sync|truncate/i.test(operation) ? [operation] : to.endsWith('checkpoint.json') ? ['checkpoint'] : []));

  it('is a page once it is appended, and of pages that follow each other all once the last of them is', async () => {
    const files = watched();
    const journal = await create(files);
    const since = files.calls.length;
    await journal.append(block(1), facts(1));
    await journal.append(block(2), facts(2), true);
    await journal.append(block(3), facts(3), true);
    await journal.append(block(4), facts(4));
    expect(steps(files, since)).toEqual(['write', 'dataSync', 'write', 'dataSync']);
    expect(journal.position).toEqual({ page: 4 });
    await journal.close();
    expect(await pagesOf((await resume())!)).toEqual([1, 2, 3, 4]);
  });

  it('is the name of a segment before the first page in it counts', async () => {
    const files = watched();
    const journal = await create(files);
    const since = files.calls.length;
    await journal.append(block(1), facts(1));
    expect(files.calls.slice(since).map(({ operation, path }) => [operation, path.slice(folder().length)])).toEqual([['open', '/seg-00001'], ['syncFolder', ''], ['write', '/seg-00001'], ['dataSync', '/seg-00001']]);
  });

  it('is a segment before a checkpoint relies on it, also one whose last pages an earlier run wrote and did not sync', async () => {
    const first = await create(failNth(createNodeFiles({ fileMode: 0o600, dirMode: 0o700 }), { operation: 'dataSync', n: 2, code: 'EIO', mode: 'before' }));
    await first.append(block(1), facts(1));
    await expect(first.append(block(2), facts(2))).rejects.toThrow('EIO');
    await first.close();
    const files = watched();
    expect(await pagesOf((await resume(files))!)).toEqual([1, 2]);
    const taken = steps(files);
    expect(taken.indexOf('sync')).toBeGreaterThanOrEqual(0);
    expect(taken.indexOf('sync')).toBeLessThan(taken.indexOf('checkpoint'));
  });

  it('is not yet a page that is followed when the journal is closed: it is asked for again', async () => {
    const journal = await create();
    await journal.append(block(1), facts(1));
    await journal.append(block(2), facts(2), true);
    await journal.close();
    const again = (await resume())!;
    expect(await pagesOf(again)).toEqual([1]);
    expect(again.position).toEqual({ page: 1 });
  });

  it('are pages that are followed, where they are many bytes, and before a position without a page is saved', async () => {
    const files = watched();
    const journal = await create(files);
    const since = files.calls.length;
    await journal.append(new Uint8Array(5 * 1024 * 1024), facts(1), true);
    await journal.append(block(2), facts(2), true);
    await journal.savePosition({ page: 3 }, false);
    expect(steps(files, since)).toEqual(['write', 'dataSync', 'write', 'dataSync', 'checkpoint']);
  });

  it('is what follows before a position without a page is saved', async () => {
    const files = watched();
    const journal = await create(files);
    await journal.append(block(1), facts(1));
    const since = files.calls.length;
    await journal.append(block(2), facts(2));
    await journal.savePosition({ page: 3 }, true);
    const taken = steps(files, since);
    expect(taken.slice(0, 2)).toEqual(['write', 'dataSync']);
    expect(taken.at(-1)).toBe('checkpoint');
  });
});
