import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openJob } from '../../src/cli/assemble.js';
import type { OpenedJob } from '../../src/cli/openedJob.js';
import type { Job, SourceKind } from '../../src/model/job.js';
import { Secret } from '../../src/model/secret.js';
import type { Settings } from '../../src/model/settings.js';
import { TABLE_NAMES } from '../../src/model/table.js';
import type { RunEvent } from '../../src/run/report.js';
import { createDataset, type Dataset, type DatasetOptions } from '../../src/simulate/dataset.js';
import { createManualClock, type ManualClock } from '../../src/simulate/manualClock.js';
import { startSimulator, type Simulator } from '../../src/simulate/server.js';
import type { SimulatorSettings } from '../../src/simulate/simulatorOptions.js';
import { fakeWorld } from './fakeWorld.js';

/** Months after the simulated days: nothing changes any more. */
export const LONG_AFTER = Date.UTC(2026, 5, 1, 12);

const HOUR_MS = 3_600_000;

/** A job over the simulated days, settled long ago, all tables. */
export const aJob = (kind: SourceKind, more: Partial<Job> = {}): Job => ({
  name: `job-${kind}`,
  source: { kind, pageSize: 25, filters: {}, maxResults: 100_000, parts: true, maxIntervalMs: 7 * 24 * HOUR_MS, pollMs: 100, jobTimeoutMs: HOUR_MS },
  start: '2026-01-05',
  window: '1d',
  timezone: 'UTC',
  settleMs: 2 * HOUR_MS,
  lookbackMs: 0,
  tables: TABLE_NAMES,
  formats: ['parquet'],
  parquet: { engine: 'arrow', compression: 'zstd', rowGroupRows: 100_000 },
  csv: { escapeFormulas: false },
  participants: { purposes: ['customer', 'external', 'user'], which: 'all' },
  schedule: undefined,
  onBadRecord: 'fail',
  completeness: { checkTotal: false, tolerance: 0, answerTotals: true },
  openConversations: { maxAgeMs: 0 },
  concurrency: 2,
  ...more,
});

/** What to simulate: two small days unless told otherwise. */
export interface ExportRigOptions {
  readonly dataset?: Partial<DatasetOptions>;
  readonly nowMs?: number;
  readonly settings?: Partial<SimulatorSettings>;
  /** How the exporter connects, where that is not as usual. */
  readonly genesys?: Partial<Settings['genesys']>;
  readonly http?: Partial<Settings['http']>;
}

/** A simulator, an output folder, and jobs that export from the one to the other, in this process. */
export interface ExportRig {
  readonly simulator: Simulator;
  readonly dataset: Dataset;
  readonly clock: ManualClock;
  /** The output folder. */
  readonly root: string;
  readonly settings: Settings;
  readonly events: RunEvent[];
  /** Aborts what jobs opened afterwards do. */
  readonly controller: AbortController;
  open(job: Job): Promise<OpenedJob>;
  /** Opens, works, closes. */
  withJob<T>(job: Job, work: (opened: OpenedJob) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Starts a rig. Everything it makes is gone after `close`. */
export const startExportRig = async (options: ExportRigOptions = {}): Promise<ExportRig> => {
  const clock = createManualClock(options.nowMs ?? LONG_AFTER, { autoAdvance: true });
  const dataset = createDataset({ seed: 7, from: '2026-01-05', days: 2, conversationsPerDay: 60, ...options.dataset });
  const simulator = await startSimulator({ requestsPerMinute: 0, tokenRequestsPerMinute: 0, jobDelayMs: 0, ...options.settings, clock, dataset });
  const root = await mkdtemp(join(tmpdir(), 'gcx-e2e-'));
  const events: RunEvent[] = [];
  const controller = new AbortController();
  const settings: Settings = {
    genesys: { baseUrl: simulator.baseUrl, loginUrl: simulator.baseUrl, clientId: 'demo', clientSecret: new Secret('demo'), ...options.genesys },
    http: { requestsPerMinute: 100_000, timeoutMs: 20_000, maxAttempts: 4, proxyUrl: undefined, ...options.http },
    output: { root, fileMode: 0o600, dirMode: 0o700 },
  };
  let ids = 0;
  const seed = Math.floor(performance.now() * 1000).toString(16);
  const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
  const open = (job: Job): Promise<OpenedJob> =>
    openJob({
      world: { ...fakeWorld({ cwd: root }).world, clock, pid: process.pid, newId: () => `${seed}${(ids++).toString(16)}`.padStart(32, '0').slice(-32), signal: controller.signal },
      settings,
      job,
      log: silent,
      onEvent: (event) => events.push(event),
      threads: 0,
    });
  return {
    simulator,
    dataset,
    clock,
    root,
    settings,
    events,
    controller,
    open,
    async withJob(job, work) {
      const opened = await open(job);
      try {
        return await work(opened);
      } finally {
        await opened.close();
      }
    },
    async close() {
      await simulator.close();
      await rm(root, { recursive: true, force: true });
    },
  };
};
