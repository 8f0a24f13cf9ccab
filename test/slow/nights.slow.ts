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
const TABLES = ['participant_attributes', 'conversations', 'segments'] as const;
const tablesFor = (kind: string): typeof TABLES | readonly ['conversations', 'segments'] => (kind === 'page-number' ? ['conversations', 'segments'] : TABLES);
/** 03:30 in Berlin on so many nights from the 6th of October; from the 25th on it is winter. */
const autumnNights = (count: number): number[] => Array.from({ length: count }, (_, n) => Date.UTC(2026, 9, 6 + n, n < 19 ? 1 : 2, 30));
/** The lake stands still for a weekend, and over the change to summer time. */
const springStalls = [
  { startMs: Date.UTC(2026, 2, 20, 19), endMs: Date.UTC(2026, 2, 23, 11) },
  { startMs: Date.UTC(2026, 2, 28, 22), endMs: Date.UTC(2026, 2, 30, 4) },
];
const lakeStalls = [
  { startMs: Date.UTC(2026, 9, 9, 19), endMs: Date.UTC(2026, 9, 12, 11) },
  { startMs: Date.UTC(2026, 9, 24, 20), endMs: Date.UTC(2026, 9, 26, 14) },
];

describe('two weeks of nights', () => {
  it('have every night the files that were true when they were read, and no conversation that was open is out of date', async () => {
    const nights = 15;
    /** 03:30 in Berlin, in winter as in summer time. */
    const runsAtMs = Array.from({ length: nights }, (_, n) => Date.UTC(2026, 2, 20 + n, n < 10 ? 2 : 1, 30));
    rig = await startExportRig({
      nowMs: runsAtMs[0]!,
      dataset: { from: '2026-03-19', days: nights, conversationsPerDay: 36, lives: 'lively' },
      settings: { lakeLagMs: 5 * HOUR_MS, lakeStalls: springStalls },
    });
    const job = aJob('job-cursor', { start: '2026-03-19', timezone: 'Europe/Berlin', lookbackMs: 2 * DAY_MS, tables: TABLES, openConversations: { maxAgeMs: 8 * DAY_MS }, concurrency: 4 });
    const result = await driveNights({ rig, job, runsAtMs });
    expect(result.problems).toEqual([]);
    expect(result.comparedFiles).toBe((nights * (nights + 1)) / 2);
    expect(result.windows).toEqual({ '23': 1, '24': nights - 1 });
    expect(Object.keys(result.reasons)).toEqual(expect.arrayContaining(['conversations-ended', 'conversations-reopened', 'conversations-changed']));
    expect(result.reasons['conversations-open'] ?? 0).toBeLessThan(6);
    expect(result.settled).toBeGreaterThanOrEqual(nights - 4);
    expect(result.waitedForLake).toBeGreaterThan(0);
  }, 600_000);
});

describe('five weeks of nights', () => {
  it.each(['job-cursor', 'next-page-url', 'page-number'] as const)('by %s, over the end of summer time', async (kind) => {
    const runsAtMs = autumnNights(36);
    rig = await startExportRig({
      nowMs: runsAtMs[0]!,
      dataset: { seed: 11, from: '2026-10-05', days: 36, conversationsPerDay: 60, lives: 'lively' },
      settings: { lakeLagMs: 7 * HOUR_MS, lakeStalls, duplicateEvery: 3 },
    });
    const job = aJob(kind, { start: '2026-10-05', timezone: 'Europe/Berlin', lookbackMs: 3 * DAY_MS, tables: tablesFor(kind), openConversations: { maxAgeMs: 20 * DAY_MS }, concurrency: 4 });
    const result = await driveNights({ rig, job, runsAtMs });
    expect(result.problems).toEqual([]);
    expect(result.windows).toEqual({ '24': 35, '25': 1 });
    expect(Object.keys(result.reasons)).toEqual(expect.arrayContaining(['conversations-ended', 'conversations-reopened', 'conversations-changed']));
    // The lake lags by seven hours: its last settled day is the one before.
    expect(result.settled).toBe(kind === 'job-cursor' ? 32 : 33);
    if (kind === 'job-cursor') expect(result.waitedForLake).toBeGreaterThan(0);
  }, 600_000);
});

describe('nights of hours', () => {
  it.each(['job-cursor', 'next-page-url'] as const)('by %s, over the end of summer time: the hour that comes twice is one partition of two', async (kind) => {
    const runsAtMs = autumnNights(24).slice(17);
    rig = await startExportRig({
      nowMs: runsAtMs[0]!,
      dataset: { seed: 12, from: '2026-10-22', days: 8, conversationsPerDay: 96, lives: 'lively' },
      settings: { lakeLagMs: 5 * HOUR_MS },
    });
    const job = aJob(kind, { start: '2026-10-22', window: '1h', timezone: 'Europe/Berlin', lookbackMs: DAY_MS, tables: tablesFor(kind), openConversations: { maxAgeMs: 4 * DAY_MS }, concurrency: 8 });
    const result = await driveNights({ rig, job, runsAtMs });
    expect(result.problems).toEqual([]);
    expect(result.windows['2']).toBe(1);
    expect(result.reasons['conversations-ended']).toBeGreaterThan(0);
  }, 600_000);
});
