import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Findings } from '../../src/audit/findings.js';
import { checkTableRows } from '../../src/audit/tableRows.js';
import { participantAttributes } from '../../src/extract/participantAttributes.js';
import { TABLES } from '../../src/extract/tables.js';
import type { Row } from '../../src/model/table.js';
import { diskFiles } from '../support/diskFiles.js';
import { createExportedJob, type ExportedJob } from '../support/exportedJob.js';

describe('checkTableRows', () => {
  let job: ExportedJob;
  beforeEach(async () => {
    job = await createExportedJob();
  });
  afterEach(() => job.remove());

  it('finds every repeated key also where the keys do not fit at once, and reports a defect once', async () => {
    const rows: Row[] = Array.from({ length: 1000 }, (_, i) => [`c${String(i)}`, 'p', 'n', '', null, null, null, false]);
    const parts = [rows, rows.slice(0, 100)];
    const manifest = await job.commit({
      partition: 'dt=2026-01-05',
      window: { from: '2026-01-05T00:00:00.000Z', to: '2026-01-06T00:00:00.000Z' },
      contents: [{ table: participantAttributes, format: 'parquet', parts }],
    });
    const files = await Promise.all(
      manifest.files.map(async (entry) => ({ entry: { ...entry, rows: entry.rows + 1 }, facts: (await diskFiles.look(job.path(entry.path)))! })),
    );
    const findings = new Findings();
    const subject = { files: diskFiles, job: job.name, jobFolder: job.folder, tables: TABLES };
    const read = await checkTableRows(subject, { manifest, table: 'participant_attributes', format: 'parquet', files }, findings, 150);
    expect(read).toBe(1100);
    const repeated = findings.all.filter((finding) => finding.kind === 'duplicate-key').map((finding) => Number(finding.what.split(' ')[0]));
    expect(repeated.length).toBeGreaterThan(1);
    expect(repeated.reduce((sum, n) => sum + n, 0)).toBe(100);
    expect(findings.all.filter((finding) => finding.kind === 'rows')).toHaveLength(2);
  });
});
