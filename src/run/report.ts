import { EXIT, type ExitCode } from '../model/errors.js';
import type { ChangeReason } from '../model/glance.js';
import type { Manifest, PartitionCounts, PartitionState } from '../model/manifest.js';

/** Why a partition failed, in words fit for a person and a log. */
export interface Failure {
  /** Name of the error's class. */
  readonly error: string;
  readonly message: string;
  readonly remedy: string | undefined;
  readonly exitCode: ExitCode;
}

/** What became of one partition in this run. */
export type PartitionOutcome =
  | {
      readonly result: 'committed';
      readonly partition: string;
      readonly manifest: Manifest;
      /** Pages asked for in this run; the manifest's count also has those an earlier, broken run left in the journal. */
      readonly pagesFetched: number;
      readonly elapsedMs: number;
    }
  | {
      /** Exported again; every row is as before, and so is the state: there is no new version. */
      readonly result: 'unchanged';
      readonly partition: string;
      readonly version: number;
      readonly state: PartitionState;
      readonly counts: PartitionCounts;
      readonly pagesFetched: number;
      readonly elapsedMs: number;
    }
  | {
      /** What is committed stays: it is at least as fresh as the source (then nothing is asked for) or as its answer, or another run was faster. */
      readonly result: 'current';
      readonly partition: string;
      readonly version: number;
      readonly state: PartitionState;
      readonly pagesFetched: number;
    }
  | { readonly result: 'failed'; readonly partition: string; readonly failure: Failure; readonly pagesFetched: number };

/** Calls, rows and bytes on disk. */
export interface RunCost {
  readonly calls: number;
  readonly rows: number;
  readonly bytes: number;
}

/** What was expected beside what came. */
export interface RunEstimate {
  readonly expected: RunCost;
  readonly actual: RunCost;
}

/** What came of looking at conversations that were open when their partitions settled. */
export interface FollowReport {
  /** Conversations looked at, in so many settled partitions. */
  readonly conversations: number;
  readonly partitions: number;
  readonly calls: number;
  /** Conversations by what became of them; those that are as before are not counted. */
  readonly changes: Readonly<Partial<Record<ChangeReason, number>>>;
  /** Settled partitions that are exported again for it. */
  readonly restated: readonly { readonly partition: string; readonly reason: ChangeReason }[];
  /** What the reader should know of how it was done; null: nothing. */
  readonly notice: string | null;
  /** The look failed: the next run looks again. */
  readonly failure: Failure | null;
}

/** What a run did. */
export interface JobReport {
  readonly job: string;
  readonly startedAt: string;
  readonly elapsedMs: number;
  /** Partitions that were due, the oldest first; those after an interruption have no outcome. */
  readonly due: number;
  readonly outcomes: readonly PartitionOutcome[];
  /** Requests that each partition took, by its path; further tries of one request are not counted. */
  readonly calls?: Readonly<Record<string, number>>;
  /** What the run was expected to take, and took: of the partitions that were read to the end. Absent where there were none. */
  readonly estimate?: RunEstimate;
  /** Partitions in range that were not due, by reason. */
  readonly notDue: Readonly<Record<string, number>>;
  readonly interrupted: boolean;
  /** Absent where the job follows none. */
  readonly followed?: FollowReport;
  /** With `--require-settled`: partitions in range that are not settled after the run. */
  readonly unsettled?: readonly string[];
  /** Things the reader should know that are no failure, e.g. a table that the protocol cannot fill. */
  readonly notices: readonly string[];
}

/** What is happening, for a progress display. */
export type RunEvent =
  | {
      readonly type: 'planned';
      readonly partitions: readonly string[];
      /** Conversations that all answers are expected to hold; undefined where that is not known of each partition. */
      readonly expected: number | undefined;
    }
  | {
      readonly type: 'partition-started';
      readonly partition: string;
      /** What an earlier run kept of its pages, and the conversations of their answers. */
      readonly resumedPages: number;
      readonly resumedConversations: number;
    }
  | { readonly type: 'page'; readonly partition: string; readonly conversations: number; readonly rows: number }
  | { readonly type: 'writing'; readonly partition: string }
  | { readonly type: 'partition-finished'; readonly outcome: PartitionOutcome };

/** The exit code that a report calls for: refused credentials before unusable arguments before incomplete partitions. */
export const exitCodeOf = (report: JobReport): ExitCode => {
  const followed = report.followed?.failure?.exitCode;
  const codes = new Set<ExitCode>(followed === undefined ? [] : [followed]);
  for (const outcome of report.outcomes) if (outcome.result === 'failed') codes.add(outcome.failure.exitCode);
  for (const code of [EXIT.bug, EXIT.refused, EXIT.usage, EXIT.locked, EXIT.incomplete]) if (codes.has(code)) return code;
  if (!report.interrupted && (report.unsettled?.length ?? 0) > 0) return EXIT.incomplete;
  return report.interrupted ? EXIT.interrupted : EXIT.done;
};
