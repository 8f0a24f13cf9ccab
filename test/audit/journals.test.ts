import { createHash } from 'node:crypto';
import { appendFile, rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Findings } from '../../src/audit/findings.js';
import { checkJournals } from '../../src/audit/journals.js';
import { TABLES } from '../../src/extract/tables.js';
import { writeCheckpoint } from '../../src/state/checkpointFile.js';
import { diskFiles } from '../support/diskFiles.js';
import { createExportedJob, type ExportedJob } from '../support/exportedJob.js';

const ATTEMPT = '_journal/0123456789abcdef0123456789abcdef';
const SEGMENT = `${ATTEMPT}/seg-00001`;

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

  it('finds nothing in work that is under way', async () => {
    await job.write(`${ATTEMPT}/seg-00002`, 'an open segment, perhaps torn');
    expect(await notes()).toEqual([]);
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
