import { stat, truncate } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FLAG_HAS_ATTRIBUTES, FLAG_OPEN, type ConversationIndex } from '../../src/model/columns/block.js';
import type { PageFacts } from '../../src/model/journal.js';
import { MOST_OPEN_IDS } from '../../src/model/manifest.js';
import type { Window } from '../../src/model/window.js';
import { isComplete } from '../../src/run/completeness.js';
import { PartitionIndex, type PartitionContents } from '../../src/run/partitionIndex.js';
import { blockAt, orderPieces, piecesOf } from '../../src/run/rowOrder.js';
import { closeAfterTest } from '../support/apiBench.js';
import { diskFiles } from '../support/diskFiles.js';
import { temporaryFolder } from '../support/temporaryFolder.js';

const WINDOW = { startMs: 1000, endMs: 2000 };
/** A window in two parts, which are whole minutes. */
const MORNING = { startMs: 0, endMs: 3_600_000 };
const EVENING = { startMs: 3_600_000, endMs: 7_200_000 };
const DAY = { startMs: 0, endMs: 7_200_000 };

interface Seen {
  readonly id: string;
  readonly startMs: number;
  readonly flags: number;
}
interface Page {
  readonly generation: number;
  /** The part that the page was asked for with. */
  readonly part?: { readonly startMs: number; readonly endMs: number };
  readonly seen: readonly Seen[];
}

const indexOf = (seen: readonly Seen[]): ConversationIndex => {
  const ids = seen.map(({ id }) => Buffer.from(id));
  const offsets = Uint32Array.from([0, ...ids.map((_, i) => ids.slice(0, i + 1).reduce((sum, { length }) => sum + length, 0))]);
  return { count: seen.length, ids: { offsets, bytes: new Uint8Array(Buffer.concat(ids)) } as unknown as ConversationIndex['ids'], startMs: Float64Array.from(seen, ({ startMs }) => startMs), flags: Uint8Array.from(seen, ({ flags }) => flags) };
};

const factsOf = ({ generation, part, seen }: Page): PageFacts => ({ ...(part === undefined ? {} : { part }), position: { kind: 'page-number', page: 1 } as unknown as PageFacts['position'], generation, fetched: seen.length, replacedText: 0, repeatedKeys: 0, rejects: [] });

/** Conversations to write, as `block:conversation`, from memory or from a file. */
const orderOf = async ({ order }: PartitionContents): Promise<readonly string[]> => {
  const pairs: string[] = [];
  for await (const piece of orderPieces(order, diskFiles)) for (let i = 0; i < piece.length; i += 2) pairs.push(`${String(blockAt(order.blocks, piece[i]!).offset)}:${String(piece[i + 1])}`);
  return pairs;
};

const isBefore = (a: readonly number[], b: readonly number[]): boolean => {
  const i = a.findIndex((one, at) => one !== b[at]);
  return i >= 0 && a[i]! < b[i]!;
};

/** The same, in so many lines of plain code. */
const expected = (pages: readonly Page[], window = WINDOW): { readonly order: readonly string[]; readonly counts: Record<string, number>; readonly openIds: readonly string[] } => {
  const best = new Map<string, Seen & { readonly at: string; readonly rank: readonly number[] }>();
  const last = new Map<string, number>();
  let [duplicates, refetched, fetched] = [0, 0, 0];
  for (const [block, { generation, part, seen }] of pages.entries()) {
    for (const [i, one] of seen.entries()) {
      fetched++;
      const before = last.get(one.id);
      const isElsewhere = part !== undefined && !(one.startMs >= part.startMs && one.startMs < part.endMs);
      // One of the window rather than of outside, one of its own part, one of the earliest part, the first.
      const isOutside = one.startMs < window.startMs || one.startMs >= window.endMs;
      const rank = [Number(isOutside), Number(isElsewhere), part?.startMs ?? Number.POSITIVE_INFINITY];
      if (before === undefined || isBefore(rank, best.get(one.id)!.rank)) best.set(one.id, { ...one, at: `${String(block)}:${String(i)}`, rank });
      if (before !== undefined && before < generation) refetched++;
      else if (before !== undefined) duplicates++;
      last.set(one.id, generation);
    }
  }
  const all = [...best.values()];
  const kept = all.filter(({ startMs }) => Number.isNaN(startMs) || (startMs >= window.startMs && startMs < window.endMs));
  const rank = ({ startMs }: Seen): number => (Number.isNaN(startMs) ? -1 : startMs);
  kept.sort((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : 1));
  const open = kept.filter(({ flags }) => (flags & FLAG_OPEN) !== 0).map(({ id }) => id);
  const withAttributes = kept.filter(({ flags }) => (flags & FLAG_HAS_ATTRIBUTES) !== 0).length;
  return {
    order: kept.map(({ at }) => at),
    counts: { pages: pages.length, fetched, unique: kept.length, duplicates, refetched, outsideWindow: all.length - kept.length, open: open.length, withAttributes, rejects: 0, replacedText: 0, repeatedKeys: 0 },
    openIds: open.sort(),
  };
};

const open = async (mostInMemory?: number, window = WINDOW, setsAside = true): Promise<PartitionIndex & { readonly folder: string }> => {
  const folder = await temporaryFolder();
  const index = new PartitionIndex({
    window,
    setsAside,
    scratch: async (name) => {
      const path = `${folder}/${name}`;
      if ((await diskFiles.look(path)) !== undefined) await diskFiles.unlink(path);
      const file = await diskFiles.open(path, 'create');
      closeAfterTest(() => file.close());
      return { path, file };
    },
    ...(mostInMemory === undefined ? {} : { mostInMemory }),
  });
  return Object.assign(index, { folder });
};

const fill = async (index: PartitionIndex, pages: readonly Page[], from = 0): Promise<PartitionContents> => {
  for (const [i, page] of pages.entries()) await index.add({ file: `seg-${String((from + i) >> 2)}`, offset: from + i, length: 1 }, factsOf(page), indexOf(page.seen));
  return index.contents();
};

const uuid = (n: number): string => `${n.toString(16).padStart(8, '0')}-0000-4000-8000-${(n * 7919).toString(16).padStart(12, '0')}`;

const anySeen = fc.array(fc.record({ id: fc.nat(60).map(uuid), startMs: fc.constantFrom(Number.NaN, -1, 0, 1, 3_600_000, 7_199_999, 7_200_000), flags: fc.nat(3) }), { maxLength: 12 });
const anyPages = fc
  .array(fc.record({ restarts: fc.boolean(), part: fc.constantFrom(undefined, MORNING, EVENING), seen: anySeen }), { maxLength: 12 })
  .map((pages) => pages.map(({ part, seen }, i): Page => ({ ...(part === undefined ? {} : { part }), seen, generation: pages.slice(0, i + 1).filter(({ restarts }) => restarts).length })));

describe('the index of a partition', () => {
  it.each([['in memory', undefined], ['in files', 9]])('drops repetitions, leaves out what is outside and puts the rest in order, however it is paged (%s)', async (_where, most) => {
    await fc.assert(
      fc.asyncProperty(anyPages, async (pages) => {
        const wanted = expected(pages, DAY);
        const contents = await fill(await open(most, DAY), pages);
        expect(contents.counts).toEqual(wanted.counts);
        expect(await orderOf(contents)).toEqual(wanted.order);
        expect(contents.order.count).toBe(wanted.order.length);
        expect(contents.openIds).toEqual(wanted.openIds);
      }),
      { numRuns: 60 },
    );
  });

  it.each([['in memory', undefined], ['in files', 9]])('keeps the same copies however the pages of parts come between one another (%s)', async (_where, most) => {
    const ofParts = fc.array(fc.record({ part: fc.constantFrom(MORNING, EVENING), seen: anySeen }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(ofParts, async (pages) => {
        const kept = async (order: readonly number[]): Promise<readonly string[]> => {
          const contents = await fill(await open(most, DAY), order.map((n) => ({ generation: 0, ...pages[n]! })));
          return (await orderOf(contents)).map((at) => `${String(order[Number(at.split(':')[0])])}:${at.split(':')[1]!}`);
        };
        // Within a part the order is the API's own; between parts it is chance.
        const numbers = pages.map((_, n) => n);
        const of = (part: Window): number[] => numbers.filter((n) => pages[n]!.part === part);
        const asCame = await kept(numbers);
        expect(await kept([...of(MORNING), ...of(EVENING)])).toEqual(asCame);
        expect(await kept([...of(EVENING), ...of(MORNING)])).toEqual(asCame);
      }),
      { numRuns: 40 },
    );
  });

  it.each([undefined, 2])('keeps a copy that started in the window, or does not say when, rather than one from outside, whichever came first (at most %s in memory)', async (most) => {
    for (const inside of [1500, Number.NaN]) {
      const copies = [999, inside].map((startMs): Page => ({ generation: 0, seen: [{ id: uuid(1), startMs, flags: FLAG_OPEN }] }));
      const [outsideFirst, insideFirst] = [await fill(await open(most), copies), await fill(await open(most), [...copies].reverse())];
      expect([await orderOf(outsideFirst), await orderOf(insideFirst)]).toEqual([['1:0'], ['0:0']]);
      for (const { counts, openIds } of [outsideFirst, insideFirst]) expect([counts, openIds]).toMatchObject([{ unique: 1, duplicates: 1, outsideWindow: 0, open: 1 }, [uuid(1)]]);
    }
  });

  it.each([undefined, 2])('keeps the copy that came with the part in which the conversation started, whichever part came first (at most %s in memory)', async (most) => {
    const [early, late] = [{ startMs: 1000, endMs: 1500 }, { startMs: 1500, endMs: 2000 }];
    const seen = [{ id: uuid(1), startMs: 1200, flags: 0 }];
    const pages: readonly Page[] = [{ generation: 0, part: late, seen }, { generation: 0, part: early, seen }];
    expect(await orderOf(await fill(await open(most), pages))).toEqual(['1:0']);
    expect(await orderOf(await fill(await open(most), [...pages].reverse()))).toEqual(['0:0']);
  });

  it.each([undefined, 2])('keeps that of the earliest part where none tells where the conversation started (at most %s in memory)', async (most) => {
    const hour = 3_600_000;
    const window = { startMs: 0, endMs: 4 * hour };
    const parts = [0, 1, 2, 3].map((n) => ({ startMs: n * hour, endMs: (n + 1) * hour }));
    const seen = [{ id: uuid(1), startMs: Number.NaN, flags: 0 }];
    const pages = parts.map((part): Page => ({ generation: 0, part, seen }));
    for (const order of [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]]) {
      const contents = await fill(await open(most, window), order.map((n) => pages[n]!));
      expect(await orderOf(contents)).toEqual([`${String(order.indexOf(0))}:0`]);
      expect(contents.counts.duplicates).toBe(3);
    }
  });

  it('tells rejects that started elsewhere from those of the window', async () => {
    const index = await open();
    const reject = (conversationId: string, more: object): PageFacts['rejects'][number] => ({ conversationId, path: 'x', reason: 'is no y', record: JSON.stringify({ conversationId, ...more }) });
    const rejects = [reject('a', { conversationStart: '1970-01-01T00:00:01.500Z' }), reject('b', { conversationStart: '1970-01-01T00:00:09Z' }), reject('c', { conversationStart: 'soon' }), reject('d', {}), { conversationId: null, path: '', reason: 'is no object', record: 'null' }];
    await index.add({ file: 'seg', offset: 0, length: 1 }, { ...factsOf({ generation: 0, seen: [] }), rejects, fetched: 5 }, indexOf([]));
    expect(await index.contents()).toMatchObject({ counts: { rejects: 5 }, rejectsElsewhere: 1 });
  });

  it('counts rejects that started elsewhere as outside where nothing is set aside, each once, and the counts add up', async () => {
    const index = await open(undefined, WINDOW, false);
    const reject: PageFacts['rejects'][number] = { conversationId: 'b', path: 'x', reason: 'is no y', record: '{"conversationId":"b","conversationStart":"1970-01-01T00:00:09Z"}' };
    const add = (offset: number, generation: number): Promise<void> => index.add({ file: 'seg', offset, length: 1 }, { ...factsOf({ generation, seen: [] }), rejects: [reject], fetched: 2 }, indexOf([{ id: uuid(1), startMs: 1000, flags: 0 }]));
    await add(0, 0);
    await add(1, 0);
    await add(2, 1);
    expect(await index.contents()).toMatchObject({ counts: { fetched: 6, unique: 1, duplicates: 2, refetched: 2, outsideWindow: 1, rejects: 0 }, rejectsElsewhere: 0, rejectsWritten: 0 });
  });

  it('tells rejects without an id, or with an empty one, by their content', async () => {
    const index = await open();
    const reject = (conversationId: string | null, record: string): PageFacts['rejects'][number] => ({ conversationId, path: 'x', reason: 'is no y', record });
    const rejects = [reject(null, '{"conversationId":"","a":1}'), reject(null, '{"conversationId":"","a":2}'), reject('', '{"conversationId":"","a":3}'), reject('', '{"conversationId":"","a":4}'), reject(null, '{"conversationId":"","a":1}')];
    await index.add({ file: 'seg', offset: 0, length: 1 }, { ...factsOf({ generation: 0, seen: [] }), rejects, fetched: 5 }, indexOf([]));
    expect((await index.contents()).counts).toMatchObject({ rejects: 4, duplicates: 1 });
  });

  it.each([undefined, 2])('counts a conversation once that one page held unreadable and another readable, so that a lost one is noticed (at most %s in memory)', async (most) => {
    const reject = (n: number, more: object = {}): PageFacts['rejects'][number] => ({ conversationId: uuid(n), path: 'x', reason: 'is no y', record: JSON.stringify({ conversationId: uuid(n), ...more }) });
    const readable = (n: number): Seen => ({ id: uuid(n), startMs: 1000 + n, flags: 0 });
    const index = await open(most);
    const add = (offset: number, seen: readonly Seen[], rejects: PageFacts['rejects']): Promise<void> =>
      index.add({ file: 'seg', offset, length: 1 }, { ...factsOf({ generation: 0, seen }), rejects, fetched: seen.length + rejects.length }, indexOf(seen));
    // 1 and 2 come in both forms, in either order; 3 cannot be read at all; 4 and 9 can.
    await add(0, [readable(2), readable(4)], [reject(1), reject(3)]);
    await add(1, [readable(1), readable(9)], [reject(2)]);
    const contents = await index.contents();
    expect(contents).toMatchObject({ counts: { unique: 4, rejects: 3, fetched: 7 }, rejectsElsewhere: 0, rejectsWritten: 2 });
    const isWhole = (total: number): boolean => isComplete({ contents, missing: 0 }, total, { checkTotal: true, tolerance: 0, answerTotals: true });
    expect([4, 5, 6, 7].map(isWhole)).toEqual([false, true, false, false]);
  });

  it.each([undefined, 9])('takes more pages in after it has told what it holds (at most %s in memory)', async (most) => {
    const pages = [0, 1, 2].map((generation): Page => ({ generation, seen: Array.from({ length: 20 }, (_, n) => ({ id: uuid(n + generation * 5), startMs: 1000 + ((n * 37) % 900), flags: 0 })) }));
    const index = await open(most);
    await fill(index, pages.slice(0, 1));
    await fill(index, pages.slice(1, 2), 1);
    const contents = await fill(index, pages.slice(2), 2);
    const wanted = expected(pages);
    expect(contents.counts).toEqual(wanted.counts);
    expect(await orderOf(contents)).toEqual(wanted.order);
  });

  it('knows ids that are no UUIDs', async () => {
    const seen = ['', 'a', 'A', 'é', uuid(1).toUpperCase(), uuid(1)].map((id): Seen => ({ id, startMs: 1000, flags: 0 }));
    for (const most of [undefined, 2]) expect((await fill(await open(most), [{ generation: 0, seen }, { generation: 0, seen }])).counts).toMatchObject({ unique: seen.length, duplicates: seen.length });
  });

  it('is the same for many, merged from files a piece at a time', async () => {
    const pages = Array.from({ length: 500 }, (_, page): Page => ({ generation: 0, seen: Array.from({ length: 200 }, (_one, i) => ({ id: uuid((page * 200 + i) * 104_729 % 99_991), startMs: 1000 + ((page * 31 + i * 17) % 1000), flags: 0 })) }));
    const [memory, files] = [await fill(await open(), pages), await fill(await open(10_000), pages)];
    expect(typeof files.order.entries).toBe('string');
    expect(files.counts).toEqual(memory.counts);
    expect(memory.counts).toMatchObject({ unique: 99_991, duplicates: 9 });
    expect(await orderOf(files)).toEqual(await orderOf(memory));
  });

  it.each([undefined, 9])('is written in halves that together are the whole: at most %j in memory', async (most) => {
    const seen = Array.from({ length: 21 }, (_, n): Seen => ({ id: uuid(n), startMs: 1000 + n, flags: 0 }));
    const contents = await fill(await open(most), [{ generation: 0, seen }]);
    const halves = piecesOf(contents.order, { least: 21, most: 21 });
    expect(halves.map(({ count }) => count)).toEqual([11, 10]);
    expect((await Promise.all(halves.map((order) => orderOf({ ...contents, order })))).flat()).toEqual(await orderOf(contents));
    for (const limits of [{ least: 22, most: 30 }, { least: 1, most: 20 }]) expect(piecesOf(contents.order, limits)).toEqual([contents.order]);
  });

  it('never takes what is missing of its files for something', async () => {
    const page: Page = { generation: 0, seen: Array.from({ length: 20 }, (_, n) => ({ id: uuid(n), startMs: 1000 + n, flags: 0 })) };
    const cut = async (path: string): Promise<void> => truncate(path, (await stat(path)).size - 1);
    const records = await open(9);
    await fill(records, [page]);
    await cut(`${records.folder}/index-records`);
    await expect(records.contents()).rejects.toThrow(/index-records: is shorter than it was/);
    const order = await open(9);
    const contents = await fill(order, [page]);
    await cut(`${order.folder}/index-order`);
    await expect(orderOf(contents)).rejects.toThrow(/index-order: is shorter than it was/);
  });

  it('lists open conversations up to the limit, and none beyond', async () => {
    const many = (count: number): Page => ({ generation: 0, seen: Array.from({ length: count }, (_, n) => ({ id: uuid(n), startMs: 1000, flags: FLAG_OPEN })) });
    for (const most of [undefined, 1000]) {
      expect((await fill(await open(most), [many(MOST_OPEN_IDS)])).openIds).toHaveLength(MOST_OPEN_IDS);
      expect((await fill(await open(most), [many(MOST_OPEN_IDS + 1)])).openIds).toBeNull();
      expect((await fill(await open(most), [many(MOST_OPEN_IDS * 2 + 1)])).openIds).toBeNull();
    }
  });
});
