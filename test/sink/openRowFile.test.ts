import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SinkError } from '../../src/model/errors.js';
import { createOpenRowFile } from '../../src/sink/openRowFile.js';
import { diskFiles } from '../support/diskFiles.js';
import { failNth } from '../support/failingFiles.js';
import { everyTable, hostileRows } from '../support/hostileRows.js';
import { batchOf, rowFileSpec, writeRowFile, type WriteOptions } from '../support/sinkFile.js';
import { temporaryFolder } from '../support/temporaryFolder.js';

const ENGINES: readonly (WriteOptions & { readonly name: string })[] = [
  { name: 'Parquet by arrow', format: 'parquet' },
  { name: 'Parquet by parquetjs-lite', format: 'parquet', parquet: { engine: 'parquetjs-lite', compression: 'gzip' } },
  { name: 'CSV', format: 'csv' },
];

const batches = [batchOf(everyTable, hostileRows.slice(0, 9)), batchOf(everyTable, hostileRows.slice(9))];

describe.each(ENGINES)('a data file: $name', (options) => {
  it('is at no final path before it is closed, and then under the name of its hash, alone', async () => {
    const folder = await temporaryFolder();
    const file = await createOpenRowFile(diskFiles, () => 'one')(rowFileSpec(folder, everyTable, options));
    for (const batch of batches) await file.write(batch);
    expect(await readdir(folder)).toEqual(['.tmp-a1-one']);
    const { path, bytes, sha256, rows } = await file.close((written) => join(folder, `${String(written.rows)}-${written.sha256}`));
    expect(await readdir(folder)).toEqual([`${String(hostileRows.length)}-${sha256}`]);
    expect([(await readFile(path)).length, rows]).toEqual([bytes, hostileRows.length]);
  });

  it('leaves nothing behind when it is given up', async () => {
    const folder = await temporaryFolder();
    const file = await createOpenRowFile(diskFiles, () => 'one')(rowFileSpec(folder, everyTable, options));
    await file.write(batches[0]!);
    await file.abort();
    expect(await readdir(folder)).toEqual([]);
  });

  it('is made whole a second time, over what a crash left of the first', async () => {
    const folder = await temporaryFolder();
    const first = await writeRowFile(folder, everyTable, batches, options);
    await writeFile(join(folder, '.tmp-crashed'), 'half');
    const again = await writeRowFile(folder, everyTable, batches, options);
    expect(again).toEqual(first);
    expect((await readdir(folder)).sort()).toEqual(['.tmp-crashed', first.path.slice(folder.length + 1)]);
  });

  it.each(['ENOSPC', 'EIO'])('answers %s from any call with a SinkError that names the place, and leaves no file open and none half done', async (code) => {
    for (const mode of ['before', 'after', 'torn'] as const) {
      for (let n = 1; ; n++) {
        const folder = await temporaryFolder();
        const files = failNth(diskFiles, { n, code, mode });
        const outcome = await writeRowFile(folder, everyTable, batches, { ...options, files }).then(
          () => undefined,
          (error: unknown) => error,
        );
        if (files.failed === undefined) {
          expect(outcome).toBeUndefined();
          break;
        }
        if (outcome !== undefined) {
          expect(outcome, `${files.failed.operation} ${String(n)} ${mode}`).toBeInstanceOf(SinkError);
          expect((outcome as SinkError).message).toContain(folder);
          expect((outcome as SinkError).remedy).toBeDefined();
        }
        expect(files.openFiles, `${files.failed.operation} ${String(n)} ${mode}`).toBe(0);
        // What has its final name is whole: it was linked before the failure.
        for (const name of await readdir(folder)) if (!name.startsWith('.tmp-')) expect((await writeRowFile(await temporaryFolder(), everyTable, batches, options)).path.endsWith(name)).toBe(true);
      }
    }
  });

  it('syncs a file once, before it has its name', async () => {
    const folder = await temporaryFolder();
    const files = failNth(diskFiles);
    await writeRowFile(folder, everyTable, batches, { ...options, files });
    const order = files.calls.map(({ operation }) => operation).filter((operation) => ['write', 'sync', 'link', 'syncFolder'].includes(operation));
    expect(order.slice(order.indexOf('sync'))).toEqual(['sync', 'link', 'syncFolder']);
  });

  it('never asks a file to be synced again after that failed', async () => {
    const files = failNth(diskFiles, { operation: 'sync', n: 1, code: 'EIO', mode: 'before' });
    await expect(writeRowFile(await temporaryFolder(), everyTable, batches, { ...options, files })).rejects.toThrow(SinkError);
    expect(files.count('sync')).toBe(1);
  });
});
