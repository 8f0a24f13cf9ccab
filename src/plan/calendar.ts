import { isFewerThan } from '../model/shortfall.js';

/** How a day stands. `waiting`: nothing is wanted of it yet, or at all; `unseen`: whether anything is, was not asked. */
export type DayState = 'settled' | 'provisional' | 'short' | 'missing' | 'failed' | 'waiting' | 'unseen';

/** The letter of each state in a calendar. */
export const DAY_LETTERS: Readonly<Record<DayState, string>> = { settled: 's', provisional: 'p', short: '<', missing: 'm', failed: 'f', waiting: '.', unseen: ' ' };

/** From what a reader need not look at to what he should: a day of hours is what its worst hour is. */
const SEVERITY: readonly DayState[] = ['unseen', 'waiting', 'settled', 'provisional', 'missing', 'short', 'failed'];

/** A month of a calendar. */
export interface CalendarMonth {
  /** `2026-01` */
  readonly month: string;
  /** A letter a day, from the first to the last of the month (`DAY_LETTERS`). */
  readonly days: string;
}

/** What is known of a partition. */
export interface PartitionFacts {
  /** State of what is committed; undefined where nothing is. */
  readonly committed: 'settled' | 'provisional' | undefined;
  /** The last attempt failed, or what is committed is damaged. */
  readonly hasFailed: boolean;
  readonly isShort: boolean;
}

/** How a wanted partition stands. */
export const stateOfPartition = ({ committed, hasFailed, isShort }: PartitionFacts): DayState => {
  if (hasFailed) return 'failed';
  if (committed === undefined) return 'missing';
  return isShort ? 'short' : committed;
};

/** Whether fewer conversations were read than the API counts, by more than the share that the job tolerates. */
export const isShort = (counts: { readonly unique: number; readonly rejects: number; readonly sourceTotal: number | null }, tolerance: number): boolean =>
  counts.sourceTotal !== null && isFewerThan(counts.sourceTotal, counts.unique + counts.rejects, tolerance);

const daysIn = (month: string): number => new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5, 7)), 0)).getUTCDate();

/**
 * Partitions as months, the oldest first: a letter a day. Hours are put together to days; months without a partition are left out.
 *
 * @param partitions `dt`: `YYYY-MM-DD`
 * @param otherDays what days of those months are of which no partition is given
 */
export const calendarOf = (partitions: Iterable<{ readonly dt: string; readonly state: DayState }>, otherDays: 'waiting' | 'unseen' = 'waiting'): readonly CalendarMonth[] => {
  const worst = new Map<string, DayState>();
  for (const { dt, state } of partitions) {
    const known = worst.get(dt);
    if (known === undefined || SEVERITY.indexOf(state) > SEVERITY.indexOf(known)) worst.set(dt, state);
  }
  const months = [...new Set([...worst.keys()].map((dt) => dt.slice(0, 7)))].sort();
  return months.map((month) => ({
    month,
    days: Array.from({ length: daysIn(month) }, (_, day) => DAY_LETTERS[worst.get(`${month}-${String(day + 1).padStart(2, '0')}`) ?? otherDays]).join(''),
  }));
};
