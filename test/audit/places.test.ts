import { mkdir, rename, rm, symlink } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verifyJob } from '../../src/audit/verifyJob.js';
import { conversations } from '../../src/extract/conversations.js';
import { TABLES } from '../../src/extract/tables.js';
import { diskFiles } from '../support/diskFiles.js';
import { createExportedJob, type ExportedJob } from '../support/exportedJob.js';

const DAY = { partition: 'dt=2026-01-05', window: { from: '2026-01-05T00:00:00.000Z', to: '2026-01-06T00:00:00.000Z' } };

let job: ExportedJob;
beforeEach(async () => {
  job = await createExportedJob();
  await job.commit({ ...DAY, contents: [{ table: conversations, format: 'parquet', parts: [[['a', Date.UTC(2026, 0, 5, 12), null, null, true, 'inbound', ['voice'], [], null, 1, 0]]] }] });
});
afterEach(() => job.remove());

/** What an audit finds, as severity, kind and path. */
const found = async (): Promise<string[]> =>
  (await verifyJob({ files: diskFiles, job: job.name, jobFolder: job.folder, tables: TABLES, nowMs: Date.UTC(2026, 0, 10) })).findings.map(({ severity, kind, path }) => `${severity} ${kind} ${path}`);

const PUBLISHED = 'parquet/conversations/dt=2026-01-05';

describe('a file in the place of a folder', () => {
  it.each([
    ['_data', /^error file-missing _data\/dt=2026-01-05\//],
    ['_data/dt=2026-01-05', /^error file-missing _data\/dt=2026-01-05\//],
    ['parquet', /^error published-missing parquet\/conversations\/dt=2026-01-05\/part-00000\.parquet$/],
    ['parquet/conversations', /^error published-missing parquet\/conversations\/dt=2026-01-05\/part-00000\.parquet$/],
    [PUBLISHED, /^error stray-published parquet\/conversations\/dt=2026-01-05$/],
  ])('%s is a finding, and the audit goes on', async (path, expected) => {
    await rm(job.path(path), { recursive: true });
    await job.write(path, 'x');
    expect(await found()).toContainEqual(expect.stringMatching(expected));
  });
});

describe('a symbolic link in the place of a folder', () => {
  it.each(['_data', '_data/dt=2026-01-05', '_manifests', 'parquet', 'parquet/conversations'])('%s is one error, however whole what it leads to is, with its path and what to do', async (path) => {
    await rename(job.path(path), job.path('.elsewhere'));
    await symlink(job.path('.elsewhere'), job.path(path));
    const { findings } = await verifyJob({ files: diskFiles, job: job.name, jobFolder: job.folder, tables: TABLES, nowMs: Date.UTC(2026, 0, 10) });
    expect(findings.filter(({ kind }) => kind === 'not-a-folder')).toEqual([
      {
        severity: 'error',
        kind: 'not-a-folder',
        path,
        what: 'it is a symbolic link where a folder belongs: a run refuses to write through it',
        remedy: 'Put the folder that it leads to in its place; only the job’s folder, and those above it, may be links.',
      },
    ]);
  });

  it('and a file there, of days that are not asked for are left out', async () => {
    await job.commit({ partition: 'dt=2026-01-06/hr=07', window: { from: '2026-01-06T07:00:00.000Z', to: '2026-01-06T08:00:00.000Z' }, contents: [] });
    await symlink(job.folder, job.path('_rejects'));
    await mkdir(job.path('_data/dt=2026-01-06'));
    await job.write('_data/dt=2026-01-06/hr=07', 'x');
    await symlink(job.folder, job.path('_data/dt=2026-01-07'));
    const kinds = async (day: string): Promise<string[]> =>
      (await verifyJob({ files: diskFiles, job: job.name, jobFolder: job.folder, tables: TABLES, nowMs: Date.UTC(2026, 0, 10), partitions: (path) => path.startsWith(day) })).findings.map(({ kind, path }) => `${kind} ${path}`);
    expect(await kinds('dt=2026-01-05')).toEqual(['not-a-folder _rejects']);
    expect(await kinds('dt=2026-01-06')).toEqual(['not-a-folder _data/dt=2026-01-06/hr=07', 'not-a-folder _rejects']);
    expect(await kinds('dt=2026-01-07')).toEqual(['not-a-folder _data/dt=2026-01-07', 'not-a-folder _rejects']);
  });
});

it('a folder in the place of a failure record is a note', async () => {
  await mkdir(job.path('_failures/dt=2026-01-05.json'), { recursive: true });
  expect(await found()).toEqual(['note failure-record _failures/dt=2026-01-05.json']);
});
