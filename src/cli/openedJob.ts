import type { FileOps } from '../model/files.js';
import type { ChangeReason } from '../model/glance.js';
import type { Job, Format, SourceKind } from '../model/job.js';
import type { LookResult } from '../model/look.js';
import type { PartitionCounts, PartitionState, RowChanges } from '../model/manifest.js';
import type { SourceAsOf } from '../model/page.js';
import type { Log } from '../model/ports.js';
import type { Settings } from '../model/settings.js';
import type { TableName } from '../model/table.js';
import type { CalendarMonth } from '../plan/calendar.js';
import type { Cost } from '../plan/cost.js';
import type { Awaited } from '../plan/state.js';
import type { Failure, JobReport, RunEvent } from '../run/report.js';
import type { World } from './world.js';

/** What the requests of a job cost so far. */
export interface HttpStats {
  readonly requests: number;
  /** Answers 429. */
  readonly throttled: number;
  /** Time during which requests waited for the rate limit, however many at once. Units: milliseconds. */
  readonly waitedMs: number;
  /** Requests the current minute may have, and has had. */
  readonly allowed: number;
  readonly used: number;
  /** Requests that the limits permitted from the first one on: what `requests` is a share of. */
  readonly permitted: number;
  /** OAuth clients that the requests were spread over. */
  readonly clients: number;
}

/** One page, as rows, before anything is written. */
export interface Preview {
  /** The newest that has ended. */
  readonly partition: string;
  /** Conversations of the page that an export of the partition writes. */
  readonly conversations: number;
  /** Conversations of the page that started outside the partition's window: no part of it. */
  readonly outsideWindow: number;
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
  /** What was counted; null where nothing is committed. */
  readonly counts: PartitionCounts | null;
  /** How the current version's rows differ from those of the version before, all tables; null for the first, and where that could not be told. */
  readonly changes: RowChanges | null;
  /** Fewer conversations than the API counts, by more than the job tolerates. */
  readonly isShort: boolean;
  /** ISO-8601: how fresh the source was; null where nothing is committed. */
  readonly asOf: string | null;
  /** Whose word that is: the data lake's watermark, or the clock of a server that reads live data. */
  readonly asOfOrigin: SourceAsOf['origin'] | null;
  /** What a provisional partition waits for until it can settle; null for others. */
  readonly waitsFor: Awaited | null;
  /** Why a settled partition is to be exported again; null where it is not. */
  readonly dueFor: ChangeReason | null;
  /** The newest look that the ledger holds; null where it holds none. */
  readonly lastLook: { readonly at: string; readonly result: LookResult; readonly calls: number; readonly elapsedMs: number } | null;
  /** ISO-8601; null where nothing is committed. */
  readonly committedAt: string | null;
  /** What is wrong with the committed files, by the disk's own word: missing, of another size, not published; null: nothing. */
  readonly filesAtFault: string | null;
  /** The last attempt's failure, if it failed, or what is damaged; `at` is empty where the time is not known. */
  readonly failure: (Failure & { readonly at: string }) | null;
  readonly files: readonly CurrentFile[];
}

/** Conversations that are open, or ended lately, in settled partitions: the next run looks at them. */
export interface FollowedFacts {
  readonly conversations: number;
  readonly partitions: number;
  /** ISO-8601; null: never. */
  readonly lookedAt: string | null;
}

/** What the current versions of a job's partitions hold, added up. */
export interface JobTotals {
  readonly partitions: number;
  readonly fetched: number;
  readonly conversations: number;
  readonly duplicates: number;
  readonly refetched: number;
  readonly outsideWindow: number;
  readonly open: number;
  readonly withAttributes: number;
  readonly rejects: number;
  readonly rows: Readonly<Partial<Record<TableName, number>>>;
  /** Of partitions whose current version replaced another: how their rows differ from those of the version before. */
  readonly restated: RowChanges & { readonly partitions: number };
  readonly files: number;
  readonly bytes: number;
  /** Partitions for which the API's own count is known, what it comes to, and how many more (or fewer: negative) were read of them. */
  readonly counted: { readonly partitions: number; readonly sourceTotal: number; readonly difference: number };
}

/** The ledger, added up. */
export interface LedgerSummary {
  readonly looks: number;
  readonly runs: number;
  readonly results: Readonly<Record<LookResult, number>>;
  readonly calls: number;
  readonly elapsedMs: number;
  /** ISO-8601; null where there are no looks. */
  readonly firstAt: string | null;
  readonly lastAt: string | null;
  /** Files that cannot be read: what they held is not in the sums. */
  readonly unreadable: readonly string[];
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
  readonly totals: JobTotals;
  /** Null where the job follows none. */
  readonly followed: FollowedFacts | null;
  readonly ledger: LedgerSummary;
  /** Things the reader should know, e.g. days that were exported with other settings. */
  readonly notices: readonly string[];
  /** A letter a day: `s` settled, `p` provisional, `<` short, `m` missing, `f` failed, `.` not wanted yet. */
  readonly calendar: readonly CalendarMonth[];
}

/** Whether a plan asked the API for counts. */
export interface Sampling {
  /** `asked`: now, or from what was kept · `offline`: it was told not to · `no-credentials` · `not-needed`: all sizes are known · `failed`: `reason` says why. */
  readonly state: 'asked' | 'offline' | 'no-credentials' | 'not-needed' | 'failed';
  /** Calls made now. */
  readonly calls: number;
  /** Windows whose count was kept from less than a day ago. */
  readonly kept: number;
  readonly reason: string | null;
}

/** What would be exported, why, and what it would cost: estimates, not promises. */
export interface JobPlan extends Cost {
  readonly job: string;
  /** ISO-8601, from the first window's start to the last one's end; null where nothing is due. */
  readonly range: { readonly from: string; readonly to: string } | null;
  readonly requestsPerMinute: number;
  readonly sampling: Sampling;
  /** Conversations of settled partitions that a run looks at first; null where the job follows none, or the plan is of a range. */
  readonly followed: FollowedFacts | null;
  /** Days of partitions that are due and were exported with another source, filters, tables, formats or participants: without `--force` they fail. */
  readonly otherSettings: readonly string[];
  /** Things the reader should know, e.g. days that were exported with other settings and are not due. */
  readonly notices: readonly string[];
  /** How the partitions of the months in range stand now: a letter a day, as in `JobStatus`; a space for a day out of range of which nothing is known. */
  readonly calendar: readonly CalendarMonth[];
}

/** Options of one run. */
export interface RunOptions {
  /** Takes this for now when it is decided what is due. Units: UTC epoch milliseconds. */
  readonly nowMs?: number;
  readonly maxPartitions?: number;
  /** Lists the partitions in range that are not settled after the run; there being some is exit code 4. */
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
  /** Whether the API may be asked for counts, or why not. */
  readonly sampling: 'allowed' | 'offline' | 'no-credentials';
}

/** A job with everything it runs on. Whoever opens it closes it. */
export interface OpenedJob {
  run(options: RunOptions): Promise<JobReport>;
  backfill(options: BackfillOptions): Promise<JobReport>;
  /** Writes nothing but the counts that it was given. */
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
  /** Threads that parse and encode; absent: as many as suit the machine (laneTuning.ts); 0: the work is done on this thread. */
  readonly threads?: number;
  /** The file system; absent: the real one. Lane threads always have the real one, so give it together with `threads: 0`. */
  readonly files?: FileOps;
}

/** Opens a job. */
export type OpenJob = (options: OpenJobOptions) => Promise<OpenedJob>;
