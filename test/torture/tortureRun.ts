import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { installProduct } from './exporter.js';
import { PHASES, type Phase } from './phase.js';
import { runRound, runUnbroken, type Bench, type RoundResult, type Unbroken } from './round.js';
import { DATASET, hooksOf, LONG_AFTER, scenarioOf, type Kind, type Scenario } from './scenario.js';
import { startSimulatorHandle } from './simulatorHandle.js';
import { truthOfDays } from './truth.js';

/** What to do to the exporter. */
export interface TortureOptions {
  readonly seed: number;
  /** SIGKILLs at least. */
  readonly kills: number;
  /** SIGTERMs at least. */
  readonly terms: number;
  readonly kinds: readonly Kind[];
  /** Kills once at each kind of file operation, too. */
  readonly hooks: boolean;
  /** Only this round. */
  readonly onlyRound?: number;
  /** An empty folder; what a failed round left stays in it. */
  readonly folder: string;
  readonly print: (line: string) => void;
}

/** What it came to. */
export interface TortureTotals {
  readonly rounds: number;
  readonly kills: number;
  readonly terms: number;
  readonly byPhase: Readonly<Record<Phase, number>>;
  readonly requests: number;
  readonly retried: number;
  /** Empty: the exporter stood it. */
  readonly problems: readonly string[];
}

/** Rounds of SIGTERM have numbers from here on, so that a round's number tells its signal. */
const FIRST_TERM_ROUND = 100_000;
const FIRST_HOOK_ROUND = 200_000;

const stopText = ({ stop, phase, note }: RoundResult['stops'][number]): string => {
  const how = stop.by === 'time' ? `after ${String(stop.afterMs)} ms` : (note ?? 'at an operation').replace(/^kill /, '');
  return `${phase} (${how})`;
};

const roundLine = (scenario: Scenario, { stops, exporters, requests, problems }: RoundResult, seconds: number): string => {
  const { round, kind, command, engine, concurrency, signal } = scenario;
  const what = `${kind} ${command} ${engine} ×${String(concurrency)}`;
  const asked = `requests ${String(requests.total)} (${String(requests.byPurpose.page)} pages, ${String(requests.retried)} retried, ${String(requests.gone)} forgotten)`;
  return `round ${String(round)}: ${what}: ${String(stops.length)} ${signal}, ${String(exporters)} runs, ${asked}, ${seconds.toFixed(1)} s: ${problems.length === 0 ? 'whole' : 'BROKEN'}`;
};

/** One torture: rounds until there were enough kills, and its totals. */
class Torture {
  readonly #options: TortureOptions;
  readonly #bench: Bench;
  readonly #unbroken = new Map<string, Promise<Unbroken>>();
  readonly #byPhase: Record<Phase, number> = { starting: 0, fetching: 0, sealing: 0, writing: 0, committing: 0, publishing: 0, cleaning: 0, ending: 0 };
  readonly #problems: string[] = [];
  #rounds = 0;
  #kills = 0;
  #terms = 0;
  #requests = 0;
  #retried = 0;
  #slowestTermMs = 0;

  constructor(options: TortureOptions, bench: Bench) {
    this.#options = options;
    this.#bench = bench;
  }

  async run(): Promise<TortureTotals> {
    const { onlyRound, kills, terms, print } = this.#options;
    const startedMs = performance.now();
    if (onlyRound !== undefined) await this.#round(onlyRound);
    else {
      if (this.#options.hooks) await this.#hooks();
      for (let round = 0; this.#kills < kills && this.#problems.length === 0; round++) await this.#round(round);
      for (let round = FIRST_TERM_ROUND; this.#terms < terms && this.#problems.length === 0; round++) await this.#round(round);
    }
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(0);
    print(`${String(this.#kills)} SIGKILL and ${String(this.#terms)} SIGTERM in ${String(this.#rounds)} rounds; ${String(this.#requests)} requests, ${String(this.#retried)} retried; slowest SIGTERM ${(this.#slowestTermMs / 1000).toFixed(2)} s; ${seconds} s`);
    print(`stopped while: ${PHASES.map((phase) => `${phase} ${String(this.#byPhase[phase])}`).join(', ')}`);
    return { rounds: this.#rounds, kills: this.#kills, terms: this.#terms, byPhase: this.#byPhase, requests: this.#requests, retried: this.#retried, problems: this.#problems };
  }

  /** Kills at each kind of file operation, over the protocol that has the most of them. */
  async #hooks(): Promise<void> {
    const scenario: Scenario = { seed: this.#options.seed, round: FIRST_HOOK_ROUND, signal: 'SIGKILL', kind: this.#options.kinds.at(-1) ?? 'job-cursor', engine: 'arrow', concurrency: 1, command: 'backfill' };
    const unbroken = await this.#unbrokenOf(scenario);
    const hooks = hooksOf(unbroken);
    const startedMs = performance.now();
    for (const [i, { hook, stop }] of hooks.entries()) {
      const one = { ...scenario, round: FIRST_HOOK_ROUND + i };
      const result = await runRound(this.#bench, one, unbroken, [stop]);
      this.#count(one, result);
      if (result.problems.length === 0) {
        await rm(result.folder, { recursive: true, force: true });
        continue;
      }
      this.#options.print(`killed at ${hook}: BROKEN`);
      for (const problem of result.problems) this.#options.print(`  ${problem}`);
      this.#options.print(`  left in ${result.folder}`);
      return;
    }
    this.#options.print(`hooks: killed once at each of ${String(hooks.length)} kinds of file operation, ${((performance.now() - startedMs) / 1000).toFixed(0)} s: whole`);
  }

  async #round(round: number): Promise<void> {
    const { seed, kinds, print } = this.#options;
    const scenario = scenarioOf(seed, round, kinds, round >= FIRST_TERM_ROUND ? 'SIGTERM' : 'SIGKILL');
    const unbroken = await this.#unbrokenOf(scenario);
    const startedMs = performance.now();
    const result = await runRound(this.#bench, scenario, unbroken);
    print(roundLine(scenario, result, (performance.now() - startedMs) / 1000));
    this.#count(scenario, result);
    if (result.problems.length === 0) {
      await rm(result.folder, { recursive: true, force: true });
      return;
    }
    for (const stop of result.stops) print(`  stopped while ${stopText(stop)}`);
    for (const problem of result.problems) print(`  ${problem}`);
    print(`  left in ${result.folder}`);
    print(`  again: npm run torture -- --seed ${String(seed)} --round ${String(round)}${kinds.length === 3 ? '' : kinds.map((kind) => ` --source ${kind}`).join('')}`);
  }

  #count({ signal }: Scenario, { stops, requests, slowestTermMs, problems }: RoundResult): void {
    this.#rounds += 1;
    this.#requests += requests.total;
    this.#retried += requests.retried;
    this.#slowestTermMs = Math.max(this.#slowestTermMs, slowestTermMs);
    this.#problems.push(...problems);
    if (signal === 'SIGKILL') this.#kills += stops.length;
    else this.#terms += stops.length;
    for (const { phase } of stops) this.#byPhase[phase] += 1;
  }

  #unbrokenOf(scenario: Scenario): Promise<Unbroken> {
    const key = `${scenario.kind} ${scenario.engine} ${String(scenario.concurrency)}`;
    const known = this.#unbroken.get(key) ?? runUnbroken(this.#bench, scenario, scenario.concurrency);
    this.#unbroken.set(key, known);
    return known;
  }
}

/** Tortures the built product; prints a line a round and the totals. Stops at the first round that is not whole. */
export const runTorture = async (options: TortureOptions): Promise<TortureTotals> => {
  const { folder } = options;
  const product = await installProduct(join(folder, 'product'));
  const simulator = await startSimulatorHandle({
    dataset: DATASET,
    startMs: LONG_AFTER,
    settings: { requestsPerMinute: 0, tokenRequestsPerMinute: 0, jobDelayMs: 30, maxConcurrentJobs: 1_000_000, latencyMs: 4, duplicateEvery: 3 },
  });
  try {
    return await new Torture(options, { product, simulator, truth: truthOfDays(DATASET, LONG_AFTER), folder }).run();
  } finally {
    await simulator.stop();
  }
};
