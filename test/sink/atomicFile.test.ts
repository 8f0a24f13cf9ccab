import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SinkError } from '../../src/model/errors.js';
import type { FileOps } from '../../src/model/files.js';
import { createAtomicFile, type AtomicFile } from '../../src/sink/atomicFile.js';
import { diskFiles } from '../support/diskFiles.js';
import { failNth, sweepFailures } from '../support/failingFiles.js';
import { temporaryFolder } from '../support/temporaryFolder.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const writeAll = async (file: AtomicFile, folder: string): Promise<string> => {
  await file.write(bytes('ab'));
  await file.write(bytes('cd'));
  return (await file.close((digest) => join(folder, digest.sha256.slice(0, 16)))).path;
};

const begin = (files: FileOps, folder: string): Promise<AtomicFile> => createAtomicFile(files, folder, 'one');
const NAME = sha256('abcd').slice(0, 16);

describe('a file that appears whole or not at all', () => {
  it('is nowhere but under a hidden name before it is closed, and there afterwards', async () => {
    const folder = await temporaryFolder();
    const file = await begin(diskFiles, folder);
    await file.write(bytes('ab'));
    expect(await readdir(folder)).toEqual(['.tmp-one']);
    await file.write(bytes('cd'));
    expect(await file.close(({ sha256: hash }) => join(folder, hash))).toEqual({ bytes: 4, sha256: sha256('abcd'), path: join(folder, sha256('abcd')) });
    expect(await readdir(folder)).toEqual([sha256('abcd')]);
    expect(await readFile(join(folder, sha256('abcd')), 'utf8')).toBe('abcd');
  });

  it('is synced once, before it gets its name, and the folder after that', async () => {
    const folder = await temporaryFolder();
    const files = failNth(diskFiles);
    await writeAll(await begin(files, folder), folder);
    const steps = files.calls.map(({ operation }) => operation).filter((operation) => ['sync', 'link', 'syncFolder'].includes(operation));
    expect(steps).toEqual(['sync', 'link', 'syncFolder']);
  });

  it('leaves nothing when it is given up, and may be given up twice', async () => {
    const folder = await temporaryFolder();
    const file = await begin(diskFiles, folder);
    await file.write(bytes('ab'));
    await file.abort();
    await file.abort();
    expect(await readdir(folder)).toEqual([]);
    await expect(file.write(bytes('x'))).rejects.toThrow(SinkError);
  });

  it('that is given up says nothing of what the file system refuses then: the error before it is what counts', async () => {
    const tried = await sweepFailures(
      { code: 'EIO', modes: ['before', 'after'] },
      (plan) => failNth(diskFiles, plan),
      async (files) => {
        const folder = await temporaryFolder();
        const file = await begin(diskFiles, folder);
        const failing = await createAtomicFile(files, folder, 'two').catch(() => undefined);
        await failing?.write(bytes('ab')).catch(() => undefined);
        await failing?.abort();
        await file.abort();
      },
    );
    expect(tried).toBeGreaterThan(3);
  });

  it.each(['ENOSPC', 'EACCES', 'EROFS', 'EIO', 'EDQUOT', 'EMFILE'])('ends in a SinkError with path and remedy on %s, whichever call it hits, and leaves no temporary file', async (code) => {
    const tried = await sweepFailures(
      { code, modes: ['before', 'after', 'torn'] },
      (plan) => failNth(diskFiles, plan),
      async (files) => {
        const folder = await temporaryFolder();
        const error: unknown = await begin(files, folder).then((file) => writeAll(file, folder)).then(() => undefined, (thrown: unknown) => thrown);
        if (error !== undefined) {
          expect(error).toBeInstanceOf(SinkError);
          expect((error as SinkError).message).toContain(folder);
          expect((error as SinkError).remedy).toBeTruthy();
        }
        expect(files.openFiles).toBe(0);
        const left = await readdir(folder);
        // A whole file under its own name may be there, after an error behind the link; a file that could not be opened is not ours to remove.
        if (files.failed?.operation !== 'open') expect(left.filter((name) => name !== NAME)).toEqual([]);
        if (left.includes(NAME)) expect(await readFile(join(folder, NAME), 'utf8')).toBe('abcd');
      },
    );
    expect(tried).toBeGreaterThan(20);
  });

  it('never syncs a file again after an error', async () => {
    const folder = await temporaryFolder();
    const files = failNth(diskFiles, { operation: 'sync', n: 1, code: 'EIO', mode: 'after' });
    const file = await begin(files, folder);
    await expect(writeAll(file, folder)).rejects.toThrow(SinkError);
    await expect(file.close(() => join(folder, 'x'))).rejects.toThrow(SinkError);
    expect(files.count('sync')).toBe(1);
    expect(await readdir(folder)).toEqual([]);
  });

  it('takes up the same file of an earlier try, as young as this one', async () => {
    const folder = await temporaryFolder();
    await writeAll(await begin(diskFiles, folder), folder);
    const before = await diskFiles.look(join(folder, NAME));
    await writeAll(await begin(diskFiles, folder), folder);
    const after = await diskFiles.look(join(folder, NAME));
    expect(after!.modifiedMs).toBeGreaterThanOrEqual(before!.modifiedMs);
    expect(after!.inode).not.toBe(before!.inode);
    expect(await readdir(folder)).toEqual([NAME]);
  });

  it.each(['abce', 'abc', ''])('refuses a name under which something else lies (%j)', async (other) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, NAME), other);
    await expect(begin(diskFiles, folder).then((file) => writeAll(file, folder))).rejects.toThrow(/another file has this name/);
    expect(await readFile(join(folder, NAME), 'utf8')).toBe(other);
    expect(await readdir(folder)).toEqual([NAME]);
  });

  it.each(['EPERM', 'ENOTSUP'])('is renamed into place where the file system has no links (%s)', async (code) => {
    const folder = await temporaryFolder();
    await writeAll(await begin(failNth(diskFiles, { operation: 'link', n: 1, code, mode: 'before' }), folder), folder);
    expect(await readdir(folder)).toEqual([NAME]);
  });

  it('is there when the link was made although it was reported as failed', async () => {
    const folder = await temporaryFolder();
    await writeAll(await begin(failNth(diskFiles, { operation: 'link', n: 1, code: 'EIO', mode: 'after' }), folder), folder);
    expect(await readdir(folder)).toEqual([NAME]);
  });

  it('discards the file when its check says that it is not what it should be', async () => {
    const folder = await temporaryFolder();
    const file = await begin(diskFiles, folder);
    await file.write(bytes('abcd'));
    const wrong = new SinkError('wrong');
    const check = async (open: { read(at: number, length: number): Promise<Uint8Array> }): Promise<void> => {
      expect(new TextDecoder().decode(await open.read(1, 2))).toBe('bc');
      throw wrong;
    };
    await expect(file.close(() => join(folder, 'x'), { check })).rejects.toBe(wrong);
    expect(await readdir(folder)).toEqual([]);
  });
});
