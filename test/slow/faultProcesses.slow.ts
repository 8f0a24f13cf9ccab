import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { measure, repositoryPath, startSimulatorProcess } from '../../bench/childProcess.js';
import { duck } from '../support/duck.js';
import { startFaultRig, type FaultRig } from '../support/faultRig.js';
import { runGcx, startGcx, writeGcxFolder } from '../support/gcxProcess.js';
import { temporaryFolder } from '../support/temporaryFolder.js';
import { publishedHashes } from '../support/treeOf.js';

let rig: FaultRig;
beforeAll(async () => {
  rig = await startFaultRig({ settings: { latencyMs: 15 } });
});
afterAll(() => rig.close());

const JOB = { source: { kind: 'next-page-url', pageSize: 5 }, tables: ['participant_attributes', 'conversations'], lookback: '0s', completeness: { checkTotal: false } };
const BACKFILL = ['backfill', 'job', '--from', '2026-01-05', '--to', '2026-01-06'];

/** Resolves as soon as the simulator has been asked so often. */
const asked = async (n: number): Promise<void> => {
  while (rig.asked < n) await new Promise((resolve) => setImmediate(resolve));
};

const folderFor = async (): Promise<string> => {
  const folder = await temporaryFolder();
  await writeGcxFolder({ folder, baseUrl: rig.simulator.baseUrl, job: JOB });
  return folder;
};

const undisturbed = async (): Promise<Readonly<Record<string, string>>> => rig.undisturbed((await rig.newCase()).job);

describe('a process that is stopped', () => {
  it.each([
    ['SIGTERM'],
    ['SIGINT'],
    ['SIGKILL'],
  ] as const)('by %s after each of its requests (#40: SIGTERM and SIGINT, #41: SIGKILL): the next run ends with the files of an unbroken one, and verify is content', async (signal) => {
    const expected = await undisturbed();
    for (let requests = 1; requests <= 5; requests++) {
      const folder = await folderFor();
      const { child, ended } = startGcx(folder, BACKFILL);
      await asked(rig.asked + requests);
      const sentMs = performance.now();
      child.kill(signal);
      const { exitCode } = await ended;
      expect([requests, [signal === 'SIGKILL' ? null : 130, 0].includes(exitCode)]).toEqual([requests, true]);
      expect(performance.now() - sentMs).toBeLessThan(5000);
      expect((await runGcx(folder, BACKFILL)).exitCode).toBe(0);
      expect(await publishedHashes(join(folder, 'output/job'))).toEqual(expected);
      expect((await runGcx(folder, ['verify', 'job'])).exitCode).toBe(0);
    }
  });
});

describe('processes', () => {
  it('#43 three processes: one exports, the others end in exit 5 naming the holder, and there is one version', async () => {
    const folder = await folderFor();
    const ended = await Promise.all(Array.from({ length: 3 }, () => runGcx(folder, BACKFILL)));
    const codes = ended.map(({ exitCode }) => exitCode).sort();
    expect(codes[0]).toBe(0);
    expect(codes.every((code) => code === 0 || code === 5)).toBe(true);
    for (const { exitCode, stderr } of ended) if (exitCode === 5) expect(stderr).toMatch(/process \d+ on host .* holds the lock since|take and release the lock/);
    expect(await publishedHashes(join(folder, 'output/job'))).toEqual(await undisturbed());
    expect((await readdir(join(folder, 'output/job/_manifests/dt=2026-01-05'))).filter((name) => name.endsWith('.json'))).toHaveLength(1);
  });

  it('#37 a limit on the size of files (EFBIG): exit 4, no partial file, and without the limit the next run completes', async () => {
    const folder = await folderFor();
    // Blocks of 512 bytes: journal and data files are larger, lock and checkpoint are not.
    const ended = await runGcx(folder, BACKFILL, { wrapper: ['sh', '-c', 'ulimit -f 4; exec "$@"', 'sh'] });
    expect([ended.exitCode, ended.exitCode === 4 ? '' : ended.stderr]).toEqual([4, '']);
    expect(`${ended.stdout}${ended.stderr}`).toContain('EFBIG');
    expect(await publishedHashes(join(folder, 'output/job'))).toEqual({});
    expect((await runGcx(folder, BACKFILL)).exitCode).toBe(0);
    expect(await publishedHashes(join(folder, 'output/job'))).toEqual(await undisturbed());
  });
});

/** What a reader of a partition's conversations finds: rows, distinct ids, and rows that come before the one above them in (start, id). */
const orderOf = async (folder: string): Promise<Record<string, unknown>> => {
  const [row = {}] = await duck(`
    WITH conversations AS (SELECT *, lag((conversation_start, conversation_id)) OVER (ORDER BY filename, file_row_number) AS before
      FROM read_parquet('${folder}/output/job/parquet/conversations/*/*.parquet', filename = true, file_row_number = true))
    SELECT count(*) AS "rows", count(DISTINCT conversation_id) AS ids, count(*) FILTER (before >= (conversation_start, conversation_id)) AS misplaced FROM conversations`);
  return row;
};

describe('memory', () => {
  // More than 131,072 conversations are put in order by way of files.
  it('#48 does not grow as the partition does: from 50,000 to 150,000 conversations by less than a quarter of what the added answers weigh, and stays below 256 MiB, with 128 MiB of heap', async () => {
    const peaks: number[] = [];
    for (const conversationsPerDay of [50_000, 150_000]) {
      const server = await startSimulatorProcess({ seed: 3, from: '2026-01-05', days: 1, conversationsPerDay, nowMs: Date.UTC(2026, 5, 1) });
      try {
        const folder = await temporaryFolder();
        await writeGcxFolder({ folder, baseUrl: server.baseUrl, job: { ...JOB, source: { kind: 'next-page-url', pageSize: 100 } } });
        const usage = await measure(process.execPath, ['--max-old-space-size=128', repositoryPath('dist/main.js'), ...BACKFILL, '--config', join(folder, 'config.yaml')], { cwd: folder });
        expect([usage.exitCode, usage.exitCode === 0 ? '' : usage.stderr]).toEqual([0, '']);
        expect(await orderOf(folder)).toEqual({ rows: String(conversationsPerDay), ids: String(conversationsPerDay), misplaced: '0' });
        peaks.push(usage.peakRssMiB);
      } finally {
        await server.stop();
      }
    }
    const [smaller = 0, larger = 0] = peaks;
    expect(larger).toBeLessThan(256);
    // 100,000 more conversations are some 275 MiB of JSON: whoever keeps pages or rows grows by more than that.
    expect(larger - smaller).toBeLessThan(68);
  });
});
