import { countText, plural } from './figures.js';
import type { JobStatus, PartitionStatus } from './openedJob.js';
import { messageLine, rowTotal } from './outcomeLine.js';
import type { Style } from './screen.js';
import { renderTable } from './table.js';

/** An instant to the minute, as people read it. */
const minute = (iso: string | null): string => (iso === null ? '' : `${iso.slice(0, 10)} ${iso.slice(11, 16)}Z`);

const stateText = (partition: PartitionStatus): string => (partition.failure === null || partition.state === 'damaged' ? partition.state : `${partition.state}, FAILED`);

/** What is on disk of a job: each partition, the gaps by name, and the last failures with their remedies. */
export const statusText = (status: JobStatus, style: Style): string => {
  const committed = status.partitions.filter((partition) => partition.version !== null);
  const rows = committed.reduce((sum, partition) => sum + rowTotal(partition), 0);
  if (status.partitions.length === 0) return `${status.job}: nothing is exported yet\n\nnext: gcx run ${status.job}`;
  const failures = status.partitions.flatMap((partition) =>
    partition.failure === null
      ? []
      : [
          `${style.unicode ? '✗' : 'FAIL'} ${partition.partition}${partition.failure.at === '' ? '' : ` at ${minute(partition.failure.at)}`}: ${messageLine(partition.failure.message)}`,
          ...(partition.failure.remedy === undefined ? [] : [`    ${style.unicode ? '→' : '->'} ${messageLine(partition.failure.remedy)}`]),
        ],
  );
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
    status.partitions.map((partition) => [
      partition.partition,
      stateText(partition),
      partition.version === null ? '' : String(partition.version),
      partition.version === null ? '' : countText(rowTotal(partition)),
      minute(partition.asOf),
      minute(partition.committedAt),
    ]),
    style,
  );
  return [
    `${status.job}: ${plural(committed.length, 'partition')} exported, ${plural(rows, 'row')}, in ${status.folder}`,
    '',
    table,
    ...(gaps.length === 0 ? [] : ['', ...gaps]),
    ...(failures.length === 0 ? [] : ['', ...failures]),
    ...(gaps.length + failures.length === 0 ? [] : ['', `next: gcx run ${status.job}`]),
  ].join('\n');
};
