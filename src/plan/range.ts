import { ConfigError, type Problem } from '../model/errors.js';
import { formatInstant, parseInstant } from '../model/instant.js';
import { partitionOf, startOfDate, type Cut } from './partitions.js';
import type { Range } from './runRange.js';

const DATE = /^\d{4}-\d\d-\d\d$/;
const WITH_ZONE = /(?:Z|[+-]\d\d:?\d\d)$/;
const EARLIEST_MS = Date.UTC(1970, 0, 2);
const LONGEST_ECHO = 40;

/** What was given, fit for a message. */
const quoted = (text: string): string => JSON.stringify(text.length > LONGEST_ECHO ? `${text.slice(0, LONGEST_ECHO)}…` : text);

/** An instant of the range, or what is wrong with the text. */
const readBound = (text: string | undefined, cut: Cut, nowMs: number): number | string => {
  const today = partitionOf({ ...cut, window: '1d' }, nowMs).dt;
  if (text === undefined || text === '') return `is missing; give a day of ${cut.timezone} as YYYY-MM-DD, e.g. ${today}`;
  const isDate = DATE.test(text);
  const ms = isDate ? startOfDate(cut.timezone, text) : parseInstant(text);
  if (ms === undefined && isDate) return `${text} is no day of the calendar`;
  if (ms === undefined) return `${quoted(text)} is no date; write YYYY-MM-DD (a day of ${cut.timezone}), e.g. ${today}${cut.window === '1h' ? `, or where an hour starts, e.g. ${formatInstant(partitionOf(cut, nowMs).window.startMs)}` : ''}`;
  if (!isDate && !WITH_ZONE.test(text)) return `${text} has no time zone; end it with Z, or give a day as YYYY-MM-DD`;
  if (ms < EARLIEST_MS) return `${text} is before 1970; is the year right?`;
  const { startMs, endMs } = partitionOf(cut, ms).window;
  if (ms !== startMs) return `${text} is inside a partition; give its start ${formatInstant(startMs)} or its end ${formatInstant(endMs)}`;
  return ms;
};

/**
 * The closed range of a backfill or plan, `to` exclusive.
 *
 * Shape: each a local day `YYYY-MM-DD` of the job, or an ISO-8601 instant with a zone on which a partition starts.
 * `to` may be as late as the end of the current day: what is not over yet is then reported as such.
 * @throws ConfigError with all that is wrong, where `--from` or `--to`.
 */
export const parseRange = (from: string | undefined, to: string | undefined, cut: Cut, nowMs: number): Range => {
  const problems: Problem[] = [];
  const read = (where: string, text: string | undefined): number => {
    const bound = readBound(text, cut, nowMs);
    if (typeof bound === 'number') return bound;
    problems.push({ where, what: bound });
    return Number.NaN;
  };
  const fromMs = read('--from', from);
  const toMs = read('--to', to);
  const today = partitionOf({ ...cut, window: '1d' }, nowMs);
  const tomorrow = partitionOf({ ...cut, window: '1d' }, today.window.endMs).dt;
  // Comparisons with NaN are false: a bound that could not be read adds no second problem.
  if (fromMs >= today.window.endMs) problems.push({ where: '--from', what: `${String(from)} lies in the future; today is ${today.dt} in ${cut.timezone}` });
  else if (toMs > today.window.endMs) {
    problems.push({ where: '--to', what: `${String(to)} lies in the future; the latest is ${tomorrow}, which includes today, ${today.dt} in ${cut.timezone}` });
  } else if (fromMs > toMs) problems.push({ where: '--from', what: `${String(from)} is after --to ${String(to)}` });
  else if (fromMs === toMs) problems.push({ where: '--to', what: `${String(to)} is where the range begins, too: --to is exclusive, give the day after the last one` });
  if (problems.length > 0) throw new ConfigError(problems);
  return { fromMs, toMs };
};
