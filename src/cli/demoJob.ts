import type { Job } from '../model/job.js';
import { Secret } from '../model/secret.js';
import type { Settings } from '../model/settings.js';

const HOUR_MS = 3_600_000;

/** What the demo exports: two days that are over for good, from a seed, so that every demo gives the same files. */
export const DEMO = {
  seed: 1,
  from: '2026-01-05',
  to: '2026-01-07',
  days: 2,
  conversationsPerDay: 1000,
  /** The instant that the imitation takes for now: a month after the data. Units: UTC epoch milliseconds. */
  simulatedNowMs: Date.UTC(2026, 1, 7, 3),
  /** The instant that decides what is due: exactly the two days. Units: UTC epoch milliseconds. */
  dueMs: Date.UTC(2026, 0, 7, 2, 30),
} as const;

/** The job of the demo: the default job, for those two days. */
export const demoJob: Job = {
  name: 'demo',
  source: { kind: 'next-page-url', pageSize: 100, filters: {}, maxResults: 100_000, parts: true, maxIntervalMs: 7 * 24 * HOUR_MS, pollMs: 2000, jobTimeoutMs: 6 * HOUR_MS },
  start: DEMO.from,
  window: '1d',
  timezone: 'UTC',
  settleMs: 2 * HOUR_MS,
  lookbackMs: 0,
  tables: ['participant_attributes', 'conversations'],
  formats: ['parquet'],
  parquet: { engine: 'arrow', compression: 'zstd', rowGroupRows: 100_000 },
  csv: { escapeFormulas: false },
  participants: { purposes: ['customer', 'external', 'user'], which: 'all' },
  schedule: undefined,
  onBadRecord: 'fail',
  completeness: { checkTotal: false, tolerance: 0, answerTotals: true },
  openConversations: { maxAgeMs: 0 },
  concurrency: 2,
};

/** Settings that ask the imitation at `baseUrl`, unpaced, and write to `root`. */
export const demoSettings = (baseUrl: string, root: string): Settings => ({
  genesys: { baseUrl, loginUrl: baseUrl, clientId: 'demo', clientSecret: new Secret('demo') },
  http: { requestsPerMinute: 100_000, timeoutMs: 60_000, maxAttempts: 3, proxyUrl: undefined },
  output: { root, fileMode: 0o600, dirMode: 0o700 },
});
