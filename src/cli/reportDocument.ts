import { redactText } from './redact.js';
import { exitCodeOf, type Failure, type FollowReport, type JobReport, type PartitionOutcome } from '../run/report.js';
import { shareUsed } from './budgetText.js';
import type { HttpStats } from './openedJob.js';
import { countsOf } from './outcomeLine.js';

const failureDocument = ({ error, message, remedy, exitCode }: Failure): Readonly<Record<string, unknown>> => ({
  error,
  message: redactText(message),
  remedy: remedy === undefined ? null : redactText(remedy),
  exitCode,
});

const followedDocument = (followed: FollowReport): Readonly<Record<string, unknown>> => ({ ...followed, failure: followed.failure === null ? null : failureDocument(followed.failure) });

const outcomeDocument = (outcome: PartitionOutcome, calls: number | undefined): Readonly<Record<string, unknown>> => {
  const committed = outcome.result === 'committed' ? outcome.manifest : undefined;
  const known = outcome.result === 'failed' || outcome.result === 'committed' ? undefined : outcome;
  return {
    partition: outcome.partition,
    result: outcome.result,
    version: committed?.version ?? known?.version ?? null,
    state: committed?.state ?? known?.state ?? null,
    counts: countsOf(outcome) ?? null,
    changes: committed?.supersedes?.changes ?? null,
    calls: calls ?? null,
    pagesFetched: outcome.result === 'current' ? 0 : outcome.pagesFetched,
    elapsedMs: 'elapsedMs' in outcome ? Math.round(outcome.elapsedMs) : null,
    failure: outcome.result === 'failed' ? failureDocument(outcome.failure) : null,
  };
};

/**
 * The JSON document of `run` and `backfill`.
 *
 * Shape: `{command, job, exitCode, startedAt, elapsedMs, due, interrupted, notDue: {reason: partitions}, unsettled: [partition] (with --require-settled), notices: [text], followed: {conversations, partitions, calls, changes: {reason: conversations}, restated: [{partition, reason}], notice, failure}, estimate: {expected: {calls, rows, bytes}, actual: {calls, rows, bytes}},
 * partitions: [{partition, result, version, state, counts, changes: {table: {changed, appeared, vanished}}, calls, pagesFetched, elapsedMs, failure: {error, message, remedy, exitCode}}],
 * http: {requests, throttled, waitedMs, clients, permitted, shareUsed: 0 to 1}}`; keys are always there, null where there is nothing.
 */
export const reportDocument = (command: string, report: JobReport, http: HttpStats): Readonly<Record<string, unknown>> => ({
  command,
  job: report.job,
  exitCode: exitCodeOf(report),
  startedAt: report.startedAt,
  elapsedMs: Math.round(report.elapsedMs),
  due: report.due,
  interrupted: report.interrupted,
  notDue: report.notDue,
  unsettled: report.unsettled ?? null,
  notices: report.notices,
  followed: report.followed === undefined ? null : followedDocument(report.followed),
  estimate: report.estimate ?? null,
  partitions: report.outcomes.map((outcome) => outcomeDocument(outcome, report.calls?.[outcome.partition])),
  http: { requests: http.requests, throttled: http.throttled, waitedMs: Math.round(http.waitedMs), clients: http.clients, permitted: http.permitted, shareUsed: shareUsed(http) ?? null },
});
