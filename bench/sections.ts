import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measure, repositoryPath } from './childProcess.js';
import { duckdb, duckdbWithDownload, exporter, floor, parquetjsLoop, type Contestant } from './contestants.js';
import { withCourse, type CourseOptions } from './courses.js';
import { cpuS, exactly, median } from './exactUsage.js';
import { runExport } from './exportCommand.js';
import { dayAfter } from './pages.js';
import { profileText, readProfiles } from './profile.js';
import type { ReadingRates } from './reading.js';
import { runQueries, type QueryCost } from './queries.js';
import { runSeries, type Summary } from './series.js';
import { startToEnd, startToFirstRequest, type StartUp } from './startUp.js';

/** What every section is given. */
export interface SectionContext {
  /** Folder of prepared pages. */
  readonly data: string;
  readonly runs: number;
  log(line: string): void;
}

/** A comparison on one set of pages. */
export interface Comparison {
  readonly title: string;
  readonly conversations: number;
  readonly jsonBytes: number;
  readonly runs: number;
  readonly summaries: readonly Summary[];
}

const ALL_TABLES = ['participant_attributes', 'conversations', 'participants', 'sessions', 'segments', 'session_metrics'];
const usual = exporter('exporter');
const ONE_PARTITION_PAGES = 1_000;

const compare = (context: SectionContext, title: string, course: CourseOptions, contestants: readonly Contestant[]): Promise<Comparison> =>
  withCourse(context.data, course, async (served) => {
    context.log(`# ${title}`);
    const summaries = await runSeries(served, contestants, context.runs, context.log);
    return { title, conversations: served.pages.conversations, jsonBytes: served.pages.jsonBytes, runs: context.runs, summaries };
  });

const others = [duckdb, duckdbWithDownload, parquetjsLoop];

/** The main comparison: the floor first, as in all of them. */
export const main = (context: SectionContext): Promise<Comparison> =>
  compare(context, '100,000 small conversations, 10 partitions', { pages: 'small-100k' }, [floor, usual, ...others]);

/** The same number in one partition. */
export const onePartition = (context: SectionContext): Promise<Comparison> =>
  compare(context, '100,000 small conversations, one partition', { pages: 'one-day-100k' }, [floor, usual, duckdb]);

/** A fifth of it. */
export const small = (context: SectionContext): Promise<Comparison> =>
  compare(context, '20,000 small conversations, 10 partitions', { pages: 'small-20k' }, [floor, usual, ...others]);

/** Conversations three times as large. */
export const large = (context: SectionContext): Promise<Comparison> =>
  compare(context, '20,000 large conversations, 10 partitions', { pages: 'large-20k' }, [floor, usual, ...others]);

/** The exporter's other ways: all tables, CSV, both formats, the other protocols, hostile data. */
export const variants = async (context: SectionContext): Promise<readonly Comparison[]> => [
  await compare(context, '100,000 small conversations, 10 partitions: tables, formats, protocols', { pages: 'small-100k' }, [
    floor,
    usual,
    exporter('exporter, all six tables', { job: { tables: ALL_TABLES } }),
    exporter('exporter, CSV', { job: { formats: ['csv'] } }),
    exporter('exporter, Parquet and CSV', { job: { formats: ['parquet', 'csv'] } }),
    exporter('exporter, job-cursor, pages of 1,000', { job: { source: { kind: 'job-cursor' } } }),
    exporter('exporter, job-cursor, pages of 100', { job: { source: { kind: 'job-cursor', pageSize: 100 } } }),
    exporter('exporter, page-number (conversations only)', { job: { source: { kind: 'page-number' }, tables: ['conversations'] } }),
    exporter('exporter, one partition at a time', { concurrency: 1 }),
  ]),
  await compare(context, '20,000 large conversations, 10 partitions: all tables', { pages: 'large-20k' }, [floor, exporter('exporter, all six tables', { job: { tables: ALL_TABLES } })]),
  await compare(context, '20,000 hostile conversations, 10 partitions', { pages: 'hostile-20k' }, [floor, usual]),
];

/** Peak memory by conversations in one partition. */
export const memory = async (context: SectionContext): Promise<readonly Comparison[]> => {
  const done: Comparison[] = [];
  for (const pages of [ONE_PARTITION_PAGES, 5 * ONE_PARTITION_PAGES]) {
    const title = `${(pages * 100).toLocaleString('en-US')} small conversations, one partition: memory`;
    const course = { pages: 'one-day-500k', mostPagesADay: pages } as const;
    const all = exporter('exporter, all six tables', { job: { tables: ALL_TABLES } });
    done.push(await compare({ ...context, runs: Math.min(3, context.runs) }, title, course, [usual, all]));
  }
  return done;
};

/** One measured size of a series. */
export interface GrowthPoint {
  readonly what: string;
  readonly conversations: number;
  readonly attributeRows: number;
  readonly wallS: number;
  readonly cpuS: number;
  readonly peakRssMiB: number;
}

/** How cost grows with partitions and with rows. */
export interface Growth {
  readonly partitions: readonly GrowthPoint[];
  readonly rows: readonly GrowthPoint[];
}

const grow = async (context: SectionContext, course: CourseOptions, what: string): Promise<GrowthPoint> => {
  const { conversations, summaries } = await compare({ ...context, runs: Math.min(3, context.runs) }, `growth: ${what}`, course, [usual]);
  const { wallS, cpuS: cpu, peakRssMiB, rows } = summaries[0]!;
  return { what, conversations, attributeRows: rows['participant_attributes'] ?? 0, wallS, cpuS: cpu, peakRssMiB };
};

/** 1, 10 and 50 partitions of the same 20,000 conversations in all; 10,000 to 1,000,000 attribute rows in one partition. */
export const growth = async (context: SectionContext): Promise<Growth> => {
  const partitions = [
    await grow(context, { pages: 'one-day-500k', mostPagesADay: 200 }, '1 partition'),
    await grow(context, { pages: 'small-20k' }, '10 partitions'),
    await grow(context, { pages: 'fifty-days-20k' }, '50 partitions'),
  ];
  const rows: GrowthPoint[] = [];
  for (const pages of [18, 53, 176, 528, 1760]) rows.push(await grow(context, { pages: 'one-day-500k', mostPagesADay: pages }, `${String(pages)} pages`));
  return { partitions, rows };
};

/** Reading pages, beside JSON.parse. */
export const reading = (context: SectionContext): Promise<ReadingRates> =>
  withCourse(context.data, { pages: 'small-20k' }, async ({ folder, pages }) => {
    const { exitCode, stdout, stderr } = await measure(process.execPath, ['--import', 'tsx', repositoryPath('bench/reading.ts'), join(folder, pages.days[0]!.dt)], { cwd: repositoryPath('.') });
    if (exitCode !== 0) throw new Error(stderr);
    return JSON.parse(stdout) as ReadingRates;
  });

/** What starting costs, beside an empty Node. */
export interface StartUps {
  readonly node: StartUp;
  readonly help: StartUp;
  readonly firstRequest: StartUp;
}

/** `gcx --help`, and `gcx run` to its first request. */
export const startUps = async (): Promise<StartUps> => ({
  node: await startToEnd(['-e', '0']),
  help: await startToEnd([repositoryPath('dist/main.js'), '--help']),
  firstRequest: await startToFirstRequest(),
});

/** Five questions to the files of 30 days. */
export const queries = (context: SectionContext): Promise<readonly QueryCost[]> =>
  withCourse(context.data, { pages: 'month' }, async ({ pages, baseUrl }) => {
    const folder = await mkdtemp(join(tmpdir(), 'gcx-bench-'));
    try {
      const job = { source: { kind: 'next-page-url' }, lookback: '0s' };
      const usage = await runExport({ folder, baseUrl, job, from: pages.days[0]!.dt, to: dayAfter(pages.days.at(-1)!.dt) });
      if (usage.exitCode !== 0) throw new Error(usage.stderr);
      const published = join(folder, 'output', 'bench', 'parquet');
      const sizes: Record<string, number> = {};
      for (const table of ['participant_attributes', 'conversations']) {
        const { stdout } = await measure('du', ['--bytes', '--summarize', join(published, table)]);
        sizes[table] = Number(stdout.split('\t')[0]);
      }
      return await runQueries(published, folder, sizes, context.runs);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

/** Where the time of one export goes, thread by thread, as text. */
export const profile = (context: SectionContext, course: CourseOptions): Promise<string> =>
  withCourse(context.data, course, async ({ pages, baseUrl }) => {
    const folder = await mkdtemp(join(tmpdir(), 'gcx-bench-'));
    try {
      const job = { source: { kind: 'next-page-url' }, lookback: '0s' };
      const profiles = join(folder, 'profiles');
      const nodeArgs = ['--cpu-prof', '--cpu-prof-interval', '500', '--cpu-prof-dir', profiles];
      const usage = await exactly(() => runExport({ folder, baseUrl, job, from: pages.days[0]!.dt, to: dayAfter(pages.days.at(-1)!.dt), nodeArgs }));
      if (usage.exitCode !== 0) throw new Error(usage.stderr);
      return `wall ${usage.wallS.toFixed(2)} s, CPU ${cpuS(usage).toFixed(2)} s with the profiler\n\n${profileText(await readProfiles(profiles), 25)}`;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

/** The slope of y over x by least squares. */
export const slope = (points: readonly (readonly [x: number, y: number])[]): number => {
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / points.length;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / points.length;
  const above = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return above / points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
};

/** The middle of the costs per row between neighbouring sizes. */
export const medianStep = (points: readonly (readonly [x: number, y: number])[]): number => median(points.slice(1).map(([x, y], i) => (y - points[i]![1]) / (x - points[i]![0])));
