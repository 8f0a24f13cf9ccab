import { appendFile, chmod, copyFile, link, readFile, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Finding } from '../../src/audit/finding.js';
import { verifyJob, type VerifyOptions } from '../../src/audit/verifyJob.js';
import { conversations } from '../../src/extract/conversations.js';
import { participantAttributes } from '../../src/extract/participantAttributes.js';
import { TABLES } from '../../src/extract/tables.js';
import { ConfigError, InterruptedError } from '../../src/model/errors.js';
import type { FileOps } from '../../src/model/files.js';
import type { Column, Row } from '../../src/model/table.js';
import { diskFiles } from '../support/diskFiles.js';
import { createExportedJob, manifestText, type Commit, type ExportedJob } from '../support/exportedJob.js';
import { parquetBytes } from '../support/parquetBytes.js';

const NOON = Date.UTC(2026, 0, 5, 12);
const DAY = { partition: 'dt=2026-01-05', window: { from: '2026-01-05T00:00:00.000Z', to: '2026-01-06T00:00:00.000Z' } };
const NEXT_DAY = { partition: 'dt=2026-01-06', window: { from: '2026-01-06T00:00:00.000Z', to: '2026-01-07T00:00:00.000Z' } };

const conversation = (id: string, startMs: number | null = NOON): Row => [id, startMs, null, null, true, 'inbound', ['voice'], [], null, 1, 0];
const attribute = (id: string, name: string, value = 'x'): Row => [id, 'p', name, value, NOON, 'customer', null, false];

const attributes = (...rows: readonly Row[]): Commit['contents'][number] => attributesIn('parquet', ...rows);
const attributesIn = (format: 'parquet' | 'csv', ...rows: readonly Row[]): Commit['contents'][number] => ({ table: participantAttributes, format, parts: [rows] });
const conversationRows = (format: 'parquet' | 'csv', ...parts: readonly (readonly Row[])[]): Commit['contents'][number] => ({ table: conversations, format, parts });

const SOUND: Commit = {
  ...DAY,
  contents: [
    conversationRows('parquet', [conversation('a'), conversation('b', null)], [conversation('c')]),
    conversationRows('csv', [conversation('a'), conversation('b', null)], [conversation('c')]),
    attributesIn('parquet', attribute('a', 'Name'), attribute('a', 'name', ''), attribute('a', '\ufeffname')),
    attributesIn('csv', attribute('a', 'Name'), attribute('a', 'name', ''), attribute('a', '\ufeffname')),
  ],
};

const MANIFEST = '_manifests/dt=2026-01-05/0000000000000001.json';

describe('verifyJob', () => {
  let job: ExportedJob;
  beforeEach(async () => {
    job = await createExportedJob();
  });
  afterEach(() => job.remove());

  const verify = (options: Partial<VerifyOptions> = {}): ReturnType<typeof verifyJob> =>
    verifyJob({ files: diskFiles, job: job.name, jobFolder: job.folder, tables: TABLES, nowMs: Date.UTC(2126, 0, 1), ...options });

  const findings = async (options: Partial<VerifyOptions> = {}): Promise<readonly Finding[]> => (await verify(options)).findings;
  const kinds = async (options: Partial<VerifyOptions> = {}): Promise<string[]> => (await findings(options)).map((finding) => finding.kind);

  it('finds nothing in a sound export and counts what it read', async () => {
    const manifest = await job.commit(SOUND);
    await job.commit({ ...NEXT_DAY, contents: [] });
    const { checked, findings: found } = await verify({ modes: { fileMode: 0o600, dirMode: 0o700 } });
    expect(found).toEqual([]);
    expect(checked).toEqual({ partitions: 2, files: 6, bytes: manifest.files.reduce((sum, file) => sum + file.bytes, 0), rows: 12 });
  });

  it('finds nothing in an hourly export', async () => {
    await job.commit({ partition: 'dt=2026-01-05/hr=12', window: { from: '2026-01-05T12:00:00.000Z', to: '2026-01-05T13:00:00.000Z' }, contents: SOUND.contents });
    expect(await findings()).toEqual([]);
  });

  it('says that nothing was exported where there is no folder', async () => {
    await expect(verify({ jobFolder: job.path('absent') })).rejects.toThrow(ConfigError);
  });

  it('finds any flipped byte of any data file and any manifest', async () => {
    const manifest = await job.commit({ ...DAY, contents: [attributes(attribute('a', 'n'))] });
    for (const path of [MANIFEST, manifest.files[0]!.path]) {
      const original = await readFile(job.path(path));
      for (let at = 0; at < original.length; at += Math.max(1, Math.floor(original.length / 40))) {
        const damaged = Buffer.from(original);
        damaged[at]! ^= 0x01;
        await writeFile(job.path(path), damaged);
        expect(await kinds(), `${path}, byte ${String(at)}`).toContain(path === MANIFEST ? 'manifest-unreadable' : 'file-changed');
      }
      await writeFile(job.path(path), original);
    }
    expect(await findings()).toEqual([]);
  });

  it('finds a manifest cut at any length', async () => {
    await job.commit({ ...DAY, contents: [] });
    const original = await readFile(job.path(MANIFEST));
    for (let length = 0; length < original.length; length += 37) {
      await writeFile(job.path(MANIFEST), original.subarray(0, length));
      expect(await kinds(), `length ${String(length)}`).toEqual(['manifest-unreadable']);
    }
  });

  it('finds a missing version and a replaced one', async () => {
    for (let version = 1; version <= 3; version++) await job.commit({ ...DAY, contents: [] });
    const second = job.path('_manifests/dt=2026-01-05/0000000000000002.json');
    const text = await readFile(second, 'utf8');
    const other = { ...(JSON.parse(text.split('\n')[0]!) as Parameters<typeof manifestText>[0]), exporterVersion: '9.9.9' };
    await writeFile(second, manifestText(other));
    expect(await findings()).toMatchObject([{ kind: 'manifest-chain', path: '_manifests/dt=2026-01-05/0000000000000003.json' }]);
    await rm(second);
    expect(await kinds()).toEqual(['manifest-chain']);
  });

  it('finds a commit id that two manifests share', async () => {
    await job.commit({ ...DAY, contents: [], change: { commitId: 'one' } });
    await job.commit({ ...NEXT_DAY, contents: [], change: { commitId: 'one' } });
    expect(await findings()).toMatchObject([{ kind: 'manifest-chain', severity: 'error', path: '_manifests/dt=2026-01-06/0000000000000001.json' }]);
  });

  it('finds a source mark that goes back', async () => {
    await job.commit({ ...DAY, contents: [] });
    await job.commit({ ...DAY, contents: [], change: { sourceAsOf: { at: '2026-01-31T00:00:00.000Z', origin: 'availability' } } });
    expect(await kinds()).toEqual(['manifest-chain']);
  });

  it('finds a partition that calls itself settled before the source was past it', async () => {
    await job.commit({ ...DAY, contents: [], change: { sourceAsOf: { at: '2026-01-05T23:59:59.000Z', origin: 'availability' } } });
    expect(await kinds()).toEqual(['manifest-content']);
  });

  it('does not follow a manifest out of the job’s folder', async () => {
    const manifest = await job.commit({ ...DAY, contents: [attributes(attribute('a', 'n'))] });
    const escaped = { ...manifest, files: [{ ...manifest.files[0]!, path: '_data/dt=2026-01-05/../../../../etc/passwd' }] };
    await writeFile(job.path(MANIFEST), manifestText(escaped));
    const opened: string[] = [];
    const files: FileOps = { ...diskFiles, open: (path, mode) => (opened.push(path), diskFiles.open(path, mode)) };
    expect(await kinds({ files })).toContain('manifest-content');
    expect(opened).toEqual([]);
  });

  it('finds counts that the files do not sum up to', async () => {
    const manifest = await job.commit(SOUND);
    await writeFile(job.path(MANIFEST), manifestText({ ...manifest, counts: { ...manifest.counts, rows: { ...manifest.counts.rows, participant_attributes: 4 } } }));
    expect(await findings()).toMatchObject([
      { kind: 'manifest-content', what: 'its parquet files hold 3 rows of participant_attributes, its counts say 4' },
      { kind: 'manifest-content', what: 'its csv files hold 3 rows of participant_attributes, its counts say 4' },
    ]);
  });

  it('finds missing data, and says how to export it again', async () => {
    const manifest = await job.commit({ ...DAY, contents: [attributes(attribute('a', 'n'))] });
    await rm(job.path(manifest.files[0]!.path));
    expect(await findings()).toMatchObject([
      { kind: 'file-missing', path: manifest.files[0]!.path, remedy: expect.stringContaining('gcx backfill nightly --from 2026-01-05 --to 2026-01-06 --force') as string },
    ]);
  });

  it('lets superseded versions lose their data, not change it', async () => {
    const first = await job.commit({ ...DAY, contents: [attributes(attribute('a', 'n'))] });
    await job.commit({ ...DAY, contents: [attributes(attribute('a', 'n'), attribute('b', 'n'))] });
    await appendFile(job.path(first.files[0]!.path), 'x');
    expect(await findings()).toMatchObject([{ kind: 'file-changed', path: first.files[0]!.path }]);
    await rm(job.path(first.files[0]!.path));
    expect(await findings()).toEqual([]);
  });

  it.each(['parquet', 'csv'] as const)('finds rows outside the window in %s', async (format) => {
    await job.commit({ ...DAY, contents: [conversationRows(format, [conversation('a'), conversation('b', Date.UTC(2026, 0, 6))])] });
    expect(await findings()).toMatchObject([{ kind: 'outside-window', what: '1 rows start outside the partition\'s window' }]);
  });

  it.each(['parquet', 'csv'] as const)('finds a key that two files of one table share in %s', async (format) => {
    await job.commit({ ...DAY, contents: [conversationRows(format, [conversation('a')], [conversation('b'), conversation('a')])] });
    expect(await kinds()).toEqual(['duplicate-key']);
  });

  it.each([1, 3])('finds %i rows where the manifest says 2', async (rows) => {
    const manifest = await job.commit({ ...DAY, contents: [conversationRows('csv', Array.from({ length: rows }, (_, i) => conversation(`c${String(i)}`)))] });
    const counts = { ...manifest.counts, unique: 2, rows: { conversations: 2 } };
    await writeFile(job.path(MANIFEST), manifestText({ ...manifest, counts, files: [{ ...manifest.files[0]!, rows: 2 }] }));
    expect(await kinds()).toEqual(['rows']);
  });

  it.each(['parquet', 'csv'] as const)('compares the first and last row with the keys that the manifest names in %s', async (format) => {
    const manifest = await job.commit({ ...DAY, contents: [conversationRows(format, [conversation('a', null), conversation('b')])] });
    const first = [null, 'a'] as const;
    const last = [new Date(NOON).toISOString(), 'b'] as const;
    const withKeys = (minKey: typeof first | typeof last, maxKey: typeof first | typeof last): Promise<void> =>
      writeFile(job.path(MANIFEST), manifestText({ ...manifest, files: [{ ...manifest.files[0]!, minKey, maxKey }] }));
    await withKeys(first, last);
    expect(await findings()).toEqual([]);
    await withKeys(first, first);
    expect(await kinds()).toEqual(['rows']);
    await withKeys(last, last);
    expect(await kinds()).toEqual(['rows']);
  });

  it('finds columns that are not the table’s', async () => {
    const renamed = { ...conversations, columns: conversations.columns.map((column) => (column.name === 'conversation_id' ? { ...column, name: 'id' } : column)) };
    const inFormat = (format: 'parquet' | 'csv'): Commit['contents'][number] => ({ table: renamed, format, parts: [[conversation('a'), conversation('b')]] });
    await job.commit({ ...DAY, contents: [inFormat('parquet'), inFormat('csv')] });
    expect(await findings()).toMatchObject([
      { kind: 'columns', path: expect.stringContaining('.parquet') as string },
      { kind: 'columns', path: expect.stringContaining('.csv') as string },
    ]);
  });

  it('finds a column of another type and a NULL where there is none', async () => {
    const asText = { ...conversations, columns: conversations.columns.map((column) => (column.name === 'participant_count' ? { ...column, type: 'string' as const } : column)) };
    await job.commit({ ...DAY, contents: [{ table: asText, format: 'parquet', parts: [[conversation('a').with(9, 'one')]] }] });
    expect(await findings()).toMatchObject([{ kind: 'columns', what: 'column participant_count is not of type int32' }]);
    await job.commit({ ...DAY, contents: [conversationRows('parquet', [conversation('a').with(4, null)])] });
    expect(await kinds()).toEqual(['rows']);
  });

  it('accepts files of a version that had fewer columns', async () => {
    const older = { ...conversations, columns: conversations.columns.slice(0, -1) };
    const inFormat = (format: 'parquet' | 'csv'): Commit['contents'][number] => ({ table: older, format, parts: [[conversation('a').slice(0, -1)]] });
    await job.commit({ ...DAY, contents: [inFormat('parquet'), inFormat('csv')] });
    expect(await findings()).toEqual([]);
  });

  it('finds published files that are missing, changed or linked elsewhere, and accepts copies', async () => {
    const manifest = await job.commit({ ...DAY, contents: [attributes(attribute('a', 'n'))] });
    const { path, publishedAs } = manifest.files[0]!;
    await rm(job.path(publishedAs));
    expect(await kinds()).toEqual(['published-missing']);
    await symlink(job.path(path), job.path(publishedAs));
    expect(await kinds()).toEqual(['published-differs']);
    await rm(job.path(publishedAs));
    await writeFile(job.path(publishedAs), 'other');
    expect(await kinds()).toEqual(['published-differs']);
    await copyFile(job.path(path), job.path(publishedAs));
    expect(await findings()).toEqual([]);
  });

  it('finds published files that no manifest names, wherever they lie', async () => {
    const manifest = await job.commit({ ...DAY, contents: [attributes(attribute('a', 'n'))] });
    const strays = [
      'parquet/participant_attributes/dt=2026-01-05/part-00001.parquet',
      'csv/conversations/dt=2026-01-05/part-00000.csv',
      'csv/conversations/dt=2026-01-07/part-00000.csv',
      'csv/conversations/dt=2026-01-05/hr=03/part-00000.csv',
      'parquet/participant_attributes/loose.parquet',
      'parquet/calls/dt=2026-01-05/part-00000.parquet',
      'json/x.json',
    ];
    for (const path of strays) await job.write(path, 'x');
    await link(job.path(manifest.files[0]!.path), job.path('parquet/participant_attributes/dt=2026-01-05/.tmp-1'));
    const found = await findings();
    expect(found.filter((finding) => finding.severity === 'error').map((finding) => finding.kind)).toEqual(strays.map(() => 'stray-published'));
    for (const path of strays) expect(found.some((finding) => path.startsWith(finding.path)), path).toBe(true);
    expect(found.filter((finding) => finding.severity === 'note')).toMatchObject([{ kind: 'leftover' }]);
  });

  it('notes old data that no manifest names, and leaves young data alone', async () => {
    await job.commit({ ...DAY, contents: [] });
    await job.write('_data/dt=2026-01-05/gone.parquet', 'x');
    const noon = new Date(NOON);
    await utimes(job.path('_data/dt=2026-01-05/gone.parquet'), noon, noon);
    const HOUR_MS = 3_600_000;
    expect(await findings({ nowMs: NOON + 71 * HOUR_MS })).toEqual([]);
    expect(await findings({ nowMs: NOON + 73 * HOUR_MS })).toMatchObject([{ kind: 'stray-data', severity: 'note' }]);
  });

  it('finds partitions whose windows overlap', async () => {
    await job.commit({ ...DAY, contents: [] });
    await job.commit({ partition: 'dt=2026-01-05/hr=13', window: { from: '2026-01-05T13:00:00.000Z', to: '2026-01-05T14:00:00.000Z' }, contents: [] });
    await job.commit({ ...NEXT_DAY, contents: [] });
    expect(await findings()).toMatchObject([{ kind: 'overlap', path: '_manifests/dt=2026-01-05/hr=13' }]);
    expect(await findings({ partitions: (path) => path === NEXT_DAY.partition })).toEqual([]);
  });

  it('looks only at the wanted partitions', async () => {
    const first = await job.commit({ ...DAY, contents: [attributes(attribute('a', 'n'))] });
    await job.commit({ ...NEXT_DAY, contents: [] });
    await rm(job.path(first.files[0]!.path));
    const { checked, findings: found } = await verify({ partitions: (path) => path === NEXT_DAY.partition });
    expect({ found, partitions: checked.partitions }).toEqual({ found: [], partitions: 1 });
  });

  it('notes files that others may read', async () => {
    const manifest = await job.commit({ ...DAY, contents: [attributes(attribute('a', 'n'))] });
    await chmod(job.path(manifest.files[0]!.path), 0o644);
    const found = await findings({ modes: { fileMode: 0o600, dirMode: 0o700 } });
    expect(found.length).toBeGreaterThan(0);
    expect(new Set(found.map((finding) => `${finding.severity} ${finding.kind}`))).toEqual(new Set(['note permissions']));
  });

  it('checks the file of rejected records', async () => {
    await job.write('_rejects/dt=2026-01-05/x.ndjson', '{}\n');
    const sha256 = 'ca3d163bab055381827226140568f3bef7eaac187cebd76878e0b63e9e442356';
    await job.commit({ ...DAY, contents: [], change: { rejects: { path: '_rejects/dt=2026-01-05/x.ndjson', bytes: 3, sha256 } } });
    expect(await findings()).toEqual([]);
    await job.write('_rejects/dt=2026-01-05/x.ndjson', '[]\n');
    expect(await kinds()).toEqual(['file-changed']);
  });

  it('says that a run holds the lock, as a note', async () => {
    await job.commit({ ...DAY, contents: [] });
    await job.write('_lock', '{}');
    expect(await findings()).toMatchObject([{ severity: 'note', kind: 'in-progress' }]);
  });

  it('looks again at a partition that a run commits meanwhile', async () => {
    const first = await job.commit({ ...DAY, contents: [attributes(attribute('a', 'n'))] });
    let committed = false;
    const files: FileOps = {
      ...diskFiles,
      look: async (path) => {
        if (!committed && path.endsWith(first.files[0]!.path)) {
          committed = true;
          await job.commit({ ...DAY, contents: [attributes(attribute('b', 'n'))] });
          await rm(job.path(first.files[0]!.path));
        }
        return diskFiles.look(path);
      },
    };
    expect(await findings({ files })).toEqual([]);
    expect(committed).toBe(true);
  });

  it('reports rows that cannot have come of the version before as it says', async () => {
    const changes = { participant_attributes: { changed: 0, appeared: 2, vanished: 0 } };
    await job.commit({ ...DAY, contents: [attributes(attribute('a', 'n'))] });
    await job.commit({ ...DAY, contents: [attributes(attribute('a', 'n'), attribute('b', 'n'))], change: { supersedes: { version: 1, changes } } });
    expect(await findings()).toMatchObject([{ kind: 'manifest-chain', what: 'its participant_attributes cannot have come of version 1 by the rows that it says appeared and vanished' }]);
  });

  it('reports a list of open conversations that is not as long as their count', async () => {
    await job.commit({ ...DAY, contents: [], change: { openIds: ['a'] } });
    expect(await findings()).toMatchObject([{ kind: 'manifest-content', what: 'it lists 1 conversations without an end and counts 0' }]);
  });

  it('reports a file that the system does not let it read', async () => {
    const manifest = await job.commit({ ...DAY, contents: [attributes(attribute('a', 'n'))] });
    const refused = Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });
    const files: FileOps = { ...diskFiles, open: (path, mode) => (path.endsWith(manifest.files[0]!.path) ? Promise.reject(refused) : diskFiles.open(path, mode)) };
    expect(await findings({ files })).toMatchObject([{ kind: 'file-unreadable', what: 'it cannot be read (EIO)' }]);
  });

  it('stops when it is interrupted', async () => {
    await job.commit(SOUND);
    await expect(verify({ signal: AbortSignal.abort('SIGINT') })).rejects.toThrow(InterruptedError);
  });

  it('never changes anything', async () => {
    await job.commit(SOUND);
    const refuse = (): Promise<never> => Promise.reject(new Error('a write'));
    const files: FileOps = {
      ...diskFiles,
      open: (path, mode) => (mode === 'read' ? diskFiles.open(path, mode) : refuse()),
      makeFolder: refuse,
      rename: refuse,
      link: refuse,
      unlink: refuse,
      removeFolder: refuse,
    };
    expect(await findings({ files })).toEqual([]);
  });

  it('notes a damaged checkpoint, a damaged journal and a damaged failure record', async () => {
    await job.commit({ ...DAY, contents: [] });
    await job.write('_journal/00000000000000000000000000000001/checkpoint.json', '{"partition":"dt=2026-01-05","segments":[]}\nno\n');
    await job.write('_journal/00000000000000000000000000000002.damaged/seg-00001', 'x');
    await job.write('_failures/dt=2026-01-05.json', '{');
    expect(await findings()).toMatchObject([
      { severity: 'note', kind: 'journal', path: '_journal/00000000000000000000000000000001/checkpoint.json' },
      { severity: 'note', kind: 'journal', path: '_journal/00000000000000000000000000000002.damaged' },
      { severity: 'note', kind: 'failure-record', path: '_failures/dt=2026-01-05.json' },
    ]);
  });

  it('finds a ledger that cannot be read or has looks twice, and notes what is no part of it', async () => {
    await job.commit({ ...DAY, contents: [] });
    const look: readonly Column[] = [{ name: 'look_id', type: 'string', nullable: false, doc: '' }];
    await job.write('_ledger/looks-000000.parquet', parquetBytes(look, [['a'], ['b']]));
    await job.write('_ledger/looks-000001.parquet', parquetBytes(look, [['b'], ['c']]));
    await job.write('_ledger/looks-000002.parquet', 'PAR1');
    await job.write('_ledger/.tmp-0', 'x');
    await job.write('_ledger/totals.json', '{}');
    expect(await findings()).toMatchObject([
      { severity: 'note', kind: 'ledger', path: '_ledger/.tmp-0' },
      { severity: 'error', kind: 'ledger', path: '_ledger/looks-000001.parquet', what: '1 of its looks are in the ledger twice' },
      { severity: 'error', kind: 'ledger', path: '_ledger/looks-000002.parquet' },
    ]);
  });

  it('finds a manifest that was moved to another partition', async () => {
    await job.commit({ ...DAY, contents: [] });
    await job.write('_manifests/dt=2026-01-09/x', '');
    await rm(job.path('_manifests/dt=2026-01-09/x'));
    await rename(job.path(MANIFEST), job.path('_manifests/dt=2026-01-09/0000000000000001.json'));
    expect(await kinds()).toEqual(['manifest-content']);
  });
});
