import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Manifest } from '../../src/model/manifest.js';
import { TABLE_NAMES } from '../../src/model/table.js';
import { duck } from '../support/duck.js';
import { aJob, startExportRig, type ExportRig } from '../support/exportRig.js';

let rig: ExportRig;
afterEach(async () => {
  expect(rig.simulator.defects).toEqual([]);
  await rig.close();
});

const HOUR_MS = 3_600_000;
const DAY = 'dt=2026-01-05';
const RANGE = { from: '2026-01-05', to: '2026-01-06', force: false };
const versionOf = async (job: string, version: number): Promise<Manifest> =>
  JSON.parse((await readFile(join(rig.root, job, '_manifests', DAY, `${String(version).padStart(16, '0')}.json`), 'utf8')).split('\n')[0]!) as Manifest;
const relation = (job: string, { files }: Manifest, table: string): string => {
  const paths = files.filter((file) => file.table === table && file.path.endsWith('.parquet')).map(({ path }) => `'${join(rig.root, job, path)}'`);
  return `read_parquet([${paths.join(', ')}])`;
};
const KEYS: Readonly<Record<string, string>> = {
  participant_attributes: 'conversation_id, participant_id, name', conversations: 'conversation_id', participants: 'conversation_id, participant_id', sessions: 'conversation_id, participant_id, session_id',
  segments: 'conversation_id, participant_id, session_id, segment_index', session_metrics: 'conversation_id, participant_id, session_id, metric_index',
};
/** By SQL, from the files of both versions: rows whose key is in one only, and rows whose key is in both and which differ. */
const changesBySql = async (job: string, before: Manifest, after: Manifest, table: string): Promise<Record<string, number>> => {
  const [a, b] = [relation(job, before, table), relation(job, after, table)];
  const count = async (sql: string): Promise<number> => Number(Object.values((await duck(`SELECT count(*) FROM (${sql})`))[0] ?? {})[0]);
  const key = `SELECT ${KEYS[table] ?? ''} FROM`;
  const appeared = await count(`${key} ${b} EXCEPT ${key} ${a}`);
  return { changed: (await count(`SELECT * FROM ${b} EXCEPT SELECT * FROM ${a}`)) - appeared, appeared, vanished: await count(`${key} ${a} EXCEPT ${key} ${b}`) };
};

describe('a version that replaces another', () => {
  it.each([['parquet'], ['csv']] as const)('counts the rows of each table that changed, appeared and vanished (%s)', async (format) => {
    rig = await startExportRig({ nowMs: Date.UTC(2026, 0, 6, 2, 15), dataset: { days: 1, conversationsPerDay: 200 } });
    const job = aJob('next-page-url', { lookbackMs: 30 * 24 * HOUR_MS, formats: ['parquet', 'csv'] });
    await rig.withJob(job, (opened) => opened.backfill(RANGE));
    rig.clock.advance(4 * 24 * HOUR_MS);
    const report = await rig.withJob(job, (opened) => opened.backfill(RANGE));
    const [before, after] = [await versionOf(job.name, 1), await versionOf(job.name, 2)];
    expect(before.supersedes).toBeNull();
    expect(after.supersedes?.version).toBe(1);
    const bySql = Object.fromEntries(await Promise.all(TABLE_NAMES.map(async (table) => [table, await changesBySql(job.name, before, after, table)])));
    expect(after.supersedes?.changes).toEqual(bySql);
    expect(Object.values(after.supersedes?.changes ?? {}).some(({ changed }) => changed > 0)).toBe(true);
    expect(Object.values(after.supersedes?.changes ?? {}).some(({ appeared }) => appeared > 0)).toBe(true);
    expect(report.outcomes).toMatchObject([{ result: 'committed', manifest: { version: 2 } }]);

    // The same by the other format alone.
    const alone = aJob('next-page-url', { name: `only-${format}`, lookbackMs: 30 * 24 * HOUR_MS, formats: [format] });
    rig.clock.advance(-4 * 24 * HOUR_MS);
    await rig.withJob(alone, (opened) => opened.backfill(RANGE));
    rig.clock.advance(4 * 24 * HOUR_MS);
    await rig.withJob(alone, (opened) => opened.backfill(RANGE));
    expect((await versionOf(alone.name, 2)).supersedes?.changes).toEqual(bySql);
  });

  it('says in the ledger and the status how much of it is new', async () => {
    rig = await startExportRig({ nowMs: Date.UTC(2026, 0, 6, 2, 15), dataset: { days: 1 } });
    const job = aJob('next-page-url', { lookbackMs: 30 * 24 * HOUR_MS });
    await rig.withJob(job, (opened) => opened.backfill(RANGE));
    rig.clock.advance(4 * 24 * HOUR_MS);
    await rig.withJob(job, (opened) => opened.backfill(RANGE));
    const { supersedes } = await versionOf(job.name, 2);
    const sum = (of: 'changed' | 'appeared' | 'vanished'): string => String(Object.values(supersedes?.changes ?? {}).reduce((all, changes) => all + changes[of], 0));
    const rows = await duck(`SELECT version, rows_changed, rows_appeared, rows_vanished FROM '${rig.root}/${job.name}/_ledger/*.parquet' ORDER BY version`);
    expect(rows).toEqual([
      { version: '1', rows_changed: null, rows_appeared: null, rows_vanished: null },
      { version: '2', rows_changed: sum('changed'), rows_appeared: sum('appeared'), rows_vanished: sum('vanished') },
    ]);
    const status = await rig.withJob(job, (opened) => opened.status());
    expect(status.partitions[0]?.changes).toEqual({ changed: Number(sum('changed')), appeared: Number(sum('appeared')), vanished: Number(sum('vanished')) });
  });

  it('replaces one whose files are gone all the same, and says that it could not count', async () => {
    rig = await startExportRig({ nowMs: Date.UTC(2026, 0, 6, 2, 15), dataset: { days: 1 } });
    const job = aJob('next-page-url', { lookbackMs: 30 * 24 * HOUR_MS });
    await rig.withJob(job, (opened) => opened.backfill(RANGE));
    // From the published names alone they would be put back.
    for (const name of ['_data', 'parquet']) await rm(join(rig.root, job.name, name), { recursive: true });
    rig.clock.advance(4 * 24 * HOUR_MS);
    expect((await rig.withJob(job, (opened) => opened.backfill(RANGE))).outcomes).toMatchObject([{ result: 'committed', manifest: { version: 2, supersedes: { version: 1, changes: null } } }]);
  });
});

describe('the lake’s word in each page', () => {
  const job = aJob('job-cursor');
  const NOON = '2026-01-05T12:00:00Z';

  it('is what a partition is held against: a FULFILLED job that was read from less is not taken for complete', async () => {
    rig = await startExportRig({ settings: { faults: [{ match: { path: '*/results', nth: 1 }, action: { kind: 'dataAvailabilityDate', to: NOON } }] } });
    const report = await rig.withJob(job, (opened) => opened.backfill(RANGE));
    expect(report.outcomes).toMatchObject([{ result: 'committed', manifest: { state: 'provisional', sourceAsOf: { at: '2026-01-05T12:00:00.000Z', origin: 'availability' } } }]);
    const again = await rig.withJob(job, (opened) => opened.backfill(RANGE));
    expect(again.outcomes).toMatchObject([{ result: 'committed', manifest: { version: 2, state: 'settled' } }]);
  });

  it('is kept with the pages: a run that goes on knows it, too', async () => {
    rig = await startExportRig({
      settings: { faults: [{ match: { path: '*/results', nth: 1 }, action: { kind: 'dataAvailabilityDate', to: NOON } }, { match: { path: '*/results', nth: [2, 3, 4, 5] }, action: { kind: 'status', status: 503 } }] },
    });
    expect((await rig.withJob(job, (opened) => opened.backfill(RANGE))).outcomes).toMatchObject([{ result: 'failed' }]);
    expect((await rig.withJob(job, (opened) => opened.backfill(RANGE))).outcomes).toMatchObject([{ result: 'committed', manifest: { state: 'provisional', sourceAsOf: { at: '2026-01-05T12:00:00.000Z' } } }]);
    expect(rig.events.some((event) => event.type === 'partition-started' && event.resumedPages > 0)).toBe(true);
  });

  it('that is older than what is committed leaves that in place', async () => {
    const young = { ...job, lookbackMs: 365 * 24 * HOUR_MS };
    rig = await startExportRig();
    await rig.withJob(young, (opened) => opened.backfill(RANGE));
    rig.clock.advance(HOUR_MS);
    rig.simulator.faults.add({ match: { path: '*/results', every: 1 }, action: { kind: 'dataAvailabilityDate', to: NOON } });
    expect((await rig.withJob(young, (opened) => opened.backfill(RANGE))).outcomes).toMatchObject([{ result: 'current', version: 1 }]);
  });
});
