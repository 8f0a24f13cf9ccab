import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Findings } from '../../src/audit/findings.js';
import { readChain } from '../../src/audit/manifestChain.js';
import { verifyJob } from '../../src/audit/verifyJob.js';
import { participantAttributes } from '../../src/extract/participantAttributes.js';
import { TABLES } from '../../src/extract/tables.js';
import type { Manifest } from '../../src/model/manifest.js';
import type { Row } from '../../src/model/table.js';
import { diskFiles } from '../support/diskFiles.js';
import { createExportedJob, type ExportedJob } from '../support/exportedJob.js';

const DAY = { partition: 'dt=2026-01-05', window: { from: '2026-01-05T00:00:00.000Z', to: '2026-01-06T00:00:00.000Z' } };
const SECOND = '_manifests/dt=2026-01-05/0000000000000002.json';

let job: ExportedJob;
beforeEach(async () => {
  job = await createExportedJob();
});
afterEach(() => job.remove());

/** Commits a version with so many rows. */
const commit = (rows: number, change: Partial<Manifest> = {}): Promise<Manifest> => {
  const row = (n: number): Row => ['a', 'p', `name-${String(n)}`, 'x', Date.UTC(2026, 0, 5, 12), 'customer', null, false];
  return job.commit({ ...DAY, contents: [{ table: participantAttributes, format: 'parquet', parts: [Array.from({ length: rows }, (_, n) => row(n))] }], change });
};
const verify = (): ReturnType<typeof verifyJob> => verifyJob({ files: diskFiles, job: job.name, jobFolder: job.folder, tables: TABLES, nowMs: Date.UTC(2026, 0, 10) });

it('no version is current where the newest cannot be read: nothing is held against the one before', async () => {
  const first = await commit(1);
  await commit(0);
  await job.write(SECOND, '{}');
  await rm(job.path(first.files[0]!.path));
  const { checked, findings } = await verify();
  expect([findings.map(({ kind, path }) => [kind, path]), checked.rows]).toEqual([[['manifest-unreadable', SECOND]], 0]);
  expect(await readChain({ files: diskFiles, job: job.name, jobFolder: job.folder, tables: TABLES }, DAY.partition, new Findings())).toMatchObject({ manifests: [{ version: 1 }], current: undefined, isDamaged: true });
});

it('a version of another job is told to be renamed back, as what was renamed with its folder is', async () => {
  await commit(1, { job: 'weekly' });
  expect((await verify()).findings).toMatchObject([{ severity: 'error', kind: 'manifest-content', what: 'it is of job "weekly"', remedy: expect.stringMatching(/^Where the folder was renamed, rename it and the job’s file back\. Else: Restore it/) as string }]);
});

it('a version is compared with the one right before it, never with one before a damaged one', async () => {
  const changes = { participant_attributes: { changed: 1, appeared: 0, vanished: 0 } };
  await commit(0);
  await commit(1);
  await commit(1, { supersedes: { version: 2, changes } });
  expect((await verify()).findings).toEqual([]);
  await commit(2, { supersedes: { version: 3, changes } });
  expect((await verify()).findings.map(({ kind, what }) => [kind, what])).toEqual([['manifest-chain', 'its participant_attributes cannot have come of version 3 by the rows that it says appeared and vanished']]);
  await rm(job.path('_manifests/dt=2026-01-05/0000000000000004.json'));
  await job.write(SECOND, '{}');
  expect((await verify()).findings.filter(({ path }) => path.startsWith('_manifests/')).map(({ kind, path }) => [kind, path])).toEqual([['manifest-unreadable', SECOND]]);
});
