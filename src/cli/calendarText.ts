import { DAY_LETTERS, type CalendarMonth } from '../plan/calendar.js';
import { paintFor } from './paint.js';
import type { Style } from './screen.js';

/** More months than these: those that are settled throughout are put together. */
const LISTED = 24;

const LABEL = 'month'.padEnd(7);
/** Days in tens, a space between: 31 letters and 3 spaces behind the month's name. */
const inTens = (days: string): string => days.replaceAll(/.{10}(?!$)/g, '$& ');

const MEANINGS: readonly (readonly [keyof typeof DAY_LETTERS, string])[] = [
  ['settled', 'settled'], ['provisional', 'provisional'], ['short', 'short'], ['missing', 'missing'], ['failed', 'failed'], ['waiting', 'not wanted yet'], ['unseen', 'not looked at'],
];

const painted = (letters: string, style: Style): string => {
  const paint = paintFor(style);
  const colour = (letter: string): string => {
    if (letter === DAY_LETTERS.settled) return paint.good(letter);
    if (letter === DAY_LETTERS.provisional) return paint.warning(letter);
    return letter === DAY_LETTERS.waiting || letter === DAY_LETTERS.unseen ? letter : paint.bad(letter);
  };
  return style.colour ? [...letters].map(colour).join('') : letters;
};

/** Letters of days that a reader need not look at. */
const QUIET: readonly string[] = [DAY_LETTERS.settled, DAY_LETTERS.waiting, DAY_LETTERS.unseen];
const isSettled = ({ days }: CalendarMonth): boolean => [...days].every((letter) => QUIET.includes(letter));

/** Runs of settled months in a long calendar; the newest year stays as it is. */
const groups = (months: readonly CalendarMonth[]): readonly (readonly CalendarMonth[])[] => {
  if (months.length <= LISTED) return months.map((month) => [month]);
  const found: CalendarMonth[][] = [];
  for (const [at, month] of months.entries()) {
    const last = found.at(-1);
    if (at < months.length - 12 && isSettled(month) && last?.every(isSettled) === true) last.push(month);
    else found.push([month]);
  }
  return found;
};

const line = (group: readonly CalendarMonth[], style: Style): string => {
  const [first] = group;
  const last = group.at(-1);
  if (first === undefined || last === undefined) return '';
  if (group.length === 1) return `${first.month}  ${painted(inTens(first.days).trimEnd(), style)}`;
  return `${first.month}  to ${last.month}: ${String(group.length)} months, all settled`;
};

/** A calendar for people: a line a month, a letter a day, and below it what the letters mean. Fits 80 columns. */
export const calendarText = (months: readonly CalendarMonth[], style: Style): string => {
  if (months.length === 0) return '';
  const used = new Set(months.flatMap(({ days }) => [...days]));
  const legend = MEANINGS.filter(([state]) => used.has(DAY_LETTERS[state])).map(([state, meaning]) => `${state === 'unseen' ? 'blank' : painted(DAY_LETTERS[state], style)} ${meaning}`);
  return [`${LABEL}  ${inTens('1234567890'.repeat(3) + '1')}`, ...groups(months).map((group) => line(group, style)), legend.join(style.unicode ? ' · ' : ', ')].join('\n');
};
