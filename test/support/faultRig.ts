import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Finding } from '../../src/audit/finding.js';
import { verifyJob } from '../../src/audit/verifyJob.js';
import { openJob } from '../../src/cli/assemble.js';
import { explain } from '../../src/cli/exit.js';
import { reportText } from '../../src/cli/reportText.js';
import type { JobStatus, OpenedJob } from '../../src/cli/openedJob.js';
import { styleOf } from '../../src/cli/screen.js';
import { TABLES } from '../../src/extract/tables.js';
import type { FileOps } from '../../src/model/files.js';
import type { Job, SourceKind } from '../../src/model/job.js';
import type { PartitionCounts } from '../../src/model/manifest.js';
import type { Clock } from '../../src/model/ports.js';
import { Secret } from '../../src/model/secret.js';
import type { Settings } from '../../src/model/settings.js';
import { exitCodeOf, type JobReport } from '../../src/run/report.js';
import { createDataset, type Dataset, type DatasetOptions } from '../../src/simulate/dataset.js';
import type { Fault, FaultAction, FaultMatch } from '../../src/simulate/faults.js';
import { createManualClock, type ManualClock } from '../../src/simulate/manualClock.js';
import { startSimulator, type Simulator } from '../../src/simulate/server.js';
import type { SimulatorSettings } from '../../src/simulate/simulatorOptions.js';
import { createNodeFiles } from '../../src/sink/nodeFiles.js';
import { aJob, LONG_AFTER } from './exportRig.js';
import { fakeWorld } from './fakeWorld.js';
import { createRecordingLog, type LogLine } from './recordingLog.js';
import { publishedHashes } from './treeOf.js';

/** The one day that fault tests export. */
export const DAY = '2026-01-05';

/** What a run ended with. */
export interface Attempt {
  readonly exitCode: number;
  /** Absent where the run ended in an error. */
  readonly report: JobReport | undefined;
  /** Everything that a person sees of it: report or explanation, and the log. */
  readonly text: string;
  readonly log: readonly LogLine[];
  /** Counts of the first partition, where it was exported. */
  readonly counts: PartitionCounts | undefined;
}

/** How one run differs from the usual. */
export interface AttemptOptions {
  readonly files?: FileOps;
  readonly clock?: Clock;
  readonly http?: Partial<Settings['http']>;
  readonly baseUrl?: string;
  readonly force?: boolean;
  readonly from?: string;
  readonly to?: string;
  readonly signal?: AbortSignal;
  /** `run` as of this instant, instead of a backfill of the day. */
  readonly runAtMs?: number;
  /** `run` by the clocks there are, for the oldest partition. */
  readonly oldest?: boolean;
}

/** An output folder of its own, and runs that export into it. */
export interface FaultCase {
  readonly job: Job;
  readonly root: string;
  /** `<root>/<job>`. */
  readonly folder: string;
  run(options?: AttemptOptions): Promise<Attempt>;
  /** Runs while the faults are on. */
  underFaults(faults: readonly Fault[], options?: AttemptOptions): Promise<Attempt>;
  /** What the disk says, without asking the API. */
  status(): Promise<JobStatus>;
  /** What an audit finds that is wrong. */
  errors(): Promise<readonly Finding[]>;
  /** Everything an audit has to say, notes too. */
  findings(): Promise<readonly Finding[]>;
  /** Runs without faults: it ends well, an audit finds nothing wrong, and the files are those of an export that nothing disturbed. */
  recovers(options?: AttemptOptions): Promise<Attempt>;
}

/** A simulator with one small day, and cases that export it. */
export interface FaultRig {
  readonly simulator: Simulator;
  readonly dataset: Dataset;
  readonly clock: ManualClock;
  /** A fresh output folder, or the one given. */
  newCase(kind?: SourceKind, job?: Partial<Job>, root?: string): Promise<FaultCase>;
  /** The published files of an export that nothing disturbed, by path. */
  undisturbed(job: Job): Promise<Readonly<Record<string, string>>>;
  /** Requests so far, those for tokens included. */
  readonly asked: number;
  close(): Promise<void>;
}

/** What to simulate. */
export interface FaultRigOptions {
  readonly dataset?: Partial<DatasetOptions>;
  readonly settings?: Partial<SimulatorSettings>;
  readonly nowMs?: number;
}

/** Modes of what is written, as configured in every case. */
export const MODES = { fileMode: 0o600, dirMode: 0o700 } as const;

/** A fault at a request of the protocol's own pages. */
export const fault = (action: FaultAction, match: FaultMatch = {}): Fault => ({ match, action });

/** Matches requests for pages after the first, over any protocol. */
export const LATER_PAGE: FaultMatch = { method: 'GET', path: /details\/(?:query|jobs\/[^/]+\/results)$/ };

/** Exit code and words of an error or report, as the command line gives them. */
const shown = async (work: () => Promise<JobReport>, httpStats: () => Parameters<typeof reportText>[1]): Promise<Pick<Attempt, 'exitCode' | 'report' | 'text'>> => {
  try {
    const report = await work();
    const { world } = fakeWorld();
    return { exitCode: exitCodeOf(report), report, text: reportText(report, httpStats(), styleOf(world.stdout, {})) };
  } catch (error) {
    const { exitCode, text } = explain(error, new AbortController().signal);
    return { exitCode, report: undefined, text };
  }
};

/** Starts a rig. Everything it makes is gone after `close`. */
export const startFaultRig = async (options: FaultRigOptions = {}): Promise<FaultRig> => {
  const clock = createManualClock(options.nowMs ?? LONG_AFTER, { autoAdvance: true });
  const dataset = createDataset({ seed: 11, from: DAY, days: 1, conversationsPerDay: 14, ...options.dataset });
  const simulator = await startSimulator({ requestsPerMinute: 0, tokenRequestsPerMinute: 0, jobDelayMs: 0, shortPages: false, maxConcurrentJobs: 100_000, ...options.settings, clock, dataset });
  const home = await mkdtemp(join(tmpdir(), 'gcx-fault-'));
  const references = new Map<string, Promise<Readonly<Record<string, string>>>>();
  let cases = 0;

  const newCase = async (kind: SourceKind = 'next-page-url', more: Partial<Job> = {}, root: string = join(home, `case-${String(cases++)}`)): Promise<FaultCase> => {
    const usual = aJob(kind, { tables: ['participant_attributes', 'conversations'], concurrency: 1, ...more });
    const job: Job = { ...usual, source: { ...usual.source, pageSize: 5, ...more.source } };
    const folder = join(root, job.name);

    const open = (how: AttemptOptions, log: ReturnType<typeof createRecordingLog>): Promise<OpenedJob> => {
      const controller = new AbortController();
      const baseUrl = how.baseUrl ?? simulator.baseUrl;
      const settings: Settings = {
        genesys: { baseUrl, loginUrl: baseUrl, clientId: 'demo', clientSecret: new Secret('demo') },
        http: { requestsPerMinute: 100_000, timeoutMs: 20_000, maxAttempts: 4, proxyUrl: undefined, ...how.http },
        output: { root, ...MODES },
      };
      return openJob({
        world: { ...fakeWorld({ cwd: root }).world, clock: how.clock ?? clock, pid: process.pid, newId: () => randomBytes(16).toString('hex'), signal: how.signal ?? controller.signal },
        settings,
        job,
        log,
        threads: 0,
        ...(how.files === undefined ? {} : { files: how.files }),
      });
    };

    const run = async (how: AttemptOptions = {}): Promise<Attempt> => {
      const log = createRecordingLog();
      const opened = await open(how, log);
      try {
        const { from = DAY, to = '2026-01-06', force = false, runAtMs } = how;
        const ended = await shown(
          () => (how.oldest === true ? opened.run({ maxPartitions: 1 }) : runAtMs === undefined ? opened.backfill({ from, to, force }) : opened.run({ nowMs: runAtMs })),
          () => opened.httpStats(),
        );
        const [first] = ended.report?.outcomes ?? [];
        const counts = first?.result === 'committed' ? first.manifest.counts : first?.result === 'unchanged' ? first.counts : undefined;
        return { ...ended, text: `${ended.text}\n${log.lines.map((line) => JSON.stringify(line)).join('\n')}`, log: log.lines, counts };
      } finally {
        await opened.close();
      }
    };

    const findings = async (): Promise<readonly Finding[]> =>
      (await createNodeFiles(MODES).look(folder)) === undefined ? [] : (await verifyJob({ files: createNodeFiles(MODES), job: job.name, jobFolder: folder, tables: TABLES, nowMs: Date.now(), modes: MODES })).findings;

    const errors = async (): Promise<readonly Finding[]> => (await findings()).filter(({ severity }) => severity === 'error');

    return {
      job,
      root,
      folder,
      run,
      findings,
      errors,
      async status() {
        const opened = await open({}, createRecordingLog());
        try {
          return await opened.status();
        } finally {
          await opened.close();
        }
      },
      async underFaults(faults, how) {
        for (const one of faults) simulator.faults.add(one);
        try {
          return await run(how);
        } finally {
          simulator.faults.clear();
        }
      },
      async recovers(how) {
        const attempt = await run(how);
        expect([attempt.exitCode, attempt.exitCode === 0 ? '' : attempt.text]).toEqual([0, '']);
        expect(await errors()).toEqual([]);
        expect(await publishedHashes(folder)).toEqual(await undisturbed(job));
        return attempt;
      },
    };
  };

  const exportOnce = async (job: Job): Promise<Readonly<Record<string, string>>> => {
    const clean = await newCase(job.source.kind, job);
    const attempt = await clean.run();
    expect([attempt.exitCode, attempt.exitCode === 0 ? '' : attempt.text]).toEqual([0, '']);
    return publishedHashes(clean.folder);
  };

  const undisturbed = (job: Job): Promise<Readonly<Record<string, string>>> => {
    const key = JSON.stringify(job);
    const known = references.get(key) ?? exportOnce(job);
    references.set(key, known);
    return known;
  };

  return {
    simulator,
    dataset,
    clock,
    newCase,
    undisturbed,
    get asked() {
      return simulator.requests.length;
    },
    async close() {
      expect(simulator.defects).toEqual([]);
      await simulator.close();
      await rm(home, { recursive: true, force: true });
    },
  };
};
