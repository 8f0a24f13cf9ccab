import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { systemClock } from '../src/cli/system.js';
import { createDataset } from '../src/simulate/dataset.js';
import { startSimulator } from '../src/simulate/server.js';
import { measure, repositoryPath } from './childProcess.js';

/*
 * Exports 60 days at 800 ms a page and 300 calls a minute, in real time, with the built command in a process of its own, and prints how much of
 * the limit was used and how long it took against what the limit alone dictates. Exit code 1 where less than 95 % or more than 1.1 times:
 *   npm run pacing [-- --calls=1200 --latency=800 --limit=300 --days=60 --concurrency=N --kind=next-page-url]
 */

const option = (name: string): string | undefined => process.argv.find((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3);
const number = (name: string, fallback: number): number => Number(option(name) ?? fallback);

const DAYS = number('days', 60);
const LATENCY_MS = number('latency', 800);
const PER_MINUTE = number('limit', 300);
const CALLS = number('calls', 1200);
const CONCURRENCY = option('concurrency');
const PAGE_SIZE = 25;
const FROM = '2026-01-05';
const MINUTE_MS = 60_000;

const dayAfter = (days: number): string => new Date(Date.parse(FROM) + days * 86_400_000).toISOString().slice(0, 10);

/** Calls of a fixed window of the API that is wholly within the run: the first and the last one are cut. */
const fullMinutes = (times: readonly number[]): readonly number[] => {
  const first = times[0] ?? 0;
  const last = times.at(-1) ?? 0;
  const counts = Array.from({ length: Math.floor((last - first) / MINUTE_MS) }, () => 0);
  for (const ms of times) {
    const minute = Math.floor((ms - first) / MINUTE_MS);
    if (minute < counts.length) counts[minute] = (counts[minute] ?? 0) + 1;
  }
  return counts;
};

const folder = await mkdtemp(join(tmpdir(), 'gcx-pacing-'));
// A day's answers fill its pages; one call more a day asks for its total.
const dataset = createDataset({ seed: 1, from: FROM, days: DAYS, conversationsPerDay: Math.max(1, Math.round((CALLS / DAYS - 1.5) * PAGE_SIZE)) });
const simulator = await startSimulator({ clock: systemClock, dataset, requestsPerMinute: PER_MINUTE, latencyMs: LATENCY_MS, jobDelayMs: 0, shortPages: false });
try {
  await mkdir(join(folder, 'jobs'));
  await writeFile(join(folder, 'config.yaml'), stringify({ genesys: { baseUrl: simulator.baseUrl, clientId: 'demo', clientSecret: 'demo' }, http: { requestsPerMinute: PER_MINUTE } }));
  await writeFile(join(folder, 'jobs', 'backfill.yaml'), stringify({ source: { kind: option('kind') ?? 'next-page-url', pageSize: PAGE_SIZE }, lookback: '0s' }));
  const more = CONCURRENCY === undefined ? [] : ['--concurrency', CONCURRENCY];
  const usage = await measure(process.execPath, [repositoryPath('dist/main.js'), 'backfill', 'backfill', '--from', FROM, '--to', dayAfter(DAYS), '--json', '--log-level', 'warn', '--config', join(folder, 'config.yaml'), ...more], { cwd: folder });
  if (usage.exitCode !== 0) throw new Error(`exit ${String(usage.exitCode)}: ${usage.stderr.slice(-2000)}`);
  const calls = simulator.requests.filter((request) => request.path !== '/oauth/token');
  const times = calls.map((request) => request.atMs).sort((a, b) => a - b);
  const dictatedS = (calls.length / PER_MINUTE) * 60;
  const used = calls.length / ((PER_MINUTE * usage.wallS) / 60);
  const ratio = usage.wallS / dictatedS;
  const minutes = fullMinutes(times);
  const throttled = calls.filter((request) => request.status === 429).length;
  process.stdout.write(
    [
      `${String(DAYS)} days, ${String(calls.length)} calls, ${String(LATENCY_MS)} ms a page, ${String(PER_MINUTE)} calls a minute, concurrency ${CONCURRENCY ?? 'as the job has it by default'}`,
      `wall ${usage.wallS.toFixed(1)} s, start of the process to its end; the limit alone dictates ${dictatedS.toFixed(1)} s: ${ratio.toFixed(3)} times`,
      `used ${(used * 100).toFixed(1)} % of the allowed calls; calls in each full minute: ${minutes.join(', ')}; answered 429: ${String(throttled)}`,
      `peak RSS ${usage.peakRssMiB.toFixed(0)} MiB, CPU ${(usage.userS + usage.systemS).toFixed(1)} s`,
      '',
    ].join('\n'),
  );
  if (used < 0.95 || ratio > 1.1) process.exitCode = 1;
} finally {
  await simulator.close();
  await rm(folder, { recursive: true, force: true });
}
