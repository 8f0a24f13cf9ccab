import { backfillCommand } from '../model/backfillCommand.js';
import { dayAfter, dayOf } from '../model/partition.js';
import { calendarText } from './calendarText.js';
import { failureBlocks, replacingStep, type FailedPartition } from './failureBlocks.js';
import { followedLine, reasonText } from './followedText.js';
import { countText, durationText, plural } from './figures.js';
import type { JobStatus, JobTotals, PartitionStatus } from './openedJob.js';
import { noticeLines } from './noticeLines.js';
import { rowTotal } from './outcomeLine.js';
import type { Style } from './screen.js';
import { renderTable } from './table.js';

/** An instant to the minute, as people read it. */
const minute = (iso: string | null): string => (iso === null ? '' : `${iso.slice(0, 10)} ${iso.slice(11, 16)}Z`);

/** Terminals below this width have no room for years in a table, nor for the word `version`. */
const NARROW = 88;

/** How fresh the source was, and by whose word: the data lake's watermark, or a server that reads live data. */
const freshness = ({ asOf, asOfOrigin }: PartitionStatus, inTable: (iso: string | null) => string): string => (asOf === null ? '' : `${inTable(asOf)} ${asOfOrigin === 'availability' ? 'lake' : 'live'}`);

const stateText = (partition: PartitionStatus): string => (partition.failure === null || partition.state === 'damaged' ? partition.state : `${partition.state}, FAILED`);

/** Beyond so many lines, runs of settled partitions are one line each. */
const LISTED = 60;
/** The newest stay one line each, however many there are. */
const NEWEST = 20;

const isMissing = ({ state, failure }: PartitionStatus): boolean => state === 'missing' && failure === null;
const isSettled = ({ state, failure }: PartitionStatus): boolean => state === 'settled' && failure === null;

/** Neighbours that a reader need not see one by one: the missing, whose gap is named below, and in a long list the settled. */
const folded = (partitions: readonly PartitionStatus[]): PartitionStatus[][] => {
  const groups: PartitionStatus[][] = [];
  const long = partitions.filter((partition) => !isMissing(partition)).length > LISTED;
  for (const [at, partition] of partitions.entries()) {
    const last = groups.at(-1)?.[0];
    const alike =
      last !== undefined && ((isMissing(last) && isMissing(partition)) || (long && at < partitions.length - NEWEST && isSettled(last) && isSettled(partition)));
    if (alike) groups.at(-1)?.push(partition);
    else groups.push([partition]);
  }
  return groups;
};

/** A partition's name where there is no room for more: month and day, the hour after a slash. */
const shortName = (path: string, withYear: boolean): string => path.replace(/^dt=\d\d(\d\d-)/, withYear ? '$1' : '').replace('/hr=', '/');

/** The first and the last of neighbours. Why short where it is narrow: the column is never cut, and would take the minutes from the times. */
const spanText = (first: string, last: string, isNarrow: boolean): string => {
  const withYear = first.slice(0, 'dt=2026'.length) !== last.slice(0, 'dt=2026'.length);
  return isNarrow ? `${shortName(first, withYear)} … ${shortName(last, withYear)}` : `${first} … ${last}`;
};

const cells = (group: readonly PartitionStatus[], isNarrow: boolean): string[] => {
  const inTable = (iso: string | null): string => (isNarrow ? minute(iso).slice('2026-'.length) : minute(iso));
  const [first] = group;
  const last = group.at(-1);
  if (first === undefined || last === undefined) return [];
  const rows = group.reduce((sum, partition) => sum + rowTotal(partition), 0);
  if (group.length > 1) {
    return [spanText(first.partition, last.partition, isNarrow), `${countText(group.length)} ${first.state}`, '', first.version === null ? '' : countText(rows), '', ''];
  }
  const absent = first.version === null;
  return [first.partition, stateText(first), absent ? '' : String(first.version), absent ? '' : countText(rows), freshness(first, inTable), inTable(first.committedAt)];
};

const failedIn = ({ partitions }: JobStatus): readonly FailedPartition[] =>
  partitions.flatMap(({ partition, failure }) => (failure === null ? [] : [{ partition, failure, ...(failure.at === '' ? {} : { at: minute(failure.at) }) }]));

const STEPS_NAMED = 3;

/** First and last days, both included, of what lies before what `run` looks at: gaps, and days that failed outside of every gap. */
const spansForBackfill = ({ gaps, partitions }: JobStatus): readonly (readonly [from: string, to: string])[] => {
  const inGap = (path: string): boolean => gaps.some((gap) => gap.from <= path && path <= gap.to);
  const failed = partitions.filter(({ partition, state, failure }) => state === 'missing' && failure !== null && !inGap(partition)).map(({ partition }) => partition);
  const days = [...gaps.filter((gap) => !gap.byRun).map(({ from, to }) => [dayOf(from), dayOf(to)] as const), ...failed.map((path) => [dayOf(path), dayOf(path)] as const)];
  const spans: [string, string][] = [];
  for (const [from, to] of days.sort(([a], [b]) => (a < b ? -1 : 1))) {
    const last = spans.at(-1);
    if (last !== undefined && from <= dayAfter(last[1])) last[1] = to > last[1] ? to : last[1];
    else spans.push([from, to]);
  }
  return spans;
};

/** A backfill for each span that `run` does not look at, the oldest first; otherwise, and for the rest, `run`. */
const nextSteps = (status: JobStatus): readonly string[] => {
  const backfills = spansForBackfill(status).map(([from, to]) => backfillCommand(status.job, from, to));
  const named = backfills.slice(0, STEPS_NAMED);
  const replacing = replacingStep(status.job, failedIn(status));
  if (status.gaps.length === 0 && replacing !== undefined) return [replacing];
  const byRun = backfills.length === 0 || status.gaps.some((gap) => gap.byRun);
  const more = backfills.length > named.length ? [`… and ${plural(backfills.length - named.length, 'range')} more: gcx status ${status.job} --json`] : [];
  return [...named, ...more, ...(byRun ? [`gcx run ${status.job}`] : [])].map((step, at) => `${at === 0 ? 'next:' : '     '} ${step}`);
};

const WAITING_NAMED = 12;

/** Partitions that cannot settle before the data lake has got further. */
const waitingLines = ({ partitions }: JobStatus): readonly string[] => {
  const waiting = partitions.filter(({ waitsFor }) => waitsFor === 'watermark');
  const lake = waiting.map(({ asOf }) => asOf ?? '').sort().at(-1);
  if (lake === undefined) return [];
  const rest = waiting.length - WAITING_NAMED;
  const names = `${waiting.slice(0, WAITING_NAMED).map(({ partition }) => partition).join(', ')}${rest > 0 ? ` and ${countText(rest)} more` : ''}`;
  return [`waiting for the data lake, which was at ${minute(lake)}: ${names}`];
};

/** Settled partitions that the next run exports again, and why. */
const dueLines = ({ partitions }: JobStatus): readonly string[] => {
  const due = partitions.flatMap(({ partition, dueFor }) => (dueFor === null ? [] : [`${partition} (${reasonText(dueFor)})`]));
  const rest = due.length - WAITING_NAMED;
  return due.length === 0 ? [] : [`to be exported again: ${due.slice(0, WAITING_NAMED).join(', ')}${rest > 0 ? ` and ${countText(rest)} more` : ''}`];
};

const signed = (value: number): string => (value > 0 ? `+${countText(value)}` : countText(value));

const changedLine = ({ restated: { partitions, changed, appeared, vanished } }: JobTotals): readonly string[] =>
  partitions === 0 ? [] : [`restated: ${plural(partitions, 'partition')}, by the newest version of each ${countText(changed)} rows changed, ${countText(appeared)} appeared, ${countText(vanished)} vanished`];

/** What was counted, added up: the conversations, what was dropped of the answers, and how that compares with the API's own count. */
const totalLines = ({ totals, partitions }: JobStatus): readonly string[] => {
  if (totals.partitions === 0) return [];
  const { counted } = totals;
  const some = (count: number, text: string): string[] => (count === 0 ? [] : [`${countText(count)} ${text}`]);
  const dropped = [
    ...some(totals.duplicates + totals.refetched, 'repeated'), ...some(totals.outsideWindow, 'outside their window'), ...some(totals.open, 'had not ended'), ...some(totals.rejects, 'rejected'),
  ];
  const short = partitions.filter((partition) => partition.isShort).map(({ partition }) => partition);
  return [
    `counted: ${plural(totals.conversations, 'conversation')}${dropped.length === 0 ? '' : ` (${dropped.join(', ')})`}`,
    ...changedLine(totals),
    ...(counted.partitions === 0 ? [] : [`the API counts ${countText(counted.sourceTotal)} in ${plural(counted.partitions, 'partition')}: difference ${signed(counted.difference)}`]),
    ...(short.length === 0 ? [] : [`short of the API’s count: ${short.slice(0, WAITING_NAMED).join(', ')}${short.length > WAITING_NAMED ? ' …' : ''}`]),
  ];
};

const ledgerLines = ({ ledger }: JobStatus): readonly string[] => {
  const results = Object.entries(ledger.results).filter(([, looks]) => looks > 0).map(([result, looks]) => `${countText(looks)} ${result}`);
  return [
    ...(ledger.looks === 0 ? [] : [`ledger: ${plural(ledger.looks, 'look')} in ${plural(ledger.runs, 'run')}, the last at ${minute(ledger.lastAt)}: ${results.join(', ')}; ${plural(ledger.calls, 'call')}, ${durationText(ledger.elapsedMs)}`]),
    ...(ledger.unreadable.length === 0 ? [] : [`ledger: cannot be read: ${ledger.unreadable.join(', ')}`]),
  ];
};

/** What is on disk of a job: each partition, the gaps by name, and the last failures with their remedies. */
export const statusText = (status: JobStatus, style: Style): string => {
  const committed = status.partitions.filter((partition) => partition.version !== null);
  const rows = committed.reduce((sum, partition) => sum + rowTotal(partition), 0);
  if (status.partitions.length === 0) return `${status.job}: nothing is exported yet, and nothing is due\n\nnext: gcx plan ${status.job}   (says why)`;
  const failures = failureBlocks(status.job, failedIn(status), style);
  const gaps = status.gaps.map((gap) =>
    gap.from === gap.to ? `gap: ${gap.from} is missing` : `gap: ${gap.from} to ${gap.to} (${plural(gap.partitions, 'partition')}) are missing`,
  );
  const facts = [
    ...totalLines(status),
    ...ledgerLines(status),
    ...waitingLines(status),
    ...followedLine(status.followed),
    ...dueLines(status),
    ...noticeLines(status.notices, style),
  ];
  const isNarrow = style.width < NARROW;
  const table = renderTable(
    [
      { title: 'partition', whole: true },
      { title: 'state' },
      { title: isNarrow ? 'v' : 'version', align: 'right' },
      { title: 'rows', align: 'right' },
      { title: 'fresh as of' },
      { title: 'committed' },
    ],
    folded(status.partitions).map((group) => cells(group, isNarrow)),
    style,
  );
  return [
    `${status.job}: ${plural(committed.length, 'partition')} exported, ${plural(rows, 'row')}, in ${status.folder}`,
    '',
    table,
    ...(status.calendar.length === 0 ? [] : ['', calendarText(status.calendar, style)]),
    ...(facts.length === 0 ? [] : ['', ...facts]),
    ...(gaps.length === 0 ? [] : ['', ...gaps]),
    ...(failures.length === 0 ? [] : ['', ...failures]),
    ...(gaps.length + failures.length === 0 ? [] : ['', ...nextSteps(status)]),
  ].join('\n');
};
