import { forcedBackfill } from '../model/backfillCommand.js';
import { OtherSettingsError } from '../model/errors.js';
import { dayOf } from '../model/partition.js';
import type { Failure } from '../run/report.js';
import { plural } from './figures.js';
import { messageLine, reasonLine } from './outcomeLine.js';
import { paintFor } from './paint.js';
import type { Style } from './screen.js';

/** A partition and why it failed. */
export interface FailedPartition {
  readonly partition: string;
  readonly failure: Pick<Failure, 'error' | 'message' | 'remedy'>;
  /** When, as people read it; absent: now. */
  readonly at?: string;
}

/** Partitions that failed one after the other for the same reason. */
interface Block {
  readonly first: FailedPartition;
  last: FailedPartition;
  count: number;
}

/** Whether days failed for being exported with other settings only: running again changes nothing. */
const areOfOtherSettings = (failed: readonly FailedPartition[]): boolean => failed.length > 0 && failed.every(({ failure }) => failure.error === OtherSettingsError.name);

/** The command that replaces partitions on purpose. */
const replaceAll = (job: string, failed: readonly FailedPartition[]): string => {
  const days = failed.map(({ partition }) => dayOf(partition)).sort();
  return forcedBackfill(job, days[0] ?? '', days.at(-1));
};

/** What to do next where running again changes nothing; undefined where it may. */
export const replacingStep = (job: string, failed: readonly FailedPartition[]): string | undefined =>
  areOfOtherSettings(failed) ? `next: ${replaceAll(job, failed)}   (replaces ${failed.length === 1 ? 'it' : 'them'} on purpose)` : undefined;

const isSame = (one: FailedPartition, other: FailedPartition): boolean =>
  reasonLine(one) === reasonLine(other) && one.at === other.at && (one.failure.remedy === other.failure.remedy || areOfOtherSettings([one, other]));

/** A line for each reason, below it the remedy: neighbours that failed for the same one share both. */
export const failureBlocks = (job: string, failed: readonly FailedPartition[], style: Style): readonly string[] => {
  const mark = paintFor(style).bad(style.unicode ? '✗' : 'FAIL');
  const arrow = style.unicode ? '→' : '->';
  const blocks: Block[] = [];
  for (const one of failed) {
    const block = blocks.at(-1);
    if (block !== undefined && isSame(block.first, one)) {
      block.last = one;
      block.count++;
    } else blocks.push({ first: one, last: one, count: 1 });
  }
  return blocks.flatMap(({ first, last, count }) => {
    const which = count === 1 ? first.partition : `${first.partition} … ${last.partition} (${plural(count, 'partition')})`;
    const remedy = areOfOtherSettings([first]) ? `Replace ${count === 1 ? 'it' : 'them'} on purpose: ${replaceAll(job, [first, last])}` : first.failure.remedy;
    return [`${mark} ${which}${first.at === undefined ? '' : ` at ${first.at}`}: ${reasonLine(first)}`, ...(remedy === undefined ? [] : [`    ${arrow} ${messageLine(remedy)}`])];
  });
};
