import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { SeededRandom } from '../../src/simulate/seededRandom.js';
import { countRequests, type RequestCounts } from './bookkeeping.js';
import { checkExport } from './checkExport.js';
import { runExporter, type Ended, type Product, type Stop } from './exporter.js';
import { filesBelow, publishedTree, readManifests } from './jobFolder.js';
import { phaseLeftBehind, type Phase } from './phase.js';
import { argumentsOf, drawStop, faultsOf, jobOf, pagesAdded, readOperations, type Calibration, type Concurrency, type Scenario, type Shape } from './scenario.js';
import type { SimulatorHandle } from './simulatorHandle.js';
import type { DayTruth } from './truth.js';

/** Stops a round has at most: then its last run is left alone. */
const MOST_STOPS = 14;
const TERM_LIMIT_MS = 5_000;

/** What rounds share. */
export interface Bench {
  readonly product: Product;
  readonly simulator: SimulatorHandle;
  readonly truth: readonly DayTruth[];
  /** Holds a folder a round. */
  readonly folder: string;
}

/** An unbroken, undisturbed run. */
export interface Unbroken extends Calibration {
  readonly tree: ReadonlyMap<string, string>;
  readonly requests: RequestCounts;
  /** Requests for pages and jobs, by partition. */
  readonly work: ReadonlyMap<string, number>;
}

/** What a round came to. */
export interface RoundResult {
  readonly stops: readonly { readonly stop: Stop; readonly phase: Phase; readonly note: string | undefined }[];
  /** Exporters started. */
  readonly exporters: number;
  readonly requests: RequestCounts;
  /** Longest time from SIGTERM to the end; 0 where there was none. */
  readonly slowestTermMs: number;
  readonly problems: readonly string[];
  /** The round's folder. */
  readonly folder: string;
}

const attributesCarried = (shape: Shape): boolean => shape.kind !== 'page-number';

const prepare = async (bench: Bench, name: string, shape: Shape, concurrency: number): Promise<string> => {
  const folder = join(bench.folder, name);
  await mkdir(join(folder, 'jobs'), { recursive: true });
  const config = { genesys: { baseUrl: bench.simulator.baseUrl, clientId: 'demo', clientSecret: 'demo' }, http: { requestsPerMinute: 100_000, maxAttempts: 8 }, output: { root: 'output' } };
  await writeFile(join(folder, 'config.yaml'), stringify(config));
  await writeFile(join(folder, 'jobs', 'torture.yaml'), stringify(jobOf(shape, concurrency)));
  return folder;
};

const describe = ({ exitCode, signal, stderr, stdout }: Ended): string =>
  `ended with ${exitCode === null ? String(signal) : `exit ${String(exitCode)}`}: ${stderr.split('\n').filter((line) => !line.includes('"level":"info"')).join(' ').trim().slice(-600)} ${stdout.slice(-600)}`;

const jobFolderOf = (folder: string): string => join(folder, 'output', 'torture');

/** Requests for pages and jobs that each partition took, by its manifest: a request a page, and one for the job where there is one. */
const workByPartition = async (folder: string, { kind }: Shape): Promise<ReadonlyMap<string, number>> => {
  const { chains } = await readManifests(folder);
  return new Map([...chains].map(([partition, [first]]) => [partition, (first?.counts.pages ?? 0) + (kind === 'job-cursor' ? 1 : 0)]));
};

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((total, n) => total + n, 0);

/** Runs once without stops or faults, checks what came out, and counts what it took. @throws where even that is not right */
export const runUnbroken = async (bench: Bench, shape: Shape, concurrency: Concurrency): Promise<Unbroken> => {
  const folder = await prepare(bench, `unbroken-${shape.kind}-${shape.engine}-${String(concurrency)}`, shape, concurrency);
  await bench.simulator.setFaults([]);
  await bench.simulator.takeRequests();
  const { product } = bench;
  const boot = await runExporter({ product, folder, args: ['plan', 'torture', '--offline', '--json'], stop: { by: 'nothing' } });
  const ended = await runExporter({ product, folder, args: argumentsOf({ command: 'backfill', concurrency }), stop: { by: 'nothing' }, note: true });
  if (ended.exitCode !== 0) throw new Error(`an unbroken run ${describe(ended)}`);
  const problems = await checkExport(jobFolderOf(folder), { days: bench.truth, formats: ['parquet', 'csv'], attributes: attributesCarried(shape), reference: undefined });
  if (problems.length > 0) throw new Error(`an unbroken run is wrong: ${problems.join('; ')} (${folder})`);
  const requests = countRequests(await bench.simulator.takeRequests());
  const work = await workByPartition(jobFolderOf(folder), shape);
  if (sum(work.values()) !== requests.work) throw new Error(`an unbroken run made ${String(requests.work)} requests for pages and jobs, its manifests account for ${String(sum(work.values()))}`);
  return {
    tree: await publishedTree(jobFolderOf(folder)),
    requests,
    work,
    bootMs: Math.min(boot.wallMs, ended.wallMs / 2),
    wallMs: ended.wallMs,
    operations: readOperations(ended.notes),
  };
};

const hasToldResult = ({ stdout }: Ended, exitCode: number): boolean => stdout.endsWith('}\n') && (JSON.parse(stdout) as { exitCode?: unknown }).exitCode === exitCode;

/** A run that is stopped by SIGTERM ends soon, with 130, and leaves nothing half made; before it listens, it has done nothing. */
const termProblems = async (folder: string, ended: Ended, before: readonly string[]): Promise<string[]> => {
  const problems: string[] = [];
  const files = await filesBelow(jobFolderOf(folder));
  if ((ended.stoppingMs ?? 0) > TERM_LIMIT_MS) problems.push(`SIGTERM: it took ${String(Math.round(ended.stoppingMs ?? 0))} ms to end`);
  if (ended.signal === 'SIGTERM' && !hasToldResult(ended, 130)) {
    if (files.join('\n') !== before.join('\n')) problems.push('SIGTERM: it died of it although it had begun');
    return problems;
  }
  if (ended.exitCode !== 130 && !hasToldResult(ended, 130)) problems.push(`SIGTERM: it ${describe(ended)}`);
  for (const path of files) if (path.startsWith('_lock') || path.includes('.tmp-')) problems.push(`SIGTERM: it left ${path}`);
  return problems;
};

/** Retries of requests for pages and jobs that an exporter has logged. */
const retriesTold = ({ stderr }: Ended): number =>
  stderr.split('\n').filter((line) => line.includes('request retried') && line.includes('conversation details') && !/, (state|deletion)"/.test(line)).length;

/** What a round made. */
interface Made {
  readonly made: RequestCounts;
  readonly stops: number;
  readonly exporters: readonly Ended[];
  /** Partitions that were committed with open conversations when a run was stopped. */
  readonly leftOpen: ReadonlySet<string>;
}

const openPartitions = async (folder: string): Promise<readonly string[]> => {
  const { chains } = await readManifests(folder);
  return [...chains].flatMap(([partition, chain]) => ((chain.at(-1)?.openIds ?? []).length > 0 ? [partition] : []));
};

/**
 * Requests for work: what an unbroken run makes, one a kill and partition under way, one a retry, the whole again a forgotten position, pages that faults added,
 * the page of each job that looks at conversations which were open, and, of partitions with open conversations that were committed when a run was stopped,
 * what `run` reads once more, as nobody has looked at them yet: once in all, however often it is stopped.
 *
 * Why the exporter's own word on retries counts too: a request that is sent on a connection at whose other end a fault has just closed is lost unseen.
 */
const requestProblems = (scenario: Scenario, unbroken: Unbroken, { made, stops, exporters, leftOpen }: Made): string[] => {
  const problems: string[] = [];
  const wholeRuns = scenario.command === 'force' ? exporters.length : 1;
  const readAgain = scenario.command === 'run' ? sum([...leftOpen].map((partition) => unbroken.work.get(partition) ?? 0)) : 0;
  const retried = Math.max(made.retried, exporters.reduce((sum, ended) => sum + retriesTold(ended), 0));
  const allowed = unbroken.requests.work * wholeRuns + stops * scenario.concurrency + retried + made.gone * unbroken.requests.work + made.byPurpose['look-job'] + readAgain + pagesAdded(scenario, made.byPurpose.page + made.byPurpose.freshness + made.byPurpose.count);
  if (made.work > allowed) problems.push(`${String(made.work)} requests for pages and jobs, at most ${String(allowed)} are accounted for (retried ${String(made.retried)} by the simulator, ${String(retried)} in all)`);
  if (made.byPurpose.other > 0) problems.push(`${String(made.byPurpose.other)} requests that nothing asked for`);
  if (made.jobsLeft > stops * scenario.concurrency) problems.push(`${String(made.jobsLeft)} jobs were left behind by ${String(stops)} stops`);
  return problems;
};

/** Whether it was stopped before its end. A signal that comes when it has told its result and is only leaving changes nothing: that result counts. */
const wasStopped = (scenario: Scenario, ended: Ended): boolean => {
  if (scenario.signal === 'SIGKILL') return ended.signal === 'SIGKILL';
  return (ended.signal === 'SIGTERM' && !hasToldResult(ended, 0)) || ended.exitCode === 130;
};

/** Exports, stopped at random (or as planned, and then undisturbed by the API) and started again, until a run ends by itself; then checks everything. */
export const runRound = async (bench: Bench, scenario: Scenario, unbroken: Unbroken, planned?: readonly Stop[]): Promise<RoundResult> => {
  const { product, simulator } = bench;
  const random = new SeededRandom(scenario.seed, scenario.round, 0x70);
  const folder = await prepare(bench, `round-${String(scenario.round)}`, scenario, scenario.concurrency);
  const jobFolder = jobFolderOf(folder);
  const problems: string[] = [];
  await simulator.setFaults([]);
  if (scenario.command === 'force') {
    const first = await runExporter({ product, folder, args: argumentsOf({ ...scenario, command: 'backfill' }), stop: { by: 'nothing' } });
    if (first.exitCode !== 0) problems.push(`the first export ${describe(first)}`);
  }
  await simulator.takeRequests();
  if (planned === undefined) await simulator.setFaults(faultsOf(scenario));
  const stops: RoundResult['stops'][number][] = [];
  let slowestTermMs = 0;
  const exporters: Ended[] = [];
  const leftOpen = new Set<string>();
  for (;;) {
    const before = await filesBelow(jobFolder);
    const drawn: Stop = stops.length < MOST_STOPS ? drawStop(random, scenario.signal, unbroken) : { by: 'nothing' };
    const stop: Stop = planned === undefined ? drawn : (planned[stops.length] ?? { by: 'nothing' });
    const ended = await runExporter({ product, folder, args: argumentsOf(scenario), stop });
    exporters.push(ended);
    if (!wasStopped(scenario, ended)) {
      if (ended.exitCode !== 0 && !hasToldResult(ended, 0)) problems.push(`an exporter ${describe(ended)}`);
      if (stops.length < (planned?.length ?? 0)) problems.push('it never came to where it was to be killed');
      break;
    }
    stops.push({ stop, phase: await phaseLeftBehind(jobFolder), note: ended.notes.find((line) => line.startsWith('kill ')) });
    for (const partition of await openPartitions(jobFolder)) leftOpen.add(partition);
    if (scenario.signal === 'SIGTERM') {
      problems.push(...(await termProblems(folder, ended, before)));
      slowestTermMs = Math.max(slowestTermMs, ended.stoppingMs ?? 0);
    }
    if (problems.length > 0) break;
  }
  const requests = countRequests(await simulator.takeRequests());
  if (problems.length === 0) {
    problems.push(...(await checkExport(jobFolder, { days: bench.truth, formats: ['parquet', 'csv'], attributes: attributesCarried(scenario), reference: unbroken.tree })));
    problems.push(...requestProblems(scenario, unbroken, { made: requests, stops: stops.length, exporters, leftOpen }));
  }
  // What the exporters logged stays beside what they wrote, for whoever looks into it.
  if (problems.length > 0) for (const [i, { stderr }] of exporters.entries()) await writeFile(join(folder, `exporter-${String(i + 1)}.log`), stderr);
  return { stops, exporters: exporters.length, requests, slowestTermMs, problems, folder };
};
