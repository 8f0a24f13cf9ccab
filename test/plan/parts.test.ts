import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SOURCE_KINDS } from '../../src/model/job.js';
import { partsOf, readersFor } from '../../src/plan/parts.js';

const HOUR_MS = 3_600_000;
const DAY = { startMs: Date.UTC(2026, 0, 5), endMs: Date.UTC(2026, 0, 6) };
const parts = (conversations: number, readers: number, kind: (typeof SOURCE_KINDS)[number] = 'next-page-url', window = DAY): number => partsOf({ window, source: { kind, pageSize: 100, parts: true }, conversations, readers }).length;

describe('the parts of a window', () => {
  it('tile it, on whole minutes, whatever its length', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 30 * 24 * 60 }), fc.integer({ min: 1, max: 50 * 60 * 60 }), fc.integer({ min: 0, max: 3_000_000 }), fc.integer({ min: 1, max: 16 }), fc.constantFrom(...SOURCE_KINDS), (startMinute, seconds, conversations, readers, kind) => {
        const window = { startMs: DAY.startMs + startMinute * 60_000, endMs: DAY.startMs + startMinute * 60_000 + seconds * 1000 };
        const cut = partsOf({ window, source: { kind, pageSize: 100, parts: true }, conversations, readers });
        expect(cut.length).not.toBe(1);
        if (cut.length === 0) return;
        expect([cut[0]!.startMs, cut.at(-1)!.endMs]).toEqual([window.startMs, window.endMs]);
        for (const [i, part] of cut.entries()) {
          expect(part.endMs).toBeGreaterThan(part.startMs);
          expect((part.startMs - window.startMs) % 60_000).toBe(0);
          if (i > 0) expect(part.startMs).toBe(cut[i - 1]!.endMs);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('are worth it from 24 pages on, and as many as keep all readers busy', () => {
    expect([parts(2_300, 10), parts(2_400, 10), parts(10_000, 10), parts(1_000_000, 10), parts(1_000_000, 1)]).toEqual([0, 2, 8, 40, 0]);
  });

  it('are larger and few where each is a job', () => {
    expect([parts(7_900, 6, 'job-cursor'), parts(8_000, 6, 'job-cursor'), parts(1_000_000, 3, 'job-cursor'), parts(1_000_000, 6, 'job-cursor')]).toEqual([0, 2, 3, 4]);
  });

  it('are none where the protocol answers whole days, however large', () => {
    expect(parts(1_000_000, 16, 'page-number')).toBe(0);
    expect(readersFor({ kind: 'page-number', parts: true }, 16, 1)).toBe(1);
  });

  it('are none where the job wants none', () => {
    expect(partsOf({ window: DAY, source: { kind: 'next-page-url', pageSize: 100, parts: false }, conversations: 1_000_000, readers: 10 })).toEqual([]);
    expect(readersFor({ kind: 'next-page-url', parts: false }, 10, 1)).toBe(1);
  });

  it('are no shorter than a minute', () => {
    expect(parts(1_000_000, 10, 'next-page-url', { startMs: DAY.startMs, endMs: DAY.startMs + 5 * 60_000 })).toBe(5);
    expect(parts(1_000_000, 10, 'next-page-url', { startMs: DAY.startMs, endMs: DAY.startMs + HOUR_MS })).toBe(40);
  });
});

describe('the readers of a partition', () => {
  it('are those that other partitions leave', () => {
    expect([1, 2, 4, 10, 31].map((left) => readersFor({ kind: 'next-page-url', parts: true }, 10, left))).toEqual([10, 5, 2, 1, 1]);
  });
});
