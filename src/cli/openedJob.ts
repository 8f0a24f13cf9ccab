import type { FileOps } from '../model/files.js';
import type { Job, Format, SourceKind } from '../model/job.js';
import type { PartitionState } from '../model/manifest.js';
import type { Log } from '../model/ports.js';
import type { Settings } from '../model/settings.js';
import type { TableName } from '../model/table.js';
import type { Failure, JobReport, RunEvent } from '../run/report.js';
import type { World } from './world.js';

/** What the requests of a job cost so far. */
export interface HttpStats {
  readonly requests: number;
  /** Answers 429. */
  readonly throttled: number;
  /** Time spent waiting for the rate limit. Units: milliseconds. */
  readonly waitedMs: number;
  /** Requests the current minute may have, and has had. */
  readonly allowed: number;
  readonly used: number;
}

/** One page, as rows, before anything is written. */
export interface Preview {
  /** Conversations of the page. */
  readonly conversations: number;
  /** Whether the API has more pages. */
  readonly nextPage: boolean;
  readonly tables: readonly {
    readonly name: TableName;
    readonly columns: readonly string[];
    /** At most as many as asked for. */
    readonly rows: readonly (readonly unknown[])[];
    /** Rows the page gives this table. */
    readonly total: number;
  }[];
}

/** A current data file. */
export interface CurrentFile {
  /** Absolute, in the published tree. */
  readonly path: string;
  readonly table: TableName;
  readonly format: Format;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
}

/** What is known of one partition. */
export interface PartitionStatus {
  readonly partition: string;
  /** `missing`: wanted and never committed. `damaged`: what is committed cannot be read; `failure` says why. */
  readonly state: PartitionState | 'missing' | 'damaged';
  /** Current version; null where there is none. */
  readonly version: number | null;
  readonly rows: Readonly<Partial<Record<TableName, number>>>;
  readonly conversations: number | null;
  /** ISO-8601: how fresh the source was; null where nothing is committed. */
  readonly asOf: string | null;
  /** ISO-8601; null where nothing is committed. */
  readonly committedAt: string | null;
  /** The last attempt's failure, if it failed, or what is damaged; `at` is empty where the time is not known. */
  readonly failure: (Failure & { readonly at: string }) | null;
  readonly files: readonly CurrentFile[];
}

/** What is on disk of a job, compared with what is wanted. */
export interface JobStatus {
  readonly job: string;
  readonly source: SourceKind;
  /** Absolute path of the job's folder. */
  readonly folder: string;
  /** Oldest first. */
  readonly partitions: readonly PartitionStatus[];
  /** Runs of wanted partitions that are missing; `from` and `to` are partition paths, both included. */
  readonly gaps: readonly {
    readonly from: string;
    readonly to: string;
    readonly partitions: number;
    /** Whether `run` closes it; otherwise it lies before what `run` looks at, and `backfill` does. */
    readonly byRun: boolean;
  }[];
}

/** What would be exported, why, and what it would cost. */
export interface JobPlan {
  readonly job: string;
  /** Oldest first; estimates, not promises. Units: minutes at the configured rate limit, bytes on disk. */
  readonly partitions: readonly {
    readonly partition: string;
    readonly reason: string;
    readonly calls: number;
    readonly rows: number;
    readonly bytes: number;
  }[];
  /** Partitions in range that are not due, by reason. */
  readonly notDue: Readonly<Record<string, number>>;
  readonly calls: number;
  readonly minutes: number;
  readonly rows: number;
  readonly bytes: number;
}

/** Options of one run. */
export interface RunOptions {
  /** Takes this for now when it is decided what is due. Units: UTC epoch milliseconds. */
  readonly nowMs?: number;
  readonly maxPartitions?: number;
  /** Fails partitions that are due but not settled at the source. */
  readonly requireSettled?: boolean;
}

/** Options of a backfill. Dates are local days of the job, `to` exclusive. */
export interface BackfillOptions {
  readonly from: string;
  readonly to: string;
  readonly force: boolean;
  readonly concurrency?: number;
}

/** Range of a plan; without it, what `run` would look at. */
export interface PlanOptions {
  readonly from?: string;
  readonly to?: string;
  readonly nowMs?: number;
}

/** A job with everything it runs on. Whoever opens it closes it. */
export interface OpenedJob {
  run(options: RunOptions): Promise<JobReport>;
  backfill(options: BackfillOptions): Promise<JobReport>;
  /** Writes nothing. */
  plan(options: PlanOptions): Promise<JobPlan>;
  /** Fetches one page; writes nothing. */
  preview(rows: number): Promise<Preview>;
  /** Reads the disk; asks the API for nothing. */
  status(): Promise<JobStatus>;
  httpStats(): HttpStats;
  close(): Promise<void>;
}

/** What opening a job needs. */
export interface OpenJobOptions {
  readonly world: World;
  readonly settings: Settings;
  readonly job: Job;
  readonly log: Log;
  readonly onEvent?: (event: RunEvent) => void;
  /** Overrides the signal of the world, for a daemon that stops one job. */
  readonly signal?: AbortSignal;
  /** Threads that parse and encode; absent: one a processor; 0: the work is done on this thread. */
  readonly threads?: number;
  /** The file system; absent: the real one. Lane threads always have the real one, so give it together with `threads: 0`. */
  readonly files?: FileOps;
}

/** Opens a job: the one composition root. */
export type OpenJob = (options: OpenJobOptions) => Promise<OpenedJob>;
