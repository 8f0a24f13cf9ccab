import { expect, it } from 'vitest';
import { incomplete, isAsMuch, isComplete } from '../../src/run/completeness.js';

const read = (unique: number, more: { readonly rejects?: number; readonly rejectsElsewhere?: number; readonly rejectsWritten?: number; readonly missing?: number } = {}) => ({
  contents: { counts: { unique, rejects: more.rejects ?? 0 }, rejectsElsewhere: more.rejectsElsewhere ?? 0, rejectsWritten: more.rejectsWritten ?? 0 }, missing: more.missing ?? 0,
}) as unknown as Parameters<typeof isComplete>[0];

it.each([
  ['as many as the API counts', read(100), 100, 0, true],
  ['one too few', read(99), 100, 0, false],
  ['one too few, and a reject of the window in its place', read(99, { rejects: 1 }), 100, 0, true],
  ['one too few, and a reject from elsewhere, which is none of them', read(99, { rejects: 1, rejectsElsewhere: 1 }), 100, 0, false],
  ['all of them, and a reject from elsewhere beside', read(100, { rejects: 1, rejectsElsewhere: 1 }), 100, 0, true],
  ['one too few, and a reject that another page held readable', read(99, { rejects: 1, rejectsWritten: 1 }), 100, 0, false],
  ['all of them, one of which another page held unreadable', read(100, { rejects: 1, rejectsWritten: 1 }), 100, 0, true],
  ['a few too few, within the tolerance', read(98, { missing: 9 }), 100, 0.02, true],
  ['all, whatever the answers’ own totals say where the API has counted', read(100, { missing: 5 }), 100, 0, true],
  ['without a count, all that the answers say', read(100), null, 0, true],
  ['without a count, less than the answers say', read(95, { missing: 5 }), null, 0, false],
  ['without a count, less than the answers say, within the tolerance', read(95, { missing: 5 }), null, 0.05, true],
])('%s', (_what, pages, total, tolerance, complete) => {
  expect(isComplete(pages, total, { checkTotal: total !== null, tolerance, answerTotals: true })).toBe(complete);
});

it('the answers’ own totals do not count where the job says so', () => {
  expect(isComplete(read(95, { missing: 5 }), null, { checkTotal: false, tolerance: 0, answerTotals: false })).toBe(true);
});

it('what is missing is told by the numbers that were compared', () => {
  const partition = { job: 'nightly', window: { startMs: 0, endMs: 1 }, dt: '2026-01-05', hr: undefined };
  expect(incomplete(partition, read(99, { rejects: 1, rejectsElsewhere: 1 }), 100).message).toBe('dt=2026-01-05: 99 conversations were read, the API counts 100');
  expect(incomplete(partition, read(95, { missing: 5 }), null).message).toContain('95 conversations were read, 5 more should have come');
});

it.each([
  ['as many', { unique: 10, rejects: 0 }, true],
  ['fewer', { unique: 9, rejects: 0 }, false],
  ['as many, one of them set aside by now', { unique: 9, rejects: 1 }, true],
])('what replaces files that are gone: %s', (_what, counts, enough) => {
  const count = counts as unknown as Parameters<typeof isAsMuch>[0];
  expect(isAsMuch(count, { counts: { unique: 10, rejects: 0 } } as unknown as Parameters<typeof isAsMuch>[1])).toBe(enough);
  // What was set aside counts on both sides: a record that decodes by now is no loss, one that is missing is.
  expect(isAsMuch(count, { counts: { unique: 9, rejects: 1 } } as unknown as Parameters<typeof isAsMuch>[1])).toBe(enough);
});
