import { availableParallelism } from 'node:os';
import { medianStep, slope, type Comparison, type Growth, type GrowthPoint, type StartUps } from './sections.js';
import type { ReadingRates } from './reading.js';
import type { QueryCost } from './queries.js';
import type { Summary } from './series.js';
import { figure, markdownTable } from './tableText.js';

/** What has been measured so far; a section that has not is left out. */
export interface Results {
  /** By section: on which machine, with which versions, of which commit, and when. */
  readonly machine?: Readonly<Record<string, string>>;
  readonly main?: Comparison;
  readonly onePartition?: Comparison;
  readonly small?: Comparison;
  readonly large?: Comparison;
  readonly variants?: readonly Comparison[];
  readonly memory?: readonly Comparison[];
  readonly growth?: Growth;
  readonly startUps?: StartUps;
  readonly reading?: ReadingRates;
  readonly queries?: readonly QueryCost[];
}

const MIB = 1024 ** 2;
const ratio = (value: number): string => `${value.toFixed(2)} ×`;

const ratiosOf = ({ title, summaries }: Comparison): string => `### ${title}\n\n${markdownTable(
  ['', 'wall ÷ floor', 'shortest wall ÷ shortest', 'CPU ÷ floor'],
  summaries.slice(1).map((s) => [s.name, ratio(s.wallRatio), ratio(s.bestRatio), ratio(s.cpuRatio)]),
)}`;

const detailRow = (s: Summary, { conversations, jsonBytes }: Comparison): string[] => [
  s.name,
  `${s.wallS.toFixed(2)} (${s.wallRange[0].toFixed(2)}–${s.wallRange[1].toFixed(2)})`,
  s.cpuS.toFixed(2),
  s.othersCpuS.toFixed(1),
  figure(s.peakRssMiB),
  s.bytes === 0 ? '' : (s.bytes / MIB).toFixed(2),
  figure(conversations / s.wallS),
  figure(jsonBytes / 1e6 / s.wallS),
];

const detailsOf = (comparison: Comparison): string =>
  `### ${comparison.title}\n\n${figure(comparison.jsonBytes / MIB)} MiB of JSON; medians of ${String(comparison.runs)}.\n\n${markdownTable(
    ['', 'wall s (shortest–longest)', 'CPU s', 'CPU s of others', 'peak RSS MiB', 'MiB written', 'conversations/s', 'MB JSON/s'],
    comparison.summaries.map((s) => detailRow(s, comparison)),
  )}`;

const named = (comparison: Comparison | undefined, start: string): Summary | undefined => comparison?.summaries.find(({ name }) => name.startsWith(start));

interface Goal {
  readonly what: string;
  readonly goal: string;
  readonly measured: string;
  readonly met: boolean;
}

const atMost = (what: string, value: number | undefined, limit: number, unit = '×', decimals = 2): readonly Goal[] =>
  value === undefined ? [] : [{ what, goal: `≤ ${String(limit)} ${unit}`, measured: `${value.toFixed(decimals)} ${unit}`, met: value <= limit }];
const atLeast = (what: string, value: number | undefined, limit: number): readonly Goal[] =>
  value === undefined ? [] : [{ what, goal: `≥ ${String(limit)} ×`, measured: ratio(value), met: value >= limit }];
const over = (a: number | undefined, b: number | undefined): number | undefined => (a === undefined || b === undefined ? undefined : a / b);

const goalsOf = ({ main, onePartition, small, large, variants = [], memory = [], startUps, reading }: Results): readonly Goal[] => {
  const exporterMain = named(main, 'exporter');
  const wallOver = (comparison: Comparison | undefined, other: string): number | undefined => over(named(comparison, other)?.wallS, named(comparison, 'exporter')?.wallS);
  return [
    ...atMost('wall ÷ floor, 100,000 in 10 partitions', exporterMain?.wallRatio, 1),
    ...atMost('wall ÷ floor, 100,000 in one partition', named(onePartition, 'exporter')?.wallRatio, 1),
    ...atMost('CPU ÷ floor, 100,000 in 10 partitions', exporterMain?.cpuRatio, 2),
    ...atMost('wall ÷ DuckDB’s path (pages on disk already), 100,000', over(exporterMain?.wallS, named(main, 'DuckDB, pages')?.wallS), 1),
    ...atMost('wall ÷ DuckDB’s path with the download, 100,000', over(exporterMain?.wallS, named(main, 'DuckDB, with')?.wallS), 1),
    ...atLeast('faster than the parquetjs-lite loop, 20,000 small', wallOver(small, 'undici'), 8),
    ...atLeast('faster than the parquetjs-lite loop, 100,000 small', wallOver(main, 'undici'), 8),
    ...atLeast('faster than the parquetjs-lite loop, 20,000 large', wallOver(large, 'undici'), 4),
    ...atMost('all six tables, wall ÷ floor, 100,000', named(variants[0], 'exporter, all six')?.wallRatio, 2),
    ...atMost('CSV ÷ Parquet, wall', over(named(variants[0], 'exporter, CSV')?.wallS, named(variants[0], 'exporter')?.wallS), 1),
    ...atMost('files ÷ DuckDB’s files, one partition', over(named(onePartition, 'exporter')?.bytes, named(onePartition, 'DuckDB')?.bytes), 1.05),
    ...atMost('peak RSS at 100,000 in one partition', named(memory[0], 'exporter')?.peakRssMiB, 350, 'MiB', 0),
    ...atMost('peak RSS at 500,000 ÷ at 100,000', over(named(memory[1], 'exporter')?.peakRssMiB, named(memory[0], 'exporter')?.peakRssMiB), 1.1),
    ...atMost('reading and checking a page ÷ JSON.parse of its text, CPU', over(reading?.parse, reading?.readUsual), 1.15),
    ...atMost('`gcx --help`, CPU', startUps?.help.cpuMs, 150, 'ms', 0),
    ...atMost('`gcx run` to its first request, CPU', startUps?.firstRequest.cpuMs, 400, 'ms', 0),
  ];
};

const growthRows = (points: readonly GrowthPoint[]): readonly string[][] =>
  points.map((p) => [p.what, figure(p.conversations), figure(p.attributeRows), p.wallS.toFixed(2), p.cpuS.toFixed(2), figure(p.peakRssMiB), ((p.cpuS / p.attributeRows) * 1e6).toFixed(1)]);

const growthOf = ({ partitions, rows }: Growth): string => {
  const headings = ['', 'conversations', 'attribute rows', 'wall s', 'CPU s', 'peak RSS MiB', 'CPU µs a row'];
  const cpu = rows.map((p) => [p.attributeRows, p.cpuS * 1e6] as const);
  const wall = rows.map((p) => [p.attributeRows, p.wallS * 1e6] as const);
  const [first, last] = [rows.slice(0, 2), rows.slice(-2)].map(([a, b]) => ((b!.cpuS - a!.cpuS) * 1e6) / (b!.attributeRows - a!.attributeRows));
  const perPartition = slope(partitions.map((p, i) => [[1, 10, 50][i]!, p.cpuS * 1000] as const));
  return `## Growth

The same 20,000 conversations in 1, 10 and 50 partitions:

${markdownTable(headings, growthRows(partitions))}

Each further partition costs ${perPartition.toFixed(1)} ms of CPU.

Rows of \`participant_attributes\` in one partition (with \`conversations\`; start-up is part of the small ones):

${markdownTable(headings, growthRows(rows))}

Slope by least squares: ${slope(cpu).toFixed(2)} µs of CPU and ${slope(wall).toFixed(2)} µs of wall time a row; middle of the steps ${medianStep(cpu).toFixed(2)} µs of CPU; first step ${first!.toFixed(2)}, last step ${last!.toFixed(2)}.`;
};

const queriesOf = (costs: readonly QueryCost[]): string =>
  `## Five questions to 30 days

DuckDB on the Parquet files of 30 partitions (60,000 conversations), file cache off; bytes as the kernel counts them.

${markdownTable(
    ['', 'ms', 'KiB read', 'of KiB on disk', 'rows from scans', 'rows in the answer'],
    costs.map((q) => [q.what, q.ms.toFixed(1), figure(q.bytesRead / 1024), figure(q.bytesOnDisk / 1024), figure(q.rowsGiven), figure(q.answerRows)]),
  )}

${costs.map(({ sql }, i) => `${String(i + 1)}. \`${sql}\``).join('\n')}`;

const startUpsOf = ({ node, help, firstRequest }: StartUps): string =>
  `## Start-up\n\n${markdownTable(
    ['', 'CPU ms', 'wall ms'],
    [
      ['an empty Node', figure(node.cpuMs), figure(node.wallMs)],
      ['`gcx --help`', figure(help.cpuMs), figure(help.wallMs)],
      ['`gcx run` to its first request', figure(firstRequest.cpuMs), figure(firstRequest.wallMs)],
    ],
  )}`;

const readingOf = ({ text, parse, readUsual, readAll }: ReadingRates): string =>
  `## Reading pages\n\nOne thread, pages of 100 small conversations in memory. JSON.parse checks nothing of what it makes; the exporter's reader checks all that it passes and makes what the job's tables need.\n\n${markdownTable(
    ['', 'MB of JSON a second of CPU', 'time ÷ JSON.parse'],
    [
      ['bytes to text only', figure(text), ratio(parse / text)],
      ['bytes to text, JSON.parse', figure(parse), ratio(1)],
      ['the reader, for participant_attributes and conversations', figure(readUsual), ratio(parse / readUsual)],
      ['the reader, for all six tables', figure(readAll), ratio(parse / readAll)],
    ],
  )}`;

const sizesOf = (comparison: Comparison | undefined): readonly string[] => {
  const [ours, theirs] = [named(comparison, 'exporter'), named(comparison, 'DuckDB')];
  if (comparison === undefined || ours === undefined || theirs === undefined) return [];
  const rows = Object.keys(theirs.tableBytes).map((table) => [
    table,
    figure(ours.tableBytes[table]! / 1024),
    figure(theirs.tableBytes[table]! / 1024),
    ratio(ours.tableBytes[table]! / theirs.tableBytes[table]!),
  ]);
  return [`## Size of files\n\n${comparison.title}, zstd:\n\n${markdownTable(['', 'exporter KiB', 'DuckDB KiB', ''], rows)}`];
};

/** Sections measured under the same circumstances are named together. */
const machineText = (machine: Readonly<Record<string, string>>): string => {
  const texts = [...new Set(Object.values(machine))];
  const sectionsOf = (text: string): string => Object.keys(machine).filter((section) => machine[section] === text).join(', ');
  return texts.map((text) => (texts.length === 1 ? text : `${sectionsOf(text)}:\n\n${text}`)).join('\n\n');
};

/** More than this share of the processors used by others is worth a warning; the server itself takes some. */
const BUSY = 0.25;
const PROCESSORS = availableParallelism();

const busyText = (comparisons: readonly Comparison[]): readonly string[] => {
  const all = comparisons.flatMap(({ summaries }) => summaries);
  const share = all.reduce((sum, s) => sum + s.othersCpuS, 0) / (PROCESSORS * all.reduce((sum, s) => sum + s.wallS, 0));
  return share > BUSY
    ? [`**The machine was busy with other work: it took ${(share * 100).toFixed(0)} % of all processor time meanwhile. Wall times and their ratios are too high by an unknown factor, most of all where there is one run; processor times, memory and sizes hold. Measure again on an idle machine.**`]
    : [];
};

/** RESULTS.md: goals and ratios first, then what was measured. */
export const resultsText = (results: Results): string => {
  const { main, onePartition, small, large, variants = [], memory = [], growth, startUps, queries, reading, machine = {} } = results;
  const compared = [main, onePartition, small, large, ...variants].filter((comparison) => comparison !== undefined);
  const goals = goalsOf(results);
  return `${[
    `# What is measured\n\nWritten by \`npm run bench\`; do not edit. Whole child processes in alternation, medians; ratios are medians of each round's own. The server is another process on the same cores and gives pages serialised beforehand. Seeded imitation data; the floor is one thread that fetches every page with undici, parses it with JSON.parse and counts. The exporter journals and syncs every page. «CPU s of others» is what all other processes used meanwhile, the server included.\n\n${machineText(machine)}`,
    ...busyText([...compared, ...memory]),
    ...(goals.length === 0 ? [] : [`## Goals\n\n${markdownTable(['', 'goal', 'measured', ''], goals.map((g) => [g.what, g.goal, g.measured, g.met ? 'met' : '**missed**']))}`]),
    ...(compared.length === 0 ? [] : ['## Ratios to the floor', ...compared.map(ratiosOf)]),
    ...(compared.length + memory.length === 0 ? [] : ['## Times, memory, throughput', ...[...compared, ...memory].map(detailsOf)]),
    ...sizesOf(onePartition),
    ...(growth === undefined ? [] : [growthOf(growth)]),
    ...(reading === undefined ? [] : [readingOf(reading)]),
    ...(startUps === undefined ? [] : [startUpsOf(startUps)]),
    ...(queries === undefined ? [] : [queriesOf(queries)]),
  ].join('\n\n')}\n`;
};
