import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { diskFacts, requireWritable, wrongCustody } from '../../src/cli/diskCheck.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gcx-disk-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('disk check', () => {
  it('looks at the nearest folder there is, and makes none', async () => {
    const facts = await diskFacts(join(folder, 'a', 'b'));
    expect(facts).toMatchObject({ folder, writable: true, hardLinks: true, isFolder: true });
    expect(facts.freeBytes).toBeGreaterThan(0);
    await expect(requireWritable(join(folder, 'a'))).resolves.toBeUndefined();
  });

  it.each(['EPERM', 'ENOTSUP', 'EOPNOTSUPP'])('finds that files cannot have two names (%s), and leaves nothing behind', async (code) => {
    const refuse = (): Promise<void> => Promise.reject(Object.assign(new Error(code), { code }));
    expect(await diskFacts(folder, refuse)).toMatchObject({ writable: true, hardLinks: false });
    expect(await readdir(folder)).toEqual([]);
  });

  it('refuses a folder that everybody may write, unless that is said to be meant', async () => {
    await chmod(folder, 0o777);
    await expect(requireWritable(folder)).rejects.toMatchObject({ exitCode: 2, message: expect.stringMatching(/may be written by everybody \(mode 0777\)/) as string });
    await expect(requireWritable(folder, 0o777)).resolves.toBeUndefined();
    await chmod(folder, 0o775);
    await expect(requireWritable(folder)).resolves.toBeUndefined();
  });

  it('refuses a folder of another user, but not one of root, nor to root', () => {
    expect(wrongCustody({ uid: 1001, mode: 0o40755 }, 1000, 0o700)).toContain('another user (id 1001)');
    expect(wrongCustody({ uid: 0, mode: 0o40755 }, 1000, 0o700)).toBeUndefined();
    expect(wrongCustody({ uid: 1001, mode: 0o40755 }, 0, 0o700)).toBeUndefined();
    expect(wrongCustody({ uid: 1001, mode: 0o40777 }, undefined, 0o700)).toBeUndefined();
  });

  it('refuses a file in the folder’s place, naming it', async () => {
    const file = join(folder, 'output');
    await writeFile(file, '');
    await expect(requireWritable(file)).rejects.toMatchObject({ exitCode: 2, message: `output: ${file} is a file, not a folder` });
    await expect(requireWritable(join(file, 'below'))).rejects.toMatchObject({ exitCode: 2 });
  });
});
