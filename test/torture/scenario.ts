import { SeededRandom } from '../../src/simulate/seededRandom.js';
import type { Fault } from '../../src/simulate/faults.js';
import type { Stop } from './exporter.js';

/** The protocols. */
export const KINDS = ['next-page-url', 'page-number', 'job-cursor'] as const;
/** One of them. */
export type Kind = (typeof KINDS)[number];

/** What decides which files come out. */
export interface Shape {
  readonly kind: Kind;
  readonly engine: 'arrow' | 'parquetjs-lite';
}

/** Partitions at the same time; of twelve, three are left to read, so that each is read in parts where the protocol has parts so small. */
export type Concurrency = 1 | 3 | 12;
const CONCURRENCIES: readonly Concurrency[] = [3, 12, 1];

/** A round: one export, stopped again and again until it ends by itself. */
export interface Scenario extends Shape {
  readonly seed: number;
  readonly round: number;
  readonly signal: 'SIGKILL' | 'SIGTERM';
  readonly concurrency: Concurrency;
  /** `force`: the range is committed already, and exported again over it. */
  readonly command: 'run' | 'backfill' | 'force';
}

/** The days that every round exports. Conversations of the first two never end, so that `run` reads these days once more. */
export const DATASET = { seed: 11, from: '2026-01-05', days: 3, conversationsPerDay: 70 } as const;
/** The day after the last. */
export const END_DAY = '2026-01-08';
/** Months after these days: nothing changes any more. */
export const LONG_AFTER = Date.UTC(2026, 5, 1, 12);

/** The scenario of a round: a function of the seed and the round's number. */
export const scenarioOf = (seed: number, round: number, kinds: readonly Kind[], signal: Scenario['signal']): Scenario => {
  const random = new SeededRandom(seed, round, 0x5c);
  return {
    seed,
    round,
    signal,
    kind: kinds[round % kinds.length]!,
    concurrency: CONCURRENCIES[Math.floor(round / kinds.length) % CONCURRENCIES.length]!,
    engine: random.oneIn(4) ? 'parquetjs-lite' : 'arrow',
    command: random.pick(['run', 'run', 'backfill', 'backfill', 'force'] as const),
  };
};

/** Content of jobs/torture.yaml. */
export const jobOf = ({ kind, engine }: Shape, concurrency: number): object => ({
  source: { kind, pageSize: kind === 'next-page-url' && concurrency === 12 ? 1 : 10, ...(kind === 'job-cursor' ? { pollInterval: '20ms' } : {}) },
  start: DATASET.from,
  lookback: '0s',
  tables: ['participant_attributes', 'conversations', 'participants'],
  formats: ['parquet', 'csv'],
  parquet: { engine },
  concurrency,
});

/** Arguments of the exporter. */
export const argumentsOf = ({ command, concurrency }: Pick<Scenario, 'command' | 'concurrency'>): readonly string[] =>
  command === 'run'
    ? ['run', 'torture', '--now', `${END_DAY}T03:00:00Z`, '--json']
    : ['backfill', 'torture', '--from', DATASET.from, '--to', END_DAY, '--concurrency', String(concurrency), '--json', ...(command === 'force' ? ['--force'] : [])];

const QUERY = '/api/v2/analytics/conversations/details/query';
const JOBS = '/api/v2/analytics/conversations/details/jobs';

/** More requests than a round makes. */
const MOST_REQUESTS = 500;

/** About one request in eight is disturbed; which ones is fixed by the scenario, whatever was asked of the simulator before. */
export const faultsOf = ({ kind, seed, round }: Pick<Scenario, 'kind' | 'seed' | 'round'>): readonly Fault[] => {
  const random = new SeededRandom(seed, round, 0xfa);
  const some = (probability: number): number[] => Array.from({ length: MOST_REQUESTS }, (_, i) => i + 1).filter(() => random.int(1000) < probability * 1000);
  const path = kind === 'job-cursor' ? `${JOBS}/*/results` : QUERY;
  const on = (probability: number, action: Fault['action']): Fault[] => [{ match: { path, nth: some(probability) }, action }];
  const goneOn: Fault[] =
    kind === 'job-cursor'
      ? [...on(0.008, { kind: 'expireCursors' }), ...on(0.004, { kind: 'expireJobs' })]
      : kind === 'next-page-url'
        ? [{ match: { path: QUERY, method: 'GET', nth: some(0.01) }, action: { kind: 'expireLinks' } }]
        : [];
  return [
    ...on(0.02, { kind: 'status', status: 429, headers: { 'Retry-After': '0' } }),
    ...on(0.02, { kind: 'status', status: 503 }),
    ...on(0.01, { kind: 'reset' }),
    ...on(0.01, { kind: 'reset', afterBytes: 700 }),
    ...on(0.007, { kind: 'truncate', framing: 'content-length', keep: 0.7 }),
    ...on(0.007, { kind: 'truncate', framing: 'chunked', keep: 0.4 }),
    ...on(0.007, { kind: 'truncate', framing: 'close', keep: 0.5 }),
    ...on(0.007, { kind: 'gzip', damage: 'truncated' }),
    ...on(0.03, { kind: 'duplicatePage' }),
    ...goneOn,
    ...(kind === 'job-cursor' ? [{ match: { method: 'POST', path: JOBS, nth: some(0.03) }, action: { kind: 'status', status: 503 } } as const] : []),
  ];
};

/**
 * Pages that faults may have added, given how many requests the simulator has seen for the path of pages.
 *
 * Why page-number: its pages end with an empty one, and the fault that repeats the page before fills that, so that one more is asked for.
 */
export const pagesAdded = (scenario: Pick<Scenario, 'kind' | 'seed' | 'round'>, requestsSeen: number): number =>
  scenario.kind !== 'page-number'
    ? 0
    : faultsOf(scenario)
        .filter(({ action }) => action.kind === 'duplicatePage')
        .flatMap(({ match }) => match.nth ?? [])
        .filter((n) => n <= requestsSeen).length;

/** How long an unbroken run takes and what it does: what random instants are spread over. */
export interface Calibration {
  readonly bootMs: number;
  readonly wallMs: number;
  readonly operations: readonly FileOperation[];
}

/** Parts of the output that file operations touch: kills are spread evenly over them, as a commit has fewer operations than a journal. */
export type Area = '_journal' | '_data' | '_manifests' | '_lock' | 'published' | 'folders';

/** The nth file operation of a thread. */
export interface FileOperation {
  readonly thread: 'main' | 'lane';
  readonly n: number;
  readonly area: Area;
  /** What it does and to what kind of file: the same for every page, part and attempt. */
  readonly hook: string;
}

const areaOf = (path: string): Area => {
  const [, first = '', ...rest] = path.split('/');
  if (first.startsWith('_lock')) return '_lock';
  if (rest.length === 0) return 'folders';
  if (first === '_journal' || first === '_data' || first === '_manifests') return first;
  return first.startsWith('_') ? 'folders' : 'published';
};

/** `rename F/T/dt=#/part-#.F`: whatever the table, format, attempt, number or random part of a name. */
const hookOf = (operation: string, path: string): string => {
  const below = path.replace(/^[^/]*\//, '').replace(/[0-9a-f]{12,}(?:-[0-9a-f]{12,})*/g, '#').replace(/\d+/g, '#');
  return `${operation} ${below.replace(/participant_attributes|participants|conversations/g, 'T').replace(/^(?:csv|parquet)(?=\/|$)/, 'F').replace(/\.(?:csv|parquet)$/, '.F')}`;
};

/** Reads the kill switch's notes of a run: `operation main 17 rename torture/_manifests/…`. */
export const readOperations = (notes: readonly string[]): readonly FileOperation[] =>
  notes.flatMap((line) => {
    const [, thread, n, operation = '', path = ''] = /^operation (main|lane) (\d+) (\S+) (.*)$/.exec(line) ?? [];
    return thread === 'main' || thread === 'lane' ? [{ thread, n: Number(n), area: areaOf(path), hook: `${thread} ${hookOf(operation, path)}` }] : [];
  });

/** Draws the next stop: half by time, over the whole length of a run and a little beyond, half (of the kills) by file operation, each area as often. */
export const drawStop = (random: SeededRandom, signal: Scenario['signal'], { bootMs, wallMs, operations }: Calibration): Stop => {
  if (signal === 'SIGKILL' && random.oneIn(2)) {
    const area = random.pick([...new Set(operations.map((operation) => operation.area))].sort());
    const { thread, n } = random.pick(operations.filter((operation) => operation.area === area));
    return { by: 'operation', thread, n, when: random.pick(['before', 'after', 'half'] as const) };
  }
  // Few of them while Node itself starts: nothing has happened then.
  const fromMs = random.oneIn(8) ? 0 : bootMs;
  return { by: 'time', signal, afterMs: Math.round(fromMs + random.int(Math.ceil(wallMs * 1.1 - fromMs))) };
};

/** One stop for each kind of file operation of a run, at the first of its kind: by turns before it, after it and half way. */
export const hooksOf = ({ operations }: Pick<Calibration, 'operations'>): readonly { readonly hook: string; readonly stop: Stop }[] => {
  const first = new Map<string, FileOperation>();
  for (const operation of operations) if (!first.has(operation.hook)) first.set(operation.hook, operation);
  const whens = ['before', 'after', 'half'] as const;
  return [...first.values()].map(({ hook, thread, n }, i) => ({ hook, stop: { by: 'operation', thread, n, when: whens[i % whens.length]! } }));
};
