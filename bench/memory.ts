import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startSimulatorProcess, type Usage } from './childProcess.js';
import { PAGES, withCourse } from './courses.js';
import { runExport, type ExportCommand } from './exportCommand.js';
import { preparePages } from './pages.js';

/*
 * Prints the peak resident set of exports of one partition:
 *   npm run memory [-- conversations … --tables a,b,c]    so many hostile conversations; by default 100,000 and 300,000
 *   npm run memory -- --gigabytes 10 [--data FOLDER]      so much JSON, with 128 MiB of heap (RELIABILITY, row 48); --data keeps the prepared pages (1.5 GB) for the next time
 */

const FROM = '2026-01-05';
const TO = '2026-01-06';
const GB = 1_000_000_000;
const LARGE_DAY = 'one-day-500k';

const { values: given, positionals } = parseArgs({ options: { tables: { type: 'string' }, gigabytes: { type: 'string' }, data: { type: 'string' } }, allowPositionals: true });
const tables = given.tables?.split(',');

const withFolder = async <T>(purpose: string, work: (folder: string) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), `gcx-memory-${purpose}-`));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const exportOf = async (command: Omit<ExportCommand, 'folder' | 'job' | 'from' | 'to'>): Promise<Usage> => {
  const job = { source: { kind: 'next-page-url' }, lookback: '0s', ...(tables === undefined ? {} : { tables }) };
  const usage = await withFolder('export', (folder) => runExport({ ...command, folder, job, from: FROM, to: TO }));
  if (usage.exitCode !== 0) throw new Error(`exit ${String(usage.exitCode)}: ${usage.stderr}`);
  return usage;
};

const tell = (what: string, usage: Usage): void => {
  process.stdout.write(`${what} in one partition: peak RSS ${usage.peakRssMiB.toFixed(0)} MiB, wall ${usage.wallS.toFixed(1)} s, CPU ${(usage.userS + usage.systemS).toFixed(1)} s\n`);
};

const hostile = async (conversations: number): Promise<void> => {
  const server = await startSimulatorProcess({ seed: 1, from: FROM, days: 1, conversationsPerDay: conversations, nowMs: Date.UTC(2026, 5, 1) });
  try {
    tell(`${String(conversations)} conversations`, await exportOf({ baseUrl: server.baseUrl }));
  } finally {
    await server.stop();
  }
};

const written = ({ stdout }: Usage): number => {
  const { partitions } = JSON.parse(stdout) as { partitions: readonly { counts: { unique: number } }[] };
  return partitions.reduce((sum, { counts }) => sum + counts.unique, 0);
};

/** As many repetitions of a large day as make so much JSON. */
const stream = async (data: string, gigabytes: number): Promise<void> => {
  const { jsonBytes } = await preparePages(join(data, LARGE_DAY), PAGES[LARGE_DAY]);
  const repeats = Math.max(1, Math.round((gigabytes * GB) / jsonBytes));
  await withCourse(data, { pages: LARGE_DAY, repeats }, async ({ pages, baseUrl }) => {
    const usage = await exportOf({ baseUrl, nodeArgs: ['--max-old-space-size=128'] });
    const conversations = pages.conversations * repeats;
    if (written(usage) !== conversations) throw new Error(`${String(written(usage))} conversations were written of ${String(conversations)}`);
    tell(`${((jsonBytes * repeats) / GB).toFixed(1)} GB of JSON, ${String(conversations)} conversations`, usage);
  });
};

const gigabytes = given.gigabytes === undefined ? undefined : Number(given.gigabytes);
const sizes = positionals.length > 0 ? positionals.map(Number) : [100_000, 300_000];
for (const size of [...sizes, gigabytes ?? 1]) if (!(size > 0)) throw new RangeError('conversations and --gigabytes are numbers above 0, such as: npm run memory -- --gigabytes 10');

if (gigabytes === undefined) for (const conversations of sizes) await hostile(conversations);
else if (given.data === undefined) await withFolder('data', (folder) => stream(folder, gigabytes));
else await stream(given.data, gigabytes);
