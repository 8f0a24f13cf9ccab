import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StateError } from '../../src/model/errors.js';
import type { FileOps } from '../../src/model/files.js';
import { createFailures, type Failures } from '../../src/state/failures.js';
import { diskFiles } from '../support/diskFiles.js';

describe('createFailures', () => {
  let folder: string;
  let failures: Failures;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gcx-failures-'));
    failures = createFailures(diskFiles, folder);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const failure = (partition: string, message = 'HTTP 503') => ({
    partition,
    at: '2026-01-06T02:15:00.000Z',
    error: 'HttpError',
    message,
    remedy: null,
    exitCode: 4 as const,
  });

  it('has none before the first', async () => {
    expect(await failures.list()).toEqual([]);
  });

  it('lists the last failure of each partition, with how often it failed in a row', async () => {
    await failures.record(failure('dt=2026-01-06'));
    await failures.record(failure('dt=2026-01-05/hr=13'));
    await failures.record(failure('dt=2026-01-05', 'HTTP 500'));
    const again = await failures.record(failure('dt=2026-01-05'));
    expect(again.attempts).toBe(2);
    expect(await failures.list()).toEqual([
      { kind: 'failure', partition: 'dt=2026-01-05', failure: { ...failure('dt=2026-01-05'), attempts: 2 } },
      { kind: 'failure', partition: 'dt=2026-01-05/hr=13', failure: { ...failure('dt=2026-01-05/hr=13'), attempts: 1 } },
      { kind: 'failure', partition: 'dt=2026-01-06', failure: { ...failure('dt=2026-01-06'), attempts: 1 } },
    ]);
  });

  it('forgets a partition, and counts anew after that', async () => {
    await failures.record(failure('dt=2026-01-05'));
    await failures.clear('dt=2026-01-05');
    await failures.clear('dt=2026-01-05');
    expect(await failures.list()).toEqual([]);
    expect((await failures.record(failure('dt=2026-01-05'))).attempts).toBe(1);
  });

  it('remembers that one of the failures was of a forced export until it forgets the partition', async () => {
    await failures.record({ ...failure('dt=2026-01-05'), forced: true });
    await failures.record(failure('dt=2026-01-05', 'HTTP 500'));
    expect(await failures.list()).toMatchObject([{ failure: { message: 'HTTP 500', forced: true } }]);
    await failures.clear('dt=2026-01-05');
    expect((await failures.record(failure('dt=2026-01-05'))).forced).toBeUndefined();
  });

  it('lists a damaged record as such, and replaces it at the next failure', async () => {
    await failures.record(failure('dt=2026-01-05'));
    const path = join(folder, '_failures/dt=2026-01-05.json');
    for (const text of ['', '{', '{"partition":"dt=2026-01-05"}', JSON.stringify({ ...failure('dt=2026-01-06'), attempts: 1 })]) {
      await writeFile(path, text);
      expect(await failures.list()).toEqual([{ kind: 'unreadable', partition: 'dt=2026-01-05', path }]);
    }
    expect((await failures.record(failure('dt=2026-01-05'))).attempts).toBe(1);
    expect(await failures.list()).toMatchObject([{ kind: 'failure' }]);
  });

  it('keeps the earlier record when the disk is full', async () => {
    await failures.record(failure('dt=2026-01-05', 'first'));
    const full = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
    const files: FileOps = {
      ...diskFiles,
      open: async (path, mode) => Object.assign(await diskFiles.open(path, mode), { write: () => Promise.reject(full) }),
    };
    await expect(createFailures(files, folder).record(failure('dt=2026-01-05', 'second'))).rejects.toThrow(StateError);
    expect(await failures.list()).toMatchObject([{ failure: { message: 'first' } }]);
    expect((await failures.record(failure('dt=2026-01-05', 'third'))).attempts).toBe(2);
  });

  it('writes nowhere but below its folder', async () => {
    for (const partition of ['../../x', 'dt=2026-01-05/../../x', '']) await expect(async () => failures.record(failure(partition))).rejects.toThrow(StateError);
  });
});
