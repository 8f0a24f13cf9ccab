import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FileOps } from '../../src/model/files.js';
import { temporaryFolder } from '../support/temporaryFolder.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (data: Uint8Array): string => new TextDecoder().decode(data);
const code = (name: string): unknown => expect.objectContaining({ code: name });

/** What every implementation of FileOps must do; `make` gives one with file mode 0640 and folder mode 0750. */
export const fileOpsContract = (name: string, make: () => FileOps): void => {
  describe(`file operations: ${name}`, () => {
    const fresh = async (): Promise<{ files: FileOps; root: string }> => ({ files: make(), root: await temporaryFolder() });

    const put = async (files: FileOps, path: string, content: string): Promise<void> => {
      const file = await files.open(path, 'create');
      await file.write(bytes(content));
      await file.close();
    };

    it('creates a file only where there is none', async () => {
      const { files, root } = await fresh();
      await put(files, join(root, 'a'), 'one');
      await expect(files.open(join(root, 'a'), 'create')).rejects.toEqual(code('EEXIST'));
      expect(text(await files.readFile(join(root, 'a')))).toBe('one');
    });

    it('does not create by update or read', async () => {
      const { files, root } = await fresh();
      for (const mode of ['update', 'read'] as const) await expect(files.open(join(root, 'a'), mode)).rejects.toEqual(code('ENOENT'));
      expect(await files.list(root)).toEqual([]);
    });

    it('writes one piece after the other, and reads them back from the same descriptor', async () => {
      const { files, root } = await fresh();
      const file = await files.open(join(root, 'a'), 'create');
      await file.write(bytes('abc'));
      await file.write(new Uint8Array(0));
      await file.write(bytes('def'));
      expect(await file.size()).toBe(6);
      expect(text(await file.read(2, 3))).toBe('cde');
      expect(text(await file.read(4, 100))).toBe('ef');
      expect(await file.read(6, 10)).toHaveLength(0);
      await file.write(bytes('g'));
      await file.sync();
      await file.dataSync();
      await file.close();
      expect(text(await files.readFile(join(root, 'a')))).toBe('abcdefg');
    });

    it('reads into memory that is given, where it has room', async () => {
      const { files, root } = await fresh();
      await put(files, join(root, 'a'), 'abcdef');
      const file = await files.open(join(root, 'a'), 'read');
      const memory = new ArrayBuffer(4);
      const read = [await file.read(1, 3, memory), await file.read(0, 5, memory), await file.read(4, 4, memory)];
      expect(read.map((data) => data.length)).toEqual([3, 5, 2]);
      expect(read.map((data) => data.buffer === memory)).toEqual([true, false, true]);
      expect(text(read[1]!)).toBe('abcde');
      expect(text(read[2]!)).toBe('ef');
      await file.close();
    });

    it('truncates', async () => {
      const { files, root } = await fresh();
      await put(files, join(root, 'a'), 'abcdef');
      const file = await files.open(join(root, 'a'), 'update');
      await file.truncate(4);
      await file.close();
      expect(text(await files.readFile(join(root, 'a')))).toBe('abcd');
    });

    it('never overwrites by link, always by rename', async () => {
      const { files, root } = await fresh();
      await put(files, join(root, 'a'), 'one');
      await put(files, join(root, 'b'), 'two');
      await expect(files.link(join(root, 'a'), join(root, 'b'))).rejects.toEqual(code('EEXIST'));
      await files.link(join(root, 'a'), join(root, 'c'));
      expect((await files.look(join(root, 'c')))?.inode).toBe((await files.look(join(root, 'a')))?.inode);
      await files.rename(join(root, 'a'), join(root, 'b'));
      expect(text(await files.readFile(join(root, 'b')))).toBe('one');
      expect(await files.list(root)).toEqual(['b', 'c']);
    });

    it('gives files and folders their modes whatever the umask', async () => {
      const { files, root } = await fresh();
      const before = process.umask(0o077);
      try {
        await files.makeFolder(join(root, 'x/y'));
        await put(files, join(root, 'x/y/a'), 'one');
      } finally {
        process.umask(before);
      }
      expect(await files.look(join(root, 'x'))).toMatchObject({ kind: 'folder', mode: 0o750 });
      expect(await files.look(join(root, 'x/y'))).toMatchObject({ kind: 'folder', mode: 0o750 });
      expect(await files.look(join(root, 'x/y/a'))).toMatchObject({ kind: 'file', mode: 0o640, size: 3 });
    });

    it('makes folders that are there already, and not in place of a file', async () => {
      const { files, root } = await fresh();
      await files.makeFolder(join(root, 'x/y'));
      await files.makeFolder(join(root, 'x/y'));
      await Promise.all([1, 2, 3].map(() => files.makeFolder(join(root, 'p/q/r'))));
      await files.removeFolder(join(root, 'x/y'));
      await files.makeFolder(join(root, 'x/y/z'));
      expect(await files.list(join(root, 'x/y'))).toEqual(['z']);
      await put(files, join(root, 'f'), '');
      await expect(files.makeFolder(join(root, 'f'))).rejects.toEqual(code('ENOTDIR'));
      await expect(files.makeFolder(join(root, 'f/g'))).rejects.toEqual(code('ENOTDIR'));
    });

    it('takes only ENOENT for absent', async () => {
      const { files, root } = await fresh();
      expect(await files.look(join(root, 'none'))).toBeUndefined();
      expect(await files.list(join(root, 'none'))).toEqual([]);
      await put(files, join(root, 'f'), '');
      await expect(files.list(join(root, 'f'))).rejects.toEqual(code('ENOTDIR'));
      await expect(files.look(join(root, 'f/g'))).rejects.toEqual(code('ENOTDIR'));
      await expect(files.readFile(join(root, 'none'))).rejects.toEqual(code('ENOENT'));
      await expect(files.unlink(join(root, 'none'))).rejects.toEqual(code('ENOENT'));
      await expect(files.removeFolder(join(root, 'none'))).rejects.toEqual(code('ENOENT'));
      await expect(files.syncFolder(join(root, 'none'))).rejects.toEqual(code('ENOENT'));
    });

    it('lists names in order', async () => {
      const { files, root } = await fresh();
      for (const each of ['b', 'a', '.c', 'B']) await put(files, join(root, each), '');
      expect(await files.list(root)).toEqual(['.c', 'B', 'a', 'b']);
      await files.syncFolder(root);
    });

    it('shows a symbolic link as one, and does not write through it', async () => {
      const { files, root } = await fresh();
      await put(files, join(root, 'a'), 'one');
      await fs.symlink(join(root, 'a'), join(root, 'link'));
      await fs.symlink(join(root, 'away'), join(root, 'dangling'));
      expect((await files.look(join(root, 'link')))?.kind).toBe('symlink');
      await expect(files.open(join(root, 'link'), 'update')).rejects.toEqual(code('ELOOP'));
      await expect(files.open(join(root, 'dangling'), 'create')).rejects.toEqual(code('EEXIST'));
      expect(await files.realPath(join(root, 'link'))).toBe(await files.realPath(join(root, 'a')));
      expect(text(await files.readFile(join(root, 'link')))).toBe('one');
    });

    it('does not remove a folder that holds something', async () => {
      const { files, root } = await fresh();
      await files.makeFolder(join(root, 'x/y'));
      await expect(files.removeFolder(join(root, 'x'))).rejects.toEqual(code('ENOTEMPTY'));
    });
  });
};
