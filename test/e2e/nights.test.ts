import { afterEach, describe, expect, it } from 'vitest';
import { aJob, startExportRig, type ExportRig } from '../support/exportRig.js';
import { driveNights } from '../support/nights.js';

let rig: ExportRig;
afterEach(async () => {
  expect(rig.simulator.defects).toEqual([]);
  await rig.close();
});

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const FIRST = '2026-03-19';
const NIGHTS = 15;
/** 03:30 in Berlin, in winter as in summer time. */
const runsAtMs = Array.from({ length: NIGHTS }, (_, n) => Date.UTC(2026, 2, 20 + n, n < 10 ? 2 : 1, 30));
/** The lake stands still for a weekend, and over the change to summer time. */
const lakeStalls = [
  { startMs: Date.UTC(2026, 2, 20, 19), endMs: Date.UTC(2026, 2, 23, 11) },
  { startMs: Date.UTC(2026, 2, 28, 22), endMs: Date.UTC(2026, 2, 30, 4) },
];

// The other sources, five weeks, an autumn and hours: test/slow/nights.slow.ts.
describe('two weeks of nights', () => {
  it.each(['job-cursor'] as const)(
    'by %s have every night the files that were true when they were read, and no conversation that was open is out of date',
    async (kind) => {
      rig = await startExportRig({
        nowMs: runsAtMs[0]!,
        dataset: { from: FIRST, days: NIGHTS, conversationsPerDay: 36, lives: 'lively' },
        settings: { lakeLagMs: 5 * HOUR_MS, lakeStalls },
      });
      const job = aJob(kind, { start: FIRST, timezone: 'Europe/Berlin', lookbackMs: 2 * DAY_MS, tables: ['participant_attributes', 'conversations', 'segments'], openConversations: { maxAgeMs: 8 * DAY_MS }, concurrency: 4 });
      const result = await driveNights({ rig, job, runsAtMs });
      expect(result.problems).toEqual([]);
      expect(result.comparedFiles).toBe((NIGHTS * (NIGHTS + 1)) / 2);
      expect(result.windows).toEqual({ '23': 1, '24': NIGHTS - 1 });
      expect(Object.keys(result.reasons)).toEqual(expect.arrayContaining(['conversations-ended', 'conversations-reopened', 'conversations-changed']));
      expect(result.reasons['conversations-open'] ?? 0).toBeLessThan(6);
      expect(result.settled).toBeGreaterThanOrEqual(NIGHTS - 4);
      expect(result.waitedForLake).toBeGreaterThan(0);
    },
    120_000,
  );
});
