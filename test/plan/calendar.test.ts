import { describe, expect, it } from 'vitest';
import { calendarOf, isShort, stateOfPartition, type DayState } from '../../src/plan/calendar.js';

const days = (...states: readonly (readonly [dt: string, state: DayState])[]) => states.map(([dt, state]) => ({ dt, state }));

describe('the calendar', () => {
  it('has a line a month and a letter a day, leap days included', () => {
    expect(calendarOf(days(['2024-02-29', 'settled'], ['2023-12-31', 'missing'], ['2024-02-01', 'provisional']))).toEqual([
      { month: '2023-12', days: `${'.'.repeat(30)}m` },
      { month: '2024-02', days: `p${'.'.repeat(27)}s` },
    ]);
  });

  it('leaves blank what was not looked at, where not all was', () => {
    expect(calendarOf(days(['2026-02-02', 'settled'], ['2026-02-03', 'waiting']), 'unseen')).toEqual([{ month: '2026-02', days: ` s.${' '.repeat(25)}` }]);
  });

  it('shows the worst hour of a day', () => {
    const order: readonly DayState[] = ['unseen', 'waiting', 'settled', 'provisional', 'missing', 'short', 'failed'];
    for (const [i, worse] of order.entries()) {
      for (const better of order.slice(0, i)) {
        const letter = (...states: readonly DayState[]): string => calendarOf(days(...states.map((state) => ['2026-01-01', state] as const)))[0]!.days[0]!;
        expect(letter(better, worse)).toBe(letter(worse));
        expect(letter(worse, better)).toBe(letter(worse));
      }
    }
  });

  it('takes an attempt that failed for worse than what is committed', () => {
    expect(stateOfPartition({ committed: 'settled', hasFailed: true, isShort: false })).toBe('failed');
    expect(stateOfPartition({ committed: 'provisional', hasFailed: false, isShort: true })).toBe('short');
    expect(stateOfPartition({ committed: undefined, hasFailed: false, isShort: false })).toBe('missing');
  });

  it('calls short what lacks more than the job tolerates; rejects are not lacking, and more than counted is not short', () => {
    const counts = (unique: number, rejects: number, sourceTotal: number | null) => ({ unique, rejects, sourceTotal });
    expect(isShort(counts(998, 0, 1000), 0.001)).toBe(true);
    expect(isShort(counts(999, 0, 1000), 0.001)).toBe(false);
    expect(isShort(counts(998, 1, 1000), 0.001)).toBe(false);
    expect(isShort(counts(1100, 0, 1000), 0)).toBe(false);
    expect(isShort(counts(0, 0, null), 0)).toBe(false);
  });
});
