import { bytesText, countText, durationText, plural } from './figures.js';
import type { JobPlan } from './openedJob.js';
import type { Style } from './screen.js';
import { renderTable } from './table.js';

const MINUTE_MS = 60_000;

/** What a plan holds, for people: every partition with its reason and cost, the sum, what is not due, and the command that exports it. */
export const planText = (plan: JobPlan, style: Style, next = `gcx run ${plan.job}`): string => {
  const notDue = Object.entries(plan.notDue)
    .filter(([, partitions]) => partitions > 0)
    .map(([reason, partitions]) => `${countText(partitions)} ${reason.replaceAll('-', ' ')}`)
    .join(', ');
  const rest = notDue === '' ? '' : `not due: ${notDue}`;
  if (plan.partitions.length === 0) return [`${plan.job}: nothing is due`, ...(rest === '' ? [] : [rest])].join('\n');
  const table = renderTable(
    [
      { title: 'partition', whole: true },
      { title: 'reason' },
      { title: 'calls', align: 'right' },
      { title: 'rows', align: 'right' },
      { title: 'bytes', align: 'right' },
    ],
    plan.partitions.map((partition) => [
      partition.partition, partition.reason, `~${countText(partition.calls)}`, `~${countText(partition.rows)}`, `~${bytesText(partition.bytes)}`,
    ]),
    style,
  );
  return [
    `${plan.job}: ${plural(plan.partitions.length, 'partition')} would be exported`,
    '',
    table,
    '',
    `together about ${plural(plan.calls, 'call')}, ${durationText(plan.minutes * MINUTE_MS)} at the rate limit, ${plural(plan.rows, 'row')}, ${bytesText(plan.bytes)}`,
    ...(rest === '' ? [] : [rest]),
    '',
    `next: ${next}`,
  ].join('\n');
};
