import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { measure, type Usage } from './childProcess.js';
import { compiledChild } from './compiled.js';
import { exactly, type ExactUsage } from './exactUsage.js';
import { runExport } from './exportCommand.js';
import { dayAfter, type PreparedPages } from './pages.js';

/** The pages that a run reads, where they are on disk, and the server that gives them. */
export interface Course {
  readonly folder: string;
  readonly pages: PreparedPages;
  readonly baseUrl: string;
}

/** What a run used and what it left. */
export interface Run extends ExactUsage {
  /** Bytes of the files for readers: not of journals, not of manifests. */
  readonly bytes: number;
  /** Rows read back from the files, by table; empty for those that write none. */
  readonly rows: Readonly<Record<string, number>>;
  /** Bytes by table. */
  readonly tableBytes: Readonly<Record<string, number>>;
}

/** A way to do the work, as a whole child process. */
export interface Contestant {
  readonly name: string;
  run(course: Course): Promise<Run>;
}

const rangeOf = ({ pages }: Course): { readonly from: string; readonly to: string } => ({ from: pages.days[0]!.dt, to: dayAfter(pages.days.at(-1)!.dt) });

const filesBelow = async (folder: string): Promise<readonly string[]> => {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
};

const countRows = async (files: readonly string[]): Promise<number> => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  try {
    const list = files.map((file) => `'${file}'`).join(',');
    const read = files[0]!.endsWith('.csv') ? `read_csv([${list}], header = true, all_varchar = true, delim = ',', quote = '"', escape = '"')` : `read_parquet([${list}])`;
    const result = await connection.runAndReadAll(`SELECT count(*) FROM ${read}`);
    return Number(result.getRows()[0]![0]);
  } finally {
    connection.closeSync();
  }
};

const TABLE = /(participant_attributes|conversations|participants|sessions|segments|session_metrics)[/.]/;

const lookAt = async (usage: ExactUsage, folder: string): Promise<Run> => {
  const byTable: Record<string, string[]> = {};
  const tableBytes: Record<string, number> = {};
  let bytes = 0;
  for (const file of await filesBelow(folder)) {
    const relative = file.slice(folder.length);
    const table = TABLE.exec(relative)?.[1];
    if (!/\.(parquet|csv)$/.test(file) || relative.includes('/_') || table === undefined) continue;
    const { size } = await stat(file);
    bytes += size;
    const name = file.endsWith('.csv') ? `${table} (csv)` : table;
    tableBytes[name] = (tableBytes[name] ?? 0) + size;
    (byTable[name] ??= []).push(file);
  }
  const rows: Record<string, number> = {};
  for (const [name, files] of Object.entries(byTable)) rows[name] = await countRows(files);
  return { ...usage, bytes, rows, tableBytes };
};

const inFreshFolder = async (work: (folder: string) => Promise<Usage>): Promise<Run> => {
  const folder = await mkdtemp(join(tmpdir(), 'gcx-bench-'));
  try {
    const usage = await exactly(() => work(folder));
    if (usage.exitCode !== 0) throw new Error(`exit ${String(usage.exitCode)}: ${usage.stderr}\n${usage.stdout}`);
    return await lookAt(usage, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const node = (...args: string[]): Promise<Usage> => measure(process.execPath, args);

/** One thread gets and parses every page and counts. */
export const floor: Contestant = {
  name: 'floor: undici + JSON.parse',
  run(course) {
    const { from, to } = rangeOf(course);
    return inFreshFolder(() => node(compiledChild('floor'), course.baseUrl, from, to));
  },
};

/** The plain alternative in this language. */
export const parquetjsLoop: Contestant = {
  name: 'undici + JSON.parse + parquetjs-lite, row by row',
  run(course) {
    const { from, to } = rangeOf(course);
    return inFreshFolder((folder) => node(compiledChild('parquetjsLoop'), course.baseUrl, from, to, folder));
  },
};

const pagesGlob = ({ folder, pages }: Course): string => join(folder, pages.days.length === 1 ? pages.days[0]!.dt : '*', '*.json');

/** DuckDB from pages that are on disk already: what it is given, all others have to fetch. */
export const duckdb: Contestant = {
  name: 'DuckDB, pages on disk already',
  run: (course) => inFreshFolder((folder) => node(compiledChild('duckdbPath'), pagesGlob(course), folder)),
};

/** DuckDB with the download of the pages to disk. */
export const duckdbWithDownload: Contestant = {
  name: 'DuckDB, with the download to disk',
  run(course) {
    const { from, to } = rangeOf(course);
    return inFreshFolder((folder) => node(compiledChild('duckdbPath'), '', folder, course.baseUrl, from, to));
  },
};

/** What a job's export differs in from the usual. */
export interface ExporterOptions {
  readonly job?: object;
  readonly concurrency?: number;
  readonly nodeArgs?: readonly string[];
}

/** The exporter, as users start it: journal and fsync on, as many partitions at a time as a job has by default. */
export const exporter = (name: string, { job = {}, concurrency, nodeArgs = [] }: ExporterOptions = {}): Contestant => ({
  name,
  run(course) {
    const settings = { source: { kind: 'next-page-url' }, lookback: '0s', tables: ['participant_attributes', 'conversations'], formats: ['parquet'], ...job };
    return inFreshFolder(async (folder) => {
      await mkdir(folder, { recursive: true });
      return runExport({ folder, baseUrl: course.baseUrl, job: settings, ...rangeOf(course), ...(concurrency === undefined ? {} : { concurrency }), nodeArgs });
    });
  },
});
