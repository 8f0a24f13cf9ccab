import { summaryOf, totalsOf } from '../../src/cli/ledgerSummary.js';
import type { HttpStats, JobStatus, OpenedJob, PartitionStatus } from '../../src/cli/openedJob.js';
import type { Parts } from '../../src/cli/parts.js';
import { demoJob, demoSettings } from '../../src/cli/demoJob.js';
import type { ScheduleOptions } from '../../src/model/job.js';
import { ConfigError } from '../../src/model/errors.js';
import type { Manifest, PartitionCounts } from '../../src/model/manifest.js';
import type { JobReport, PartitionOutcome, RunEvent } from '../../src/run/report.js';

/** Counts of a partition of 1,000 conversations. */
export const someCounts: PartitionCounts = {
  pages: 10, fetched: 1003, unique: 1000, duplicates: 3, refetched: 0, outsideWindow: 12, open: 4, withAttributes: 900, rejects: 0, replacedText: 0, repeatedKeys: 0,
  rows: { participant_attributes: 4210, conversations: 1000 }, sourceTotal: null,
};

const manifestOf = (partition: string): Manifest => ({
  formatVersion: 1, job: 'nightly', partition, window: { from: '2026-01-05T00:00:00.000Z', to: '2026-01-06T00:00:00.000Z' }, version: 1, commitId: 'c', attemptId: 'a',
  prevSha256: null, source: 'next-page-url', sourceAsOf: { at: '2026-01-07T00:00:00.000Z', origin: 'date-header' }, requestHash: 'r', schemaHash: 's', rowsHash: 'h',
  state: 'settled', files: [], counts: someCounts, rejects: null, supersedes: null, exporterVersion: '9.9.9',
});

/** A partition that was exported. */
export const committed = (partition: string): PartitionOutcome => ({ result: 'committed', partition, manifest: manifestOf(partition), pagesFetched: 10, elapsedMs: 1234 });

/** A partition that failed, with a query string and a control character where the message should have none. */
export const failed = (partition: string, exitCode: 3 | 4 = 4): PartitionOutcome => ({
  result: 'failed', partition, pagesFetched: 2,
  failure: { error: 'HttpError', message: 'page 3: GET https://api.example.com/x?cursor=abc answered 503\u001b[31m', remedy: 'Run again later.', exitCode },
});

/** A report over some outcomes. */
export const reportOf = (outcomes: readonly PartitionOutcome[], more: Partial<JobReport> = {}): JobReport => ({
  job: 'nightly', startedAt: '2026-01-10T12:00:00.000Z', elapsedMs: 3210, due: outcomes.length, outcomes, notDue: {}, interrupted: false, notices: [], ...more,
});

/** A status of a job that has exported nothing, but for what is said. */
export const aStatus = (more: Partial<JobStatus>): JobStatus => ({
  job: 'nightly', source: 'next-page-url', folder: '/work/output/nightly', partitions: [], gaps: [],
  totals: totalsOf(more.partitions ?? []), ledger: summaryOf({ looks: [], unreadable: [] }), followed: null, notices: [], calendar: [],
  ...more,
});

/** A settled partition of ten conversations. */
export const aPartition = (partition: string, more: Partial<PartitionStatus> = {}): PartitionStatus => ({
  partition, state: 'settled', version: 1, rows: { conversations: 10 }, conversations: 10, counts: { ...someCounts, unique: 10, rows: { conversations: 10 } }, changes: null, dueFor: null, isShort: false,
  asOf: null, asOfOrigin: null, waitsFor: null, lastLook: null, filesAtFault: null, committedAt: null, failure: null, files: [],
  ...more,
});

/** What the requests of the fake job cost. */
export const someHttp: HttpStats = { requests: 21, throttled: 1, waitedMs: 2500, allowed: 300, used: 21, permitted: 28, clients: 1 };

/** What a fake job answers, and what it was asked. */
export interface FakeJob {
  readonly report?: JobReport;
  readonly events?: readonly RunEvent[];
  readonly status?: JobStatus;
  readonly fails?: unknown;
  readonly schedule?: ScheduleOptions;
}

/** Parts without files or a network: one job named `nightly`, every call recorded. */
export const fakeParts = (fake: FakeJob = {}): { readonly parts: Parts; readonly calls: unknown[] } => {
  const calls: unknown[] = [];
  const settings = demoSettings('http://127.0.0.1:1', '/work/output');
  const job = { ...demoJob, name: 'nightly', schedule: fake.schedule };
  const report = fake.report ?? reportOf([]);
  const parts: Parts = {
    openJob: ({ onEvent }) => {
      const answer = <T>(name: string, options: unknown, value: T): Promise<T> => {
        calls.push([name, options]);
        if (fake.fails !== undefined) return Promise.reject(fake.fails as Error);
        for (const event of fake.events ?? []) onEvent?.(event);
        return Promise.resolve(value);
      };
      const opened: OpenedJob = {
        run: (options) => answer('run', options, report),
        backfill: (options) => answer('backfill', options, report),
        plan: (options) =>
          answer('plan', options, {
            job: 'nightly', range: null, requestsPerMinute: 300, sampling: { state: 'not-needed', calls: 0, kept: 0, reason: null }, followed: null, partitions: [], notDue: { settled: 3 },
            conversations: 0, calls: 0, minutes: 0, splits: 0, rows: 0, bytes: 0, otherSettings: [], notices: [], calendar: [],
          }),
        preview: (rows) =>
          answer('preview', rows, {
            partition: 'dt=2026-01-09', conversations: 1, outsideWindow: 0, nextPage: true,
            tables: [{ name: 'participant_attributes', columns: ['name', 'value', 'conversation_start'], rows: [['a\u001b[2J', null, 0]], total: 7 }],
          }),
        status: () => answer('status', undefined, fake.status ?? aStatus({})),
        httpStats: () => someHttp,
        close: () => {
          calls.push(['close', undefined]);
          return Promise.resolve();
        },
      };
      return Promise.resolve(opened);
    },
    loadJob: (_request, name) =>
      name === 'nightly'
        ? Promise.resolve({ settings, job })
        : Promise.reject(new ConfigError([{ where: '<job>', what: 'there is no such job; the jobs are nightly' }], { remedy: 'Did you mean nightly?' })),
    checkOutput: (root) => {
      calls.push(['checkOutput', root]);
      return Promise.resolve();
    },
    loadAllJobs: () => Promise.resolve({ settings, jobs: [job] }),
  };
  return { parts, calls };
};
