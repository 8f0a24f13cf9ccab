import { describe, expect, it } from 'vitest';
import type { ConversationIndex } from '../../src/model/columns/block.js';
import type { SourceKind } from '../../src/model/job.js';
import type { Partition } from '../../src/model/partition.js';
import { PartsOfRun, type PartitionParts } from '../../src/run/partsOfRun.js';

const HOUR_MS = 3_600_000;
const DAY = { startMs: Date.UTC(2026, 0, 5), endMs: Date.UTC(2026, 0, 6) };
const day: Partition = { job: 'nightly', window: DAY, dt: '2026-01-05', hr: undefined };
const run = (conversations: number | undefined, kind: SourceKind = 'next-page-url', parts = true): PartsOfRun =>
  new PartsOfRun({ source: { kind, pageSize: 100, parts }, expected: new Map(conversations === undefined ? [] : [['dt=2026-01-05', conversations]]), concurrency: 10 });

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
  it('are read in parts by as many readers as the others leave', () => {
    const { parts, readers } = run(10_000).of(day, 1);
    expect([parts?.length, readers]).toEqual([8, 10]);
    expect([run(10_000).of(day, 4).readers, run(10_000).of(day, 4).parts?.length]).toEqual([2, 8]);
    expect(run(10_000).of(day, 6)).toMatchObject({ parts: [], readers: 1 });
  });

  it('are read as wholes where nobody knows how large they are, the protocol has no parts, or the job wants none', () => {
    for (const one of [run(undefined), run(10_000, 'page-number'), run(10_000, 'next-page-url', false)]) expect(one.of(day, 1).parts).toEqual([]);
  });

  it('are read as wholes from then on when one was read in parts in vain', () => {
    const inVain = run(10_000);
    expect(noticedAfter(inVain.of(day, 1), EVENING, () => hundred(1))).toBe(4);
    expect(inVain.of(day, 1).parts).toEqual([]);
  });
});

describe('answers that hold more than their part', () => {
  it('are noticed when they hold the whole day, in order or not, by two parts or by many', () => {
    const ordered = (n: number): ConversationIndex => hundred(n % 24, (n % 24) + 1);
    const unordered = (): ConversationIndex => hundred(0, 24);
    expect(noticedAfter(run(10_000).of(day, 1), EVENING, ordered)).toBe(4);
    expect(noticedAfter(run(10_000).of(day, 1), EVENING, unordered)).toBeLessThan(12);
    const hour = { startMs: DAY.startMs, endMs: DAY.startMs + HOUR_MS };
    expect(noticedAfter(run(10_000).of(day, 1), hour, unordered)).toBe(4);
  });

  it('are noticed when they do not tell when conversations started', () => {
    expect(noticedAfter(run(10_000).of(day, 1), MORNING, () => hundred(Number.NaN))).toBe(4);
  });

  it('are none where a part holds its own, with some that began before it', () => {
    expect(noticedAfter(run(10_000).of(day, 1), EVENING, (n) => (n < 3 ? hundred(2) : hundred(13)))).toBeUndefined();
  });

  it('are expected of jobs', () => {
    expect(noticedAfter(run(10_000, 'job-cursor').of(day, 1), EVENING, () => hundred(1))).toBeUndefined();
  });
});
