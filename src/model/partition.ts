import type { Window } from './window.js';

/** A job's slice of time: the unit of work and of commit. */
export interface Partition {
  readonly job: string;
  readonly window: Window;
  /** Local date of the conversations in it, `YYYY-MM-DD`. */
  readonly dt: string;
  /** Local hour `00` to `23`, for 1h windows. The hour that a clock change repeats is one partition of two hours. */
  readonly hr: string | undefined;
}

const PATH = /^dt=\d{4}-\d\d-\d\d(?:\/hr=\d\d)?$/;

/** Whether a path is that of a partition: `dt=2026-01-05` or `dt=2026-01-05/hr=13`. */
export const isPartitionPath = (path: string): boolean => PATH.test(path);

/** The date in a partition's path. Shape: `YYYY-MM-DD`. */
export const dayOf = (path: string): string => path.slice('dt='.length, 'dt=2026-01-05'.length);

/** The next date of the calendar. Shape: `YYYY-MM-DD`. */
export const dayAfter = (date: string): string => new Date(Date.parse(`${date}T00:00:00Z`) + 24 * 3_600_000).toISOString().slice(0, 10);

/** The Hive path of a partition, also its name in messages and under `_manifests`: `dt=2026-01-05` or `dt=2026-01-05/hr=13`. */
export const partitionPath = (partition: Pick<Partition, 'dt' | 'hr'>): string =>
  partition.hr === undefined ? `dt=${partition.dt}` : `dt=${partition.dt}/hr=${partition.hr}`;
