import { join } from 'node:path';
import { expect } from 'vitest';
import { duck } from './duck.js';
import type { FaultRig, FaultRigOptions } from './faultRig.js';

const HOUR_MS = 3_600_000;

const idsIn = (folder: string): Promise<Record<string, unknown>[]> => duck(`SELECT conversation_id FROM read_parquet('${join(folder, 'parquet/conversations/**/*.parquet')}', hive_partitioning = false) ORDER BY 1`);

/** What to simulate around a local day, in any time zone. */
export const aroundDay = (day: string): FaultRigOptions => ({ dataset: { from: new Date(Date.parse(day) - 24 * HOUR_MS).toISOString().slice(0, 10), days: 3, conversationsPerDay: 40 }, nowMs: Date.UTC(2027, 0, 1) });

/** Exports a local day whole and by the hour: there are so many hours, and together they hold what the day holds, each conversation once. @param rig one around the day */
export const expectLocalDay = async (rig: FaultRig, timezone: string, day: string, hours: number): Promise<void> => {
  const to = new Date(Date.parse(day) + 24 * HOUR_MS).toISOString().slice(0, 10);
  const daily = await rig.newCase('next-page-url', { timezone, name: 'daily' });
  const hourly = await rig.newCase('next-page-url', { timezone, window: '1h', name: 'hourly', concurrency: 4 });
  const [whole, parts] = [await daily.run({ from: day, to }), await hourly.run({ from: day, to })];
  expect([whole.exitCode, parts.exitCode, parts.report?.outcomes.length]).toEqual([0, 0, hours]);
  const expected = await idsIn(daily.folder);
  expect(expected.length).toBeGreaterThan(20);
  expect(new Set(expected.map(({ conversation_id: id }) => id)).size).toBe(expected.length);
  expect(await idsIn(hourly.folder)).toEqual(expected);
  expect(await hourly.errors()).toEqual([]);
};
