import type { Subject } from './subject.js';

const DAY_MS = 86_400_000;

/** The local date after a date. Shape: `YYYY-MM-DD`. */
const nextDate = (date: string): string => new Date(Date.parse(`${date}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10);

/** The command that looks at a partition again: what is missing of its published files is put back, what is settled is not asked for. */
export const publishAgain = (subject: Subject, partition: string): string => {
  const from = partition.slice('dt='.length, 'dt=YYYY-MM-DD'.length);
  return `\`gcx backfill ${subject.job} --from ${from} --to ${nextDate(from)}\``;
};

/** The command that exports a partition again, whatever its state. `backfill` counts in whole days, so an hour's day is exported with it. */
export const exportAgain = (subject: Subject, partition: string): string => {
  const from = partition.slice('dt='.length, 'dt=YYYY-MM-DD'.length);
  return `\`gcx backfill ${subject.job} --from ${from} --to ${nextDate(from)} --force\``;
};
