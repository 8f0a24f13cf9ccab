import { describe, expect, it } from 'vitest';
import type { ConversationIndex } from '../../src/model/columns/block.js';
import type { SourceKind } from '../../src/model/job.js';
import type { Partition } from '../../src/model/partition.js';
import { PartsOfRun, type PartitionParts } from '../../src/run/partsOfRun.js';

const HOUR_MS = 3_600_000;
const DAY = { startMs: Date.UTC(2026, 0, 5), endMs: Date.UTC(2026, 0, 6) };
const day: Partition = { job: 'nightly', window: DAY, dt: '2026-01-05', hr: undefined };
interface Load {
  underWay: number;
  waiting: number;
}
const run = (conversations: number | undefined, { kind = 'next-page-url', parts = true, load = { underWay: 0, waiting: 0 } }: { readonly kind?: SourceKind; readonly parts?: boolean; readonly load?: Load } = {}): PartsOfRun =>
  new PartsOfRun({
    source: { kind, pageSize: 100, parts },
    expected: new Map(conversations === undefined ? [] : [['dt=2026-01-05', { fetched: conversations * 2, distinct: conversations }]]),
    concurrency: 10,
    load: () => load,
  });
const partsAt = (underWay: number, waiting: number): number | undefined => run(100_000, { load: { underWay, waiting } }).of(day).parts.length;

/** A page of conversations that started so many hours into the day; NaN: they do not tell. */
const page = (...hours: readonly number[]): ConversationIndex => ({ count: hours.length, startMs: Float64Array.from(hours, (hour) => DAY.startMs + hour * HOUR_MS) }) as unknown as ConversationIndex;
const hundred = (from: number, to = from): ConversationIndex => page(...Array.from({ length: 100 }, (_, i) => from + ((to - from) * i) / 100));
const MORNING = { startMs: DAY.startMs, endMs: DAY.startMs + 12 * HOUR_MS };
const EVENING = { startMs: MORNING.endMs, endMs: DAY.endMs };

/** After how many pages a part is seen to be read in vain; undefined: not in 50. */
const noticedAfter = (parts: PartitionParts, part: typeof DAY, pageAt: (n: number) => ConversationIndex): number | undefined => {
  for (let n = 0; n < 50; n++) if (parts.isInVain(part, pageAt(n))) return n + 1;
  return undefined;
};

describe('the partitions of a run', () => {
  it('are read in parts where at least two can read each: so many as there may be readers', () => {
    expect([partsAt(0, 0), partsAt(0, 1), partsAt(2, 2), partsAt(0, 9), partsAt(4, 5)]).toEqual([40, 20, 8, 0, 0]);
  });

  it('are read in parts, too, where one is the last of many: others make room for it', () => {
    const load: Load = { underWay: 0, waiting: 11 };
    const parts = run(100_000, { load });
    // Ten begin at once; the eleventh and the twelfth when one has ended each.
    const counts = Array.from({ length: 12 }, (_, n) => {
      load.underWay = Math.min(n, 9);
      load.waiting = 11 - n;
      return parts.of(day).parts.length;
    });
    expect(counts).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 40]);
    expect(partsAt(9, 0)).toBe(0);
  });

  it('are cut by conversations that are counted once', () => {
    expect(run(10_000).of(day).parts).toHaveLength(8);
  });

  it('share room for parts: never more than may be read at once, and none while a partition waits', () => {
    const load: Load = { underWay: 3, waiting: 1 };
    const parts = run(100_000, { load });
    const slots = [parts.of(day).slots, parts.of(day).slots];
    expect(slots.map((one) => one.take())).toEqual([false, false]);
    load.waiting = 0;
    expect(Array.from({ length: 10 }, (_, i) => slots[i % 2]!.take())).toEqual([true, true, true, true, true, true, true, false, false, false]);
    slots[0]!.give();
    expect([slots[1]!.take(), slots[0]!.take()]).toEqual([true, false]);
    load.underWay = 1;
    expect(slots[0]!.take()).toBe(true);
  });

  it('are read as wholes where nobody knows how large they are, the protocol has no parts, or the job wants none', () => {
    for (const one of [run(undefined), run(10_000, { kind: 'page-number' }), run(10_000, { parts: false })]) expect(one.of(day).parts).toEqual([]);
  });

  it('are read as wholes from then on when one was read in parts in vain', () => {
    const inVain = run(10_000);
    expect(noticedAfter(inVain.of(day), EVENING, () => hundred(1))).toBe(4);
    expect(inVain.of(day).parts).toEqual([]);
  });
});

describe('answers that hold more than their part', () => {
  it('are noticed when they hold the whole day, in order or not, by two parts or by many', () => {
    const ordered = (n: number): ConversationIndex => hundred(n % 24, (n % 24) + 1);
    const unordered = (): ConversationIndex => hundred(0, 24);
    expect(noticedAfter(run(10_000).of(day), EVENING, ordered)).toBe(4);
    expect(noticedAfter(run(10_000).of(day), EVENING, unordered)).toBeLessThan(12);
    const hour = { startMs: DAY.startMs, endMs: DAY.startMs + HOUR_MS };
    expect(noticedAfter(run(10_000).of(day), hour, unordered)).toBe(4);
  });

  it('are noticed when they do not tell when conversations started', () => {
    expect(noticedAfter(run(10_000).of(day), MORNING, () => hundred(Number.NaN))).toBe(4);
  });

  it('are none where a part holds its own, with some that began before it', () => {
    expect(noticedAfter(run(10_000).of(day), EVENING, (n) => (n < 3 ? hundred(2) : hundred(13)))).toBeUndefined();
  });

  it('are expected of jobs', () => {
    expect(noticedAfter(run(10_000, { kind: 'job-cursor' }).of(day), EVENING, () => hundred(1))).toBeUndefined();
  });
});
