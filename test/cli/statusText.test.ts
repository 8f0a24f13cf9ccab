import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { demoJob, demoSettings } from '../../src/cli/demoJob.js';
import { readJobStatus } from '../../src/cli/jobStatus.js';
import type { JobStatus, PartitionStatus } from '../../src/cli/openedJob.js';
import { openJobStore } from '../../src/cli/jobStore.js';
import { statusText } from '../../src/cli/statusText.js';
import { createManualClock } from '../../src/simulate/manualClock.js';
import { aPartition, aStatus } from '../support/fakeParts.js';
import { temporaryFolder } from '../support/temporaryFolder.js';

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

describe('status', () => {
  it('names a damaged partition with its remedy and still shows the others', async () => {
    const root = await temporaryFolder();
    const folder = join(root, 'demo', '_manifests', 'dt=2026-01-05');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, '0000000000000001.json'), '{"formatVersion":1}\nno hash\n');
    const store = openJobStore(demoSettings('http://127.0.0.1:1', root), demoJob, { clock: createManualClock(0), log });
    const status = await readJobStatus(store, {
      job: demoJob, followed: null, failures: [], changed: [], notices: [], nowMs: Date.UTC(2026, 0, 10), log,
      wanted: { partitions: ['dt=2026-01-05', 'dt=2026-01-06'], gaps: [{ from: 'dt=2026-01-06', to: 'dt=2026-01-06', partitions: 1, byRun: true }] },
    });
    expect(status.partitions.map(({ partition, state }) => [partition, state])).toEqual([['dt=2026-01-05', 'damaged'], ['dt=2026-01-06', 'missing']]);
    const text = statusText(status, { terminal: false, width: Number.POSITIVE_INFINITY, colour: false, unicode: false });
    expect(text).toContain('FAIL dt=2026-01-05: ');
    expect(text).toContain('Restore it from a backup.');
    expect(text).toContain('gap: dt=2026-01-06 is missing');
  });

  const plain = { terminal: false, width: Number.POSITIVE_INFINITY, colour: false, unicode: false } as const;
  const settled = (partition: string): PartitionStatus => aPartition(partition);
  const missing = (partition: string): PartitionStatus => ({ ...settled(partition), state: 'missing', version: null, rows: {}, conversations: null, counts: null });
  const day = (n: number): string => `dt=${new Date(Date.UTC(2026, 0, n)).toISOString().slice(0, 10)}`;
  const statusOf = (partitions: readonly PartitionStatus[], gaps: JobStatus['gaps']): JobStatus => aStatus({ job: 'calls', source: 'job-cursor', folder: '/out/calls', partitions, gaps });

  it('names the command that closes a gap: run where run looks at it, a backfill of the range where not', () => {
    const partitions = [settled(day(1)), missing(day(2)), missing(day(3))];
    const gap = { from: day(2), to: day(3), partitions: 2 };
    expect(statusText(statusOf(partitions, [{ ...gap, byRun: true }]), plain)).toContain('\nnext: gcx run calls');
    expect(statusText(statusOf(partitions, [{ ...gap, byRun: false }]), plain)).toContain('\nnext: gcx backfill calls --from 2026-01-02 --to 2026-01-04');
  });

  it('shows missing neighbours as one line, and old settled ones of a long list, their rows added up', () => {
    const text = statusText(statusOf([...Array.from({ length: 100 }, (_, n) => settled(day(n + 1))), missing(day(101)), missing(day(102))], []), plain);
    expect(text).toMatch(/dt=2026-01-01 … dt=2026-03-23 +82 settled +820\n/);
    expect(text).toMatch(/dt=2026-04-11 … dt=2026-04-12 +2 missing$/m);
    expect(text).toContain('calls: 100 partitions exported, 1,000 rows');
    expect(text.split('\n').length).toBeLessThan(30);
  });

  it('keeps the minutes of its times on a terminal of 80 columns, folded rows or not', () => {
    const fresh = (n: number): PartitionStatus => ({ ...settled(day(n)), asOf: '2026-01-20T02:15:00.000Z', asOfOrigin: 'availability', committedAt: '2026-01-20T02:16:00.000Z' });
    const narrow = { ...plain, terminal: true, width: 80 };
    const across = statusText(statusOf([fresh(-2), missing(day(-1)), missing(day(20)), fresh(21)], []), narrow).split('\n');
    expect(across[5]).toMatch(/^25-12-30 … 26-01-20 +2 missing$/);
    expect(across[4]).toMatch(/01-20 02:15Z lake {2}01-20 02:16Z$/);
    const text = statusText(statusOf([...Array.from({ length: 100 }, (_, n) => fresh(n + 1)), missing('dt=2026-05-01/hr=00'), missing('dt=2026-05-01/hr=23')], []), narrow);
    expect(text).toMatch(/^01-01 … 03-23 +82 settled +820$/m);
    expect(text).toMatch(/^05-01\/00 … 05-01\/23 +2 missing$/m);
    expect(text).toMatch(/^dt=2026-04-10 +settled +1 +10 {2}01-20 02:15Z lake {2}01-20 02:16Z$/m);
    for (const line of text.split('\n').slice(2, -2)) expect(line.length).toBeLessThanOrEqual(80);
    const failure = { at: '2026-01-20T02:15:00.000Z', error: 'HttpError', message: 'm', remedy: undefined, exitCode: 4 } as const;
    const both = statusText(statusOf([{ ...fresh(2), state: 'provisional', rows: { conversations: 123_456 }, failure }], []), narrow);
    expect(both).toMatch(/^dt=2026-01-02 +provisional, FAILED +1 +123,456 {2}01-20 02:15Z lake {2}01-20 02:16Z$/m);
  });
});
