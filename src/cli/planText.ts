import { forcedBackfill } from '../model/backfillCommand.js';
import { dayOf } from '../model/partition.js';
import type { PartitionCost } from '../plan/cost.js';
import { calendarText } from './calendarText.js';
import { followedLine, reasonText } from './followedText.js';
import { notDueText } from './notDueText.js';
import { bytesText, countText, durationText, plural } from './figures.js';
import type { JobPlan, Sampling } from './openedJob.js';
import { messageLine } from './outcomeLine.js';
import { noticeLines } from './noticeLines.js';
import type { Style } from './screen.js';
import { renderTable, type TableColumn } from './table.js';

const MINUTE_MS = 60_000;
/** Longer lists are added up, hours to days and days to months. */
const LISTED = 60;

const BASES: Readonly<Record<PartitionCost['basis'], (partitions: string) => string>> = {
  exported: (partitions) => `${partitions} as exported before`,
  counted: (partitions) => `${partitions} as the API counts`,
  sampled: (partitions) => `${partitions} by the mean of what the API counts`,
  learnt: (partitions) => `${partitions} by the mean of what was exported`,
  assumed: (partitions) => `${partitions} by assumption`,
};

/** Neighbours that share the first characters of their names: a day's hours, a month's days. */
const grouped = (partitions: readonly PartitionCost[]): readonly (readonly PartitionCost[])[] => {
  const by = (length: number): PartitionCost[][] => {
    const groups = new Map<string, PartitionCost[]>();
    for (const partition of partitions) {
      const key = partition.partition.slice(0, length);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [partition]);
      else group.push(partition);
    }
    return [...groups.values()];
  };
  const [whole, day, month] = [Number.POSITIVE_INFINITY, 'dt=2026-01-05'.length, 'dt=2026-01'.length];
  return [by(whole), by(day), by(month)].find((groups) => groups.length <= LISTED) ?? by(month);
};

const total = (group: readonly PartitionCost[], of: (cost: PartitionCost) => number): number => group.reduce((sum, cost) => sum + of(cost), 0);

const cells = (group: readonly PartitionCost[], hasSplits: boolean): readonly string[] => {
  const [first] = group;
  const last = group.at(-1);
  if (first === undefined || last === undefined) return [];
  const about = (of: (cost: PartitionCost) => number): string => `~${countText(total(group, of))}`;
  const splits = total(group, (cost) => cost.splits);
  return [
    group.length === 1 ? first.partition : `${first.partition} … ${last.partition}`,
    [...new Set(group.map(({ reason }) => reasonText(reason)))].join(', '),
    about((cost) => cost.conversations),
    about((cost) => cost.calls),
    ...(hasSplits ? [splits === 0 ? '' : `~${countText(splits)}`] : []),
    about((cost) => cost.rows),
    `~${bytesText(total(group, (cost) => cost.bytes))}`,
  ];
};

const askedText = ({ state, calls, kept, reason }: Sampling): string => {
  const before = kept === 0 ? '' : `, ${plural(kept, 'count')} kept from before`;
  switch (state) {
    case 'asked':
      return calls === 0 ? `the API was not asked again${before}` : `the API was asked (${plural(calls, 'call')}${before})`;
    case 'offline':
      return `the API was not asked (--offline)${before}`;
    case 'no-credentials':
      return `the API was not asked, there are no credentials${before}`;
    case 'not-needed':
      return 'the API was not asked, nothing is unknown';
    case 'failed':
      return `the API was asked, and did not count: ${messageLine(reason ?? '')}`;
  }
};

const basisText = ({ partitions, sampling }: JobPlan): string => {
  const counts = new Map<PartitionCost['basis'], number>();
  for (const { basis } of partitions) counts.set(basis, (counts.get(basis) ?? 0) + 1);
  const bases = [...counts].map(([basis, count]) => BASES[basis](plural(count, 'partition')));
  return `sizes: ${bases.join(', ')}; ${askedText(sampling)}`;
};

/** The command that replaces days that would fail; undefined where there are none. */
const replacing = ({ job, otherSettings }: JobPlan): string | undefined => {
  const [first] = otherSettings;
  return first === undefined ? undefined : forcedBackfill(job, first, otherSettings.at(-1));
};

/** Nothing else is due than days that would fail. */
const isRefused = ({ otherSettings, partitions }: JobPlan): boolean => partitions.every(({ partition }) => otherSettings.includes(dayOf(partition)));

const otherSettingsLine = (plan: JobPlan): readonly string[] => {
  const command = replacing(plan);
  if (command === undefined) return [];
  const { otherSettings } = plan;
  const isOne = otherSettings.length === 1;
  const days = isOne ? otherSettings.join() : `${String(otherSettings[0])} … ${String(otherSettings.at(-1))}`;
  return [`will fail: ${plural(otherSettings.length, 'day')} exported with another source, filters, tables, formats or participants (${days}); ${command} replaces ${isOne ? 'it' : 'them'}`];
};

/** What a plan holds, for people: every partition with its reason and cost, the sum, what the estimates rest on, how the days stand, and the command that exports them. */
export const planText = (plan: JobPlan, style: Style, next = `gcx run ${plan.job}`): string => {
  const notDue = notDueText(plan.notDue);
  const rest = [...(notDue === '' ? [] : [`not due: ${notDue}`]), ...followedLine(plan.followed), ...noticeLines(plan.notices, style)];
  const calendar = plan.calendar.length === 0 ? [] : ['', calendarText(plan.calendar, style)];
  if (plan.partitions.length === 0) return [`${plan.job}: nothing is due`, ...rest, ...calendar].join('\n');
  const hasSplits = plan.splits > 0;
  const columns: readonly TableColumn[] = [
    { title: 'partition', whole: true },
    { title: 'reason' },
    { title: 'conversations', align: 'right' },
    { title: 'calls', align: 'right' },
    ...(hasSplits ? [{ title: 'splits', align: 'right' } as const] : []),
    { title: 'rows', align: 'right' },
    { title: 'bytes', align: 'right' },
  ];
  const splits = hasSplits ? [`${plural(plan.splits, 'split')} of windows that are longer, or hold more, than is asked for at once`] : [];
  return [
    `${plan.job}: ${plural(plan.partitions.length, 'partition')} would be exported`,
    ...(plan.range === null ? [] : [`windows: ${plan.range.from} to ${plan.range.to}`]),
    '',
    renderTable(columns, grouped(plan.partitions).map((group) => cells(group, hasSplits)), style),
    '',
    `together about ${plural(plan.calls, 'call')}, ${durationText(plan.minutes * MINUTE_MS)} at ${countText(plan.requestsPerMinute)} a minute, ${plural(plan.rows, 'row')}, ${bytesText(plan.bytes)}`,
    ...splits,
    basisText(plan),
    ...otherSettingsLine(plan),
    ...rest,
    ...calendar,
    '',
    `next: ${(isRefused(plan) ? replacing(plan) : undefined) ?? next}`,
  ].join('\n');
};
