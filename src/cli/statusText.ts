import { countText, plural } from './figures.js';
import { paintFor } from './paint.js';
import type { JobStatus, PartitionStatus } from './openedJob.js';
import { messageLine, rowTotal } from './outcomeLine.js';
import type { Style } from './screen.js';
import { renderTable } from './table.js';

/** An instant to the minute, as people read it. */
const minute = (iso: string | null): string => (iso === null ? '' : `${iso.slice(0, 10)} ${iso.slice(11, 16)}Z`);

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

const cells = (group: readonly PartitionStatus[]): string[] => {
  const [first] = group;
  const last = group.at(-1);
  if (first === undefined || last === undefined) return [];
  const rows = group.reduce((sum, partition) => sum + rowTotal(partition), 0);
  if (group.length > 1) {
    return [`${first.partition} … ${last.partition}`, `${countText(group.length)} ${first.state}`, '', first.version === null ? '' : countText(rows), '', ''];
  }
  const absent = first.version === null;
  return [first.partition, stateText(first), absent ? '' : String(first.version), absent ? '' : countText(rows), minute(first.asOf), minute(first.committedAt)];
};

const failureLines = (partition: PartitionStatus, style: Style): readonly string[] => {
  const { failure } = partition;
  if (failure === null) return [];
  return [
    `${paintFor(style).bad(style.unicode ? '✗' : 'FAIL')} ${partition.partition}${failure.at === '' ? '' : ` at ${minute(failure.at)}`}: ${messageLine(failure.message)}`,
    ...(failure.remedy === undefined ? [] : [`    ${style.unicode ? '→' : '->'} ${messageLine(failure.remedy)}`]),
  ];
};

const dayOf = (partition: string): string => /dt=(\d{4}-\d\d-\d\d)/.exec(partition)?.[1] ?? '';
const dayAfter = (day: string): string => new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);

/** `run`, or the range that closes all gaps where one lies before what `run` looks at. */
const nextStep = ({ job, gaps }: JobStatus): string => {
  const [first] = gaps;
  const last = gaps.at(-1);
  if (first === undefined || last === undefined || first.byRun) return `next: gcx run ${job}`;
  return `next: gcx backfill ${job} --from ${dayOf(first.from)} --to ${dayAfter(dayOf(last.to))}`;
};

/** What is on disk of a job: each partition, the gaps by name, and the last failures with their remedies. */
export const statusText = (status: JobStatus, style: Style): string => {
  const committed = status.partitions.filter((partition) => partition.version !== null);
  const rows = committed.reduce((sum, partition) => sum + rowTotal(partition), 0);
  if (status.partitions.length === 0) return `${status.job}: nothing is exported yet\n\nnext: gcx run ${status.job}`;
  const failures = status.partitions.flatMap((partition) => failureLines(partition, style));
  const gaps = status.gaps.map((gap) =>
    gap.from === gap.to ? `gap: ${gap.from} is missing` : `gap: ${gap.from} to ${gap.to} (${plural(gap.partitions, 'partition')}) are missing`,
  );
  const table = renderTable(
    [
      { title: 'partition', whole: true },
      { title: 'state' },
      { title: 'version', align: 'right' },
      { title: 'rows', align: 'right' },
      { title: 'fresh as of' },
      { title: 'committed' },
    ],
    folded(status.partitions).map(cells),
    style,
  );
  return [
    `${status.job}: ${plural(committed.length, 'partition')} exported, ${plural(rows, 'row')}, in ${status.folder}`,
    '',
    table,
    ...(gaps.length === 0 ? [] : ['', ...gaps]),
    ...(failures.length === 0 ? [] : ['', ...failures]),
    ...(gaps.length + failures.length === 0 ? [] : ['', nextStep(status)]),
  ].join('\n');
};
