import { backfillCommand, forcedBackfill } from '../model/backfillCommand.js';
import { dayOf } from '../model/partition.js';
import type { Subject } from './subject.js';

/** The command that looks at a partition again: what is missing of its published files is put back, what is settled is not asked for. */
export const publishAgain = (subject: Subject, partition: string): string => `\`${backfillCommand(subject.job, dayOf(partition))}\``;

/** The command that exports a partition again, whatever its state. `backfill` counts in whole days, so an hour's day is exported with it. */
export const exportAgain = (subject: Subject, partition: string): string => `\`${forcedBackfill(subject.job, dayOf(partition))}\``;
