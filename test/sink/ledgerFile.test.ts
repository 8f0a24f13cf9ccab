import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SinkError } from '../../src/model/errors.js';
import { LEDGER_COLUMNS, type Look } from '../../src/model/look.js';
import { encodeLooks } from '../../src/sink/encodeLooks.js';
import { createLedger, LOOKS_A_FILE } from '../../src/sink/ledgerFile.js';
import { rowOfLook } from '../../src/sink/rowOfLook.js';
import { diskFiles } from '../support/diskFiles.js';
import { duck } from '../support/duck.js';
import { askDuckdb } from '../support/duckdb.js';
import { failNth, sweepFailures } from '../support/failingFiles.js';
import { someCounts } from '../support/fakeParts.js';
import { createRecordingLog } from '../support/recordingLog.js';
import { temporaryFolder } from '../support/temporaryFolder.js';

const log = createRecordingLog();

const aLook = (n: number, more: Partial<Look> = {}): Look => ({
  lookId: `run-${String(n)}`, runId: 'run', lookedAtMs: Date.UTC(2026, 0, 7, 2) + n, partition: 'dt=2026-01-05', window: { startMs: Date.UTC(2026, 0, 5), endMs: Date.UTC(2026, 0, 6) },
  source: 'job-cursor', result: 'committed', version: 3, state: 'settled', sourceAsOf: { ms: Date.UTC(2026, 0, 7), origin: 'availability' }, calls: 17, pagesFetched: 10,
  counts: { ...someCounts, sourceTotal: 1000 }, changes: { changed: 3, appeared: 2, vanished: 1 }, files: 2, bytes: 5000, elapsedMs: 1234, exporterVersion: '1.2.3', error: null,
  ...more,
});
const failedLook = (n: number): Look => aLook(n, { result: 'failed', version: null, state: null, counts: null, changes: null, files: null, bytes: null, error: 'HttpError' });
const many = (count: number, from = 0): readonly Look[] => Array.from({ length: count }, (_, n) => aLook(from + n));
const open = (folder: string, files = diskFiles) => {
  const ledger = createLedger(files, folder, log);
  return { read: (atLeast?: number) => ledger.read(atLeast), tidy: () => ledger.tidy(), append: (looks: readonly Look[]) => ledger.append(looks, encodeLooks) };
};
const idsIn = async (folder: string): Promise<readonly string[]> => (await duck(`SELECT look_id FROM '${folder}/_ledger/**/*.parquet' ORDER BY looked_at`)).map((row) => String(row['look_id']));
const namesIn = (folder: string): Promise<string[]> => readdir(join(folder, '_ledger'));

describe('the ledger’s files', () => {
  it('hold every column of every look as DuckDB reads it, and as they are read back', async () => {
    const folder = await temporaryFolder();
    const looks = [aLook(0), failedLook(1), aLook(2, { counts: { ...someCounts, rows: {}, sourceTotal: null }, source: 'page-number', state: 'provisional', sourceAsOf: { ms: 0, origin: 'date-header' } })];
    await open(folder).append(looks);
    const found = await askDuckdb(`SELECT * FROM '${folder}/_ledger/**/*.parquet' ORDER BY looked_at`);
    const asRead = (row: readonly unknown[]): unknown[] => row.map((value, i) => (LEDGER_COLUMNS[i]!.type === 'int64' && typeof value === 'number' ? BigInt(value) : value));
    expect(found).toEqual(looks.map((look) => asRead(rowOfLook(look))));
    expect((await open(folder).read()).looks).toEqual(looks);
  });

  it('are one until it is full, and then the next', async () => {
    const folder = await temporaryFolder();
    const ledger = open(folder);
    await ledger.append(many(LOOKS_A_FILE - 1));
    await ledger.append(many(2, LOOKS_A_FILE - 1));
    await ledger.append(many(1, LOOKS_A_FILE + 1));
    expect(await namesIn(folder)).toEqual(['looks-000000.parquet', 'looks-000001.parquet']);
    expect(new Set(await idsIn(folder)).size).toBe(LOOKS_A_FILE + 2);
    expect((await ledger.read()).looks).toHaveLength(LOOKS_A_FILE + 2);
    expect((await ledger.read(1)).looks).toEqual(many(1, LOOKS_A_FILE + 1));
  });

  it('hold a look once, however often it is appended', async () => {
    const folder = await temporaryFolder();
    await open(folder).append(many(2));
    await open(folder).append(many(3));
    expect(await idsIn(folder)).toEqual(['run-0', 'run-1', 'run-2']);
  });

  it('lose nothing to a second writer that does not know of the first', async () => {
    const folder = await temporaryFolder();
    await open(folder).append(many(1));
    let others = 0;
    // Another run writes each time this one is about to put its file in place, thrice.
    const meddled = { ...diskFiles, open: async (path: string, mode: Parameters<typeof diskFiles.open>[1]) => {
      if (mode === 'create' && others < 3) await open(folder).append([aLook(100 + others++)]);
      return diskFiles.open(path, mode);
    } };
    await open(folder, meddled).append([aLook(1)]);
    expect(await idsIn(folder)).toEqual(['run-0', 'run-1', 'run-100', 'run-101', 'run-102']);
  });

  it('that are damaged are set aside whatever byte count is left, and the next begun', async () => {
    const whole = await temporaryFolder();
    await open(whole).append(many(3));
    const bytes = await readFile(join(whole, '_ledger', 'looks-000000.parquet'));
    for (const length of [0, 3, 4, 8, Math.floor(bytes.length / 2), bytes.length - 1]) {
      const folder = await temporaryFolder();
      await open(folder).append(many(1));
      await writeFile(join(folder, '_ledger', 'looks-000000.parquet'), bytes.subarray(0, length));
      expect((await open(folder).read()).unreadable).toEqual(['looks-000000.parquet']);
      await open(folder).append(many(1, 7));
      await open(folder).append(many(1, 8));
      expect(await namesIn(folder)).toEqual(['looks-000000.parquet.damaged', 'looks-000001.parquet']);
      expect(await idsIn(folder)).toEqual(['run-7', 'run-8']);
    }
  });

  it('of a later version, with more columns, are left as they are', async () => {
    const folder = await temporaryFolder();
    await open(folder).append(many(1));
    const path = join(folder, '_ledger', 'looks-000000.parquet');
    await duck(`COPY (SELECT *, 1 AS added FROM '${path}') TO '${path}.new' (FORMAT parquet)`);
    await rename(`${path}.new`, path);
    await open(folder).append(many(1, 5));
    expect(await namesIn(folder)).toEqual(['looks-000000.parquet', 'looks-000001.parquet']);
  });

  it('never show a reader a look twice or miss one that was there, whatever file operation fails; a repeated append mends it', async () => {
    let folder = '';
    const tried = await sweepFailures({ code: 'EIO' }, (plan) => failNth(diskFiles, plan), async (files) => {
      folder = await temporaryFolder();
      await open(folder).append(many(2));
      try {
        await open(folder, files).append(many(1, 2));
      } catch (error) {
        expect(error).toBeInstanceOf(SinkError);
      }
      expect(files.openFiles).toBe(0);
      expect((await idsIn(folder)).slice(0, 2)).toEqual(['run-0', 'run-1']);
      await open(folder).append(many(1, 2));
      expect(await idsIn(folder)).toEqual(['run-0', 'run-1', 'run-2']);
      await open(folder).tidy();
      expect(await namesIn(folder)).toEqual(['looks-000000.parquet']);
    });
    expect(tried).toBeGreaterThan(20);
  });

  it('are made for their owner alone, and nothing is made where there is nothing to note', async () => {
    const folder = await temporaryFolder();
    await open(folder).append([]);
    expect(await readdir(folder)).toEqual([]);
    await open(folder).append(many(1));
    expect((await diskFiles.look(join(folder, '_ledger')))?.mode).toBe(0o700);
    expect((await diskFiles.look(join(folder, '_ledger', 'looks-000000.parquet')))?.mode).toBe(0o600);
  });
});
