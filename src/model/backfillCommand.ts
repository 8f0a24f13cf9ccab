import { dayAfter } from './partition.js';

/** The command that exports what is missing of some days, for messages. Dates are local days of the job, both included. */
export const backfillCommand = (job: string, first: string, last = first): string => `gcx backfill ${job} --from ${first} --to ${dayAfter(last)}`;

/** The same whatever is there: settled days and those of other settings, too. */
export const forcedBackfill = (job: string, first: string, last = first): string => `${backfillCommand(job, first, last)} --force`;
