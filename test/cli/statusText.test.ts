import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { demoJob, demoSettings } from '../../src/cli/demoJob.js';
import { readJobStatus } from '../../src/cli/jobStatus.js';
import { openJobStore } from '../../src/cli/jobStore.js';
import { statusText } from '../../src/cli/statusText.js';
import { createManualClock } from '../../src/simulate/manualClock.js';
import { temporaryFolder } from '../support/temporaryFolder.js';

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

describe('status', () => {
  it('names a damaged partition with its remedy and still shows the others', async () => {
    const root = await temporaryFolder();
    const folder = join(root, 'demo', '_manifests', 'dt=2026-01-05');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, '0000000000000001.json'), '{"formatVersion":1}\nno hash\n');
    const store = openJobStore(demoSettings('http://127.0.0.1:1', root), demoJob, { clock: createManualClock(0), log });
    const status = await readJobStatus(store, { name: 'demo', source: 'next-page-url' }, { partitions: ['dt=2026-01-05', 'dt=2026-01-06'], gaps: [{ from: 'dt=2026-01-06', to: 'dt=2026-01-06', partitions: 1 }] });
    expect(status.partitions.map(({ partition, state }) => [partition, state])).toEqual([['dt=2026-01-05', 'damaged'], ['dt=2026-01-06', 'missing']]);
    const text = statusText(status, { terminal: false, width: Number.POSITIVE_INFINITY, colour: false, unicode: false });
    expect(text).toContain('FAIL dt=2026-01-05: ');
    expect(text).toContain('Restore it from a backup.');
    expect(text).toContain('gap: dt=2026-01-06 is missing');
  });
});
