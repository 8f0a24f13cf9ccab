import { describe, expect, it } from 'vitest';
import type { PartitionState } from '../../src/model/manifest.js';
import { awaitedBy, settledOrProvisional } from '../../src/plan/state.js';

const HOUR_MS = 3_600_000;
const END_MS = Date.parse('2026-01-06T00:00:00Z');
const LATER_MS = END_MS + 1000 * HOUR_MS;
const job = { settleMs: 2 * HOUR_MS, lookbackMs: 72 * HOUR_MS };

const state = (asOfMs: number, nowMs: number, of = job): PartitionState =>
  settledOrProvisional({ partition: { window: { startMs: END_MS - 24 * HOUR_MS, endMs: END_MS } }, sourceAsOf: { ms: asOfMs, origin: 'availability' }, nowMs, job: of });

describe('a partition is settled', () => {
  it('from the last moment of the lookback on', () => {
    expect(state(LATER_MS, END_MS + job.lookbackMs)).toBe('settled');
    expect(state(LATER_MS, END_MS + job.lookbackMs - 1)).toBe('provisional');
  });

  it('without a lookback once its settle has passed', () => {
    const eager = { ...job, lookbackMs: 0 };
    expect(state(LATER_MS, END_MS + job.settleMs, eager)).toBe('settled');
    expect(state(LATER_MS, END_MS + job.settleMs - 1, eager)).toBe('provisional');
  });

  it('only where the source was complete to the end of its window', () => {
    const eager = { settleMs: 0, lookbackMs: 0 };
    expect(state(END_MS, LATER_MS, eager)).toBe('settled');
    expect(state(END_MS - 1, LATER_MS, eager)).toBe('provisional');
  });
});

it('an attempt begun inside the lookback and resumed after it stays provisional: its first pages have not seen late changes', () => {
  expect(state(END_MS + HOUR_MS, LATER_MS)).toBe('provisional');
  expect(state(END_MS + job.lookbackMs, LATER_MS)).toBe('settled');
});

it('a source whose clock runs ahead settles nothing early', () => {
  expect(state(LATER_MS, END_MS + HOUR_MS)).toBe('provisional');
});

describe('a provisional partition waits', () => {
  const DAY_MS = 24 * HOUR_MS;
  const awaited = (origin: 'availability' | 'date-header', asOfMs: number, nowMs: number) =>
    awaitedBy({ partition: { window: { startMs: END_MS - DAY_MS, endMs: END_MS } }, sourceAsOf: { ms: asOfMs, origin }, nowMs, job });

  it('for the data lake, which has not reached its end, or stood still for longer than the lookback', () => {
    expect(awaited('availability', END_MS - 1, END_MS + DAY_MS)).toBe('watermark');
    expect(awaited('availability', END_MS + job.lookbackMs - 1, LATER_MS)).toBe('watermark');
  });

  it('for its lookback, and then for the next run alone', () => {
    expect(awaited('availability', END_MS + HOUR_MS, END_MS + DAY_MS)).toBe('lookback');
    expect(awaited('availability', END_MS + job.lookbackMs, LATER_MS)).toBe('run');
    expect(awaited('date-header', END_MS + HOUR_MS, LATER_MS)).toBe('run');
  });
});
