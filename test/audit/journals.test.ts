import { createHash } from 'node:crypto';
import { appendFile, rm, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Findings } from '../../src/audit/findings.js';
import { checkJournals } from '../../src/audit/journals.js';
import { TABLES } from '../../src/extract/tables.js';
import { writeCheckpoint } from '../../src/state/checkpointFile.js';
import { frameHead } from '../../src/state/pageFrame.js';
import { diskFiles } from '../support/diskFiles.js';
import { createExportedJob, type ExportedJob } from '../support/exportedJob.js';

const ATTEMPT = '_journal/0123456789abcdef0123456789abcdef';
const SEGMENT = `${ATTEMPT}/seg-00001`;
const block = new Uint8Array(24).fill(7);

describe('checkJournals', () => {
  let job: ExportedJob;
  beforeEach(async () => {
    job = await createExportedJob();
    await job.write(SEGMENT, 'pages');
    // Written by the code that writes checkpoints, so that the two cannot come to disagree unnoticed.
    await writeCheckpoint(diskFiles, job.path(ATTEMPT), {
      formatVersion: 1,
      attemptId: '0123456789abcdef0123456789abcdef',
      partition: 'dt=2026-01-05',
      requestHash: 'r',
      sourceAsOf: { ms: 0, origin: 'availability' },
      generation: 0,
      position: { cursor: 'c' },
      ended: false,
      pages: 1,
      segments: [{ n: 1, bytes: 5, pages: 1, sha256: createHash('sha256').update('pages').digest('hex') }],
    });
  });
  afterEach(() => job.remove());

  const notes = async (isWanted = (): boolean => true): Promise<string[]> => {
    const findings = new Findings();
    await checkJournals({ files: diskFiles, job: job.name, jobFolder: job.folder, tables: TABLES }, isWanted, findings);
    return findings.all.map(({ severity, path, what }) => `${severity} ${path}: ${what}`);
  };

  it('notes pages that are not sealed and not whole, and where they end; not while a run may be writing one', async () => {
    const path = `${ATTEMPT}/seg-00002`;
    const page = Buffer.concat([frameHead({ position: {}, generation: 0, fetched: 1, replacedText: 0, repeatedKeys: 0, rejects: [] }, block), block]);
    const write = (bytes: Uint8Array): Promise<void> => writeFile(job.path(path), bytes);
    for (const whole of [Buffer.alloc(0), page, Buffer.concat([page, page])]) {
      await write(whole);
      expect(await notes()).toEqual([]);
    }
    for (let at = 0; at < page.length; at++) {
      const changed = Buffer.concat([page, page]);
      changed[page.length + at]! ^= 1 << (at % 8);
      await write(changed);
      expect([at, await notes()]).toEqual([at, [`note ${path}: from byte ${String(page.length)} on it holds no whole page: a kill tore it, or it was changed`]]);
      await write(changed.subarray(0, page.length + at));
      expect([at, (await notes()).length]).toEqual([at, at === 0 ? 0 : 1]);
    }
    const findings = new Findings();
    await checkJournals({ files: diskFiles, job: job.name, jobFolder: job.folder, tables: TABLES }, () => true, findings, true);
    expect(findings.all).toEqual([]);
  });

  it('notes a sealed segment that changed or is missing', async () => {
    await appendFile(job.path(SEGMENT), 'x');
    expect(await notes()).toEqual([`note ${SEGMENT}: it is not as it was sealed`]);
    expect(await notes(() => false)).toEqual([]);
    await rm(job.path(SEGMENT));
    expect(await notes()).toEqual([`note ${SEGMENT}: the checkpoint names this segment, and it is missing`]);
  });

  it('notes a checkpoint that changed', async () => {
    await appendFile(job.path(`${ATTEMPT}/checkpoint.json`), ' ');
    expect(await notes()).toEqual([`note ${ATTEMPT}/checkpoint.json: it is damaged: its hash does not fit`]);
  });
});
