import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { SinkError } from '../../src/model/errors.js';
import { requireParquet } from '../../src/sink/writtenParquet.js';
import { diskFiles } from '../support/diskFiles.js';
import { failNth } from '../support/failingFiles.js';
import { everyTable, hostileRows } from '../support/hostileRows.js';
import { batchOf, writeRowFile } from '../support/sinkFile.js';
import { temporaryFolder } from '../support/temporaryFolder.js';

let path = '';
beforeAll(async () => {
  const batches = [batchOf(everyTable, hostileRows.slice(0, 3)), batchOf(everyTable, hostileRows.slice(3, 5))];
  ({ path } = await writeRowFile(await temporaryFolder(), everyTable, batches));
});

const check = async (at: string, groups: readonly number[], files = diskFiles): Promise<void> => {
  const file = await files.open(at, 'read');
  try {
    await requireParquet(file, await file.size(), 'conversations', groups);
  } finally {
    await file.close();
  }
};

describe('look at a Parquet file that was written', () => {
  it('accepts the rows and row groups that were written, empty ones aside', async () => {
    await check(path, [3, 2]);
    await check(path, [3, 0, 2]);
  });

  it.each([[[3]], [[3, 2, 1]], [[2, 3]], [[5]], [[]], [[3, 3]]])('refuses it where %j were written', async (groups) => {
    await expect(check(path, groups)).rejects.toThrow(SinkError);
  });

  it('refuses a file that ends early or is none', async () => {
    const folder = await temporaryFolder();
    const whole = await readFile(path);
    const withoutPages = Buffer.concat([whole.subarray(0, 4), whole.subarray(whole.length - 8 - whole.readUInt32LE(whole.length - 8))]);
    for (const [i, bytes] of [whole.subarray(0, 457), whole.subarray(0, -1), withoutPages, Buffer.from('PAR1'), Buffer.alloc(0), Buffer.from('PAR1\0\0\0\0PAR1')].entries()) {
      const cut = join(folder, String(i));
      await writeFile(cut, bytes);
      await expect(check(cut, [3, 2]), String(i)).rejects.toThrow(SinkError);
    }
  });

  it('lets an error of the disk be one', async () => {
    const handle = await open(path);
    await handle.close();
    await expect(check(path, [3, 2], failNth(diskFiles, { operation: 'read', n: 1, code: 'EIO', mode: 'before' }))).rejects.toMatchObject({ code: 'EIO' });
  });
});
