import type { PartitionCounts } from '../model/manifest.js';
import type { PartitionOutcome } from '../run/report.js';
import { durationText, plural } from './figures.js';
import { escapeControls } from './printable.js';
import { redactText } from './redact.js';

/** All rows of a partition, whatever the table. */
export const rowTotal = (counts: Pick<PartitionCounts, 'rows'>): number => Object.values(counts.rows).reduce((sum, rows) => sum + rows, 0);

/** An outcome's counts, where it has some. */
export const countsOf = (outcome: PartitionOutcome): PartitionCounts | undefined => {
  if (outcome.result === 'committed') return outcome.manifest.counts;
  return outcome.result === 'unchanged' ? outcome.counts : undefined;
};

/** Why a partition failed, on one line, without its name, which stands before it. */
export const reasonLine = ({ partition, failure }: { readonly partition: string; readonly failure: { readonly message: string } }): string =>
  messageLine(failure.message.startsWith(`${partition}: `) ? failure.message.slice(partition.length + 2) : failure.message);

const workText = (counts: PartitionCounts, outcome: { readonly pagesFetched: number; readonly elapsedMs: number }): string =>
  [
    plural(counts.unique, 'conversation'),
    plural(rowTotal(counts), 'row'),
    plural(outcome.pagesFetched, 'page'),
    durationText(outcome.elapsedMs),
  ].join(', ');

/** A message of an error, on one line and without what may be a secret. */
export const messageLine = (message: string): string => escapeControls(redactText(message.replaceAll(/\s*\n\s*/g, '; ')));

/** What became of a partition, on one line: `dt=2026-01-05  committed v1 settled  1,000 conversations, 4,210 rows, 10 pages, 1.2 s`. */
export const outcomeLine = (outcome: PartitionOutcome): string => {
  switch (outcome.result) {
    case 'committed':
      return `${outcome.partition}  committed v${String(outcome.manifest.version)} ${outcome.manifest.state}  ${workText(outcome.manifest.counts, outcome)}`;
    case 'unchanged':
      return `${outcome.partition}  unchanged v${String(outcome.version)} ${outcome.state}  ${workText(outcome.counts, outcome)}`;
    case 'current':
      return `${outcome.partition}  up to date v${String(outcome.version)} ${outcome.state}`;
    case 'failed':
      return `${outcome.partition}  FAILED  ${reasonLine(outcome)}`;
  }
};
