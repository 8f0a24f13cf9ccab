import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { StateError } from '../../src/model/errors.js';
import { createTotalsCache } from '../../src/state/totalsCache.js';
import { diskFiles } from '../support/diskFiles.js';
import { failNth } from '../support/failingFiles.js';
import { temporaryFolder } from '../support/temporaryFolder.js';

const HOUR_MS = 3_600_000;
const total = (askedMs: number) => ({ startMs: 0, endMs: 1, total: 60, askedMs });

describe('counts kept for the next plan', () => {
  it('are given for a day, to the same filters, and never from the future', async () => {
    const folder = await temporaryFolder();
    const cache = createTotalsCache(diskFiles, folder, 'f');
    expect(await cache.read(0)).toEqual([]);
    await cache.write([total(0), total(10 * HOUR_MS)]);
    expect(await cache.read(12 * HOUR_MS)).toEqual([total(0), total(10 * HOUR_MS)]);
    expect(await cache.read(25 * HOUR_MS)).toEqual([total(10 * HOUR_MS)]);
    expect(await cache.read(HOUR_MS)).toEqual([total(0)]);
    expect(await createTotalsCache(diskFiles, folder, 'g').read(HOUR_MS)).toEqual([]);
  });

  it('that are damaged are none', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, '_ledger'));
    for (const text of ['', '{', '[]', '{"formatVersion":2,"filters":"f","totals":[]}', '{"formatVersion":1,"filters":"f","totals":[{"startMs":0}]}']) {
      await writeFile(join(folder, '_ledger', 'totals.json'), text);
      expect(await createTotalsCache(diskFiles, folder, 'f').read(0)).toEqual([]);
    }
  });

  it('that cannot be written say so, and that cannot be read are none', async () => {
    const folder = await temporaryFolder();
    const full = failNth(diskFiles, { operation: 'write', n: 1, code: 'ENOSPC', mode: 'torn' });
    await expect(createTotalsCache(full, folder, 'f').write([total(0)])).rejects.toThrow(StateError);
    await createTotalsCache(diskFiles, folder, 'f').write([total(0)]);
    const unreadable = failNth(diskFiles, { operation: 'readFile', n: 1, code: 'EACCES', mode: 'before' });
    expect(await createTotalsCache(unreadable, folder, 'f').read(0)).toEqual([]);
  });
});
