import { sumOfChanges, type PartitionCounts, type RowChanges } from '../model/manifest.js';
import type { JobReport, PartitionOutcome, RunCost, RunEstimate } from '../run/report.js';
import { budgetText } from './budgetText.js';
import { failureBlocks, replacingStep, type FailedPartition } from './failureBlocks.js';
import { followedResult } from './followedText.js';
import { bytesText, countText, durationText, plural } from './figures.js';
import { countsOf, rowTotal } from './outcomeLine.js';
import type { HttpStats } from './openedJob.js';
import type { Style } from './screen.js';
import { renderTable, type TableColumn } from './table.js';
import { noticeLines } from './noticeLines.js';
import { notDueText } from './notDueText.js';

/** Beyond so many partitions only the failed ones are listed: `gcx status` has the rest. */
const LISTED = 40;

const COLUMNS: readonly TableColumn[] = [
  { title: 'partition', whole: true },
  { title: 'result' },
  { title: 'state' },
  { title: 'conversations', align: 'right' },
  { title: 'rows', align: 'right' },
  { title: 'pages', align: 'right' },
  { title: 'time', align: 'right' },
];

const resultText = (outcome: PartitionOutcome): string => {
  switch (outcome.result) {
    case 'committed':
      return `committed v${String(outcome.manifest.version)}`;
    case 'unchanged':
      return `unchanged v${String(outcome.version)}`;
    case 'current':
      return `up to date v${String(outcome.version)}`;
    case 'failed':
      return 'FAILED';
  }
};

const cells = (outcome: PartitionOutcome): readonly string[] => {
  const counts = countsOf(outcome);
  const state = outcome.result === 'failed' ? '' : outcome.result === 'committed' ? outcome.manifest.state : outcome.state;
  return [
    outcome.partition,
    resultText(outcome),
    state,
    counts === undefined ? '' : countText(counts.unique),
    counts === undefined ? '' : countText(rowTotal(counts)),
    outcome.result === 'current' ? '' : countText(outcome.pagesFetched),
    'elapsedMs' in outcome ? durationText(outcome.elapsedMs) : '',
  ];
};

const sum = (all: readonly PartitionCounts[], of: (counts: PartitionCounts) => number): number => all.reduce((total, counts) => total + of(counts), 0);

const rowsByTable = (all: readonly PartitionCounts[]): ReadonlyMap<string, number> => {
  const totals = new Map<string, number>();
  for (const counts of all) for (const [table, rows] of Object.entries(counts.rows)) totals.set(table, (totals.get(table) ?? 0) + rows);
  return totals;
};

const costText = ({ calls, rows, bytes }: RunCost): string => `${plural(calls, 'call')}, ${plural(rows, 'row')}, ${bytesText(bytes)}`;

/** Of the partitions that have a new version only: what was asked for and not committed is in no sum. */
const estimateText = ({ expected, actual }: RunEstimate): string => `${costText(expected)} for what was committed; it took ${costText(actual)}`;

/** How the versions that replaced others differ from them. */
const restatedFacts = ({ outcomes }: JobReport): readonly (readonly [string, string])[] => {
  const all = outcomes.flatMap((outcome) => (outcome.result === 'committed' ? (sumOfChanges(outcome.manifest) ?? []) : []));
  if (all.length === 0) return [];
  const total = (of: (changes: RowChanges) => number): string => countText(all.reduce((rows, changes) => rows + of(changes), 0));
  return [['restated', `${plural(all.length, 'partition')}: ${total((c) => c.changed)} rows changed, ${total((c) => c.appeared)} appeared, ${total((c) => c.vanished)} vanished`]];
};

const facts = (report: JobReport, http: HttpStats): readonly (readonly [string, string])[] => {
  const all = report.outcomes.flatMap((outcome) => countsOf(outcome) ?? []);
  const some = (name: string, value: number, text: string): (readonly [string, string])[] => (value === 0 ? [] : [[name, text]]);
  const duplicates = sum(all, (c) => c.duplicates);
  const outside = sum(all, (c) => c.outsideWindow);
  const open = sum(all, (c) => c.open);
  const rejects = sum(all, (c) => c.rejects);
  const replaced = sum(all, (c) => c.replacedText);
  const repeated = sum(all, (c) => c.repeatedKeys);
  return [
    ...[...rowsByTable(all)].map(([table, rows], at) => [at === 0 ? 'rows' : '', `${countText(rows)} ${table}`] as const),
    ...some('duplicates', duplicates, `${plural(duplicates, 'conversation')} came more than once and ${duplicates === 1 ? 'is' : 'are'} written once`),
    ...some('outside', outside, `${plural(outside, 'conversation')} started outside the window: not written here`),
    ...some('open', open, `${plural(open, 'conversation')} had not ended`),
    ...restatedFacts(report),
    ...(report.followed === undefined || report.followed.partitions === 0 ? [] : [['followed', followedResult(report.followed)] as const]),
    ...some('rejects', rejects, `${plural(rejects, 'record')} did not decode and ${rejects === 1 ? 'is' : 'are'} set aside in _rejects`),
    ...some('replaced', replaced, `${plural(replaced, 'value')} held text that is no Unicode; U+FFFD stands for it`),
    ...some('repeated', repeated, `${plural(repeated, 'key')} stood twice in the same object; the last value counts`),
    ...(http.requests === 0
      ? []
      : [['requests', budgetText(http)] as const]),
    ...(report.estimate === undefined ? [] : [['estimate', estimateText(report.estimate)] as const]),
  ];
};

const headline = (report: JobReport): string => {
  const failed = report.outcomes.filter((outcome) => outcome.result === 'failed').length;
  const done = report.outcomes.length - failed;
  const others = notDueText(report.notDue);
  if (report.due === 0) return `${report.job}: nothing was due${others === '' ? '' : ` (${others})`}`;
  const whole = `${report.job}: ${countText(done)} of ${plural(report.due, 'partition')} done in ${durationText(report.elapsedMs)}`;
  const untried = report.due - report.outcomes.length;
  const trouble = `${failed === 0 ? '' : `, ${countText(failed)} failed`}${untried === 0 ? '' : `, ${countText(untried)} ${report.interrupted ? 'not finished' : 'not tried'}`}`;
  return `${whole}${trouble}${report.interrupted ? ', interrupted' : ''}${others === '' ? '' : ` (not due: ${others})`}`;
};

const failedIn = ({ outcomes }: JobReport): readonly FailedPartition[] => outcomes.flatMap((outcome) => (outcome.result === 'failed' ? [outcome] : []));

const nextStep = (report: JobReport, again: string): string => {
  const failed = failedIn(report);
  if (report.interrupted) return `next: ${again}   (goes on from the last page kept)`;
  const replacing = replacingStep(report.job, failed);
  if (replacing !== undefined) return replacing;
  if (failed.length > 0) return `next: ${again}${again.endsWith(' --force') ? '' : '   (asks only for what is missing)'}`;
  return report.due === 0 ? `next: gcx status ${report.job}` : `next: gcx verify ${report.job}\n      gcx status ${report.job} --files`;
};

/** The summary at the end of a run: each partition's result, what was counted, what failed and why, and the next command. */
export const reportText = (report: JobReport, http: HttpStats, style: Style, again = `gcx run ${report.job}`): string => {
  const listed = report.outcomes.length > LISTED ? report.outcomes.filter((outcome) => outcome.result === 'failed').slice(0, LISTED) : report.outcomes;
  const table = listed.length === 0 ? [] : ['', renderTable(COLUMNS, listed.map(cells), style)];
  const unlisted = report.outcomes.length - listed.length;
  const counted = facts(report, http);
  const notices = [...report.notices, ...(report.followed?.notice == null ? [] : [report.followed.notice])];
  const failures = failureBlocks(report.job, failedIn(report), style);
  return [
    headline(report),
    ...table,
    ...(unlisted === 0 ? [] : [`… ${listed.length === 0 ? '' : 'and '}${plural(unlisted, listed.length === 0 ? 'partition' : 'more partition')}: gcx status ${report.job}`]),
    ...(counted.length === 0 ? [] : ['', ...counted.map(([name, text]) => `  ${name.padEnd(12)}${text}`)]),
    ...(failures.length === 0 ? [] : ['', ...failures]),
    ...((report.unsettled?.length ?? 0) === 0 ? [] : ['', `not settled: ${report.unsettled!.slice(0, LISTED).join(', ')}`]),
    ...(notices.length === 0 ? [] : ['', ...noticeLines(notices, style)]),
    '',
    nextStep(report, again),
  ].join('\n');
};
