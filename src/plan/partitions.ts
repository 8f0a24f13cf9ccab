import { ConfigError } from '../model/errors.js';
import type { Job } from '../model/job.js';
import type { Partition } from '../model/partition.js';
import { WallClock, type ClockChange } from './wallClock.js';

/** What of a job decides how time is cut. */
export type Cut = Pick<Job, 'name' | 'window' | 'timezone'>;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const YEAR_MS = 366 * DAY_MS;
const DATE = /^\d{4}-\d\d-\d\d$/;
const PATH = /^dt=(\d{4}-\d\d-\d\d)(?:\/hr=(\d\d))?$/;

const stepOf = (cut: Cut): number => (cut.window === '1d' ? DAY_MS : HOUR_MS);

/** Wall time of a local date's midnight; undefined where the calendar has no such date. */
const wallOf = (date: string): number | undefined => {
  const ms = DATE.test(date) ? Date.parse(`${date}T00:00:00.000Z`) : Number.NaN;
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(date) ? ms : undefined;
};

/** The partition whose label is a wall time; undefined where the clock skips it (Apia had no 2011-12-30). */
const labelled = (cut: Cut, clock: WallClock, wallMs: number): Partition | undefined => {
  const startMs = clock.firstInstant(wallMs);
  const endMs = clock.firstInstant(wallMs + stepOf(cut));
  if (startMs === endMs) return undefined;
  const label = new Date(wallMs).toISOString();
  return { job: cut.name, window: { startMs, endMs }, dt: label.slice(0, 10), hr: cut.window === '1d' ? undefined : label.slice(11, 13) };
};

const labelAt = (cut: Cut, clock: WallClock, ms: number): number => {
  const step = stepOf(cut);
  let wallMs = Math.floor(clock.wallAt(ms) / step) * step;
  // Where the clock goes back across a label's end, the repeated stretch stays with the label that had begun.
  while (clock.firstInstant(wallMs + step) <= ms) wallMs += step;
  return wallMs;
};

/** An hour that comes, goes, and comes again after another: no half-open window holds it. */
const tearsHours = ({ atMs, beforeMs, afterMs }: ClockChange): boolean => Math.floor((atMs + afterMs) / HOUR_MS) < Math.floor((atMs - 1 + beforeMs) / HOUR_MS);

const refuseTornHours = (cut: Cut, clock: WallClock, fromMs: number, toMs: number): void => {
  if (cut.window !== '1h') return;
  const torn = clock.changes(fromMs - YEAR_MS, toMs + YEAR_MS).find(tearsHours);
  if (torn === undefined) return;
  throw new ConfigError([
    {
      where: `job ${cut.name}: window`,
      what: `1h is not possible in ${cut.timezone}: on ${new Date(torn.atMs + torn.afterMs).toISOString().slice(0, 10)} its clock goes back so far that hours come twice, apart from each other; use window: 1d, or timezone: UTC`,
    },
  ]);
};

/**
 * The first instant of a local date (of the next one, where the clock skips it); undefined where the calendar has no such date.
 *
 * Shape: `YYYY-MM-DD`. Units: UTC epoch milliseconds.
 */
export const startOfDate = (timezone: string, date: string): number | undefined => {
  const wallMs = wallOf(date);
  return wallMs === undefined ? undefined : new WallClock(timezone).firstInstant(wallMs);
};

const instantOf = (cut: Cut, moment: number | string): number => {
  if (typeof moment === 'number') return moment;
  const ms = startOfDate(cut.timezone, moment);
  if (ms === undefined) throw new ConfigError([{ where: `job ${cut.name}`, what: `${JSON.stringify(moment.slice(0, 40))} is no date of the calendar; write YYYY-MM-DD` }]);
  return ms;
};

/**
 * The partition that holds an instant.
 *
 * Units: UTC epoch milliseconds.
 */
export const partitionOf = (cut: Cut, ms: number): Partition => {
  const clock = new WallClock(cut.timezone);
  const found = labelled(cut, clock, labelAt(cut, clock, ms));
  if (found === undefined) throw new RangeError(`no partition of ${cut.timezone} holds the instant ${String(ms)}`);
  return found;
};

/**
 * The partitions that hold the instants of `[from, to)`, oldest first: whole ones, also where the range begins or ends inside one.
 *
 * Units: UTC epoch milliseconds, or local dates `YYYY-MM-DD`.
 * Invariant: each ends where the next starts. An hour that the clock repeats is one partition of two hours; what it skips is none.
 * @throws ConfigError where 1h windows cannot tile: the zone's clock goes back by more than the hour it is in (Antarctica/Troll),
 * in the range or within a year of it (so that a job fails when it is made, not in its first autumn).
 */
export const partitionsBetween = (cut: Cut, from: number | string, to: number | string): Partition[] => {
  const fromMs = instantOf(cut, from);
  const toMs = instantOf(cut, to);
  const found: Partition[] = [];
  if (fromMs >= toMs) return found;
  const clock = new WallClock(cut.timezone);
  refuseTornHours(cut, clock, fromMs, toMs);
  const step = stepOf(cut);
  for (let wallMs = labelAt(cut, clock, fromMs); clock.firstInstant(wallMs) < toMs; wallMs += step) {
    const partition = labelled(cut, clock, wallMs);
    if (partition !== undefined) found.push(partition);
  }
  return found;
};

/** Tells whether one partition ends and the next one starts at an instant. Units: UTC epoch milliseconds. */
export const boundaryOf = (cut: Cut): ((ms: number) => boolean) => {
  const clock = new WallClock(cut.timezone);
  return (ms) => labelled(cut, clock, labelAt(cut, clock, ms))?.window.startMs === ms;
};

/** Tells the partitions that many Hive paths name, as `partitionFromPath` does. */
export const partitionReader = (cut: Cut): ((path: string) => Partition | undefined) => {
  const clock = new WallClock(cut.timezone);
  return (path) => {
    const match = PATH.exec(path);
    const midnightMs = wallOf(match?.[1] ?? '');
    const hour = match?.[2];
    if (midnightMs === undefined || (hour === undefined) !== (cut.window === '1d') || Number(hour ?? 0) > 23) return undefined;
    return labelled(cut, clock, midnightMs + Number(hour ?? 0) * HOUR_MS);
  };
};

/**
 * The partition that a Hive path names: the inverse of `partitionPath`. Undefined where the job has no such partition:
 * another window length, no date of the calendar, an hour that the clock skips.
 */
export const partitionFromPath = (cut: Cut, path: string): Partition | undefined => partitionReader(cut)(path);
