import { copyFile, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { SinkError } from '../../src/model/errors.js';
import type { ManifestFile } from '../../src/model/manifest.js';
import { publish } from '../../src/sink/publishedTree.js';
import { aManifest, putData } from '../support/aManifest.js';
import { diskFiles } from '../support/diskFiles.js';
import { failNth, sweepFailures } from '../support/failingFiles.js';
import { temporaryFolder } from '../support/temporaryFolder.js';

let folder = '';
beforeEach(async () => {
  folder = await temporaryFolder();
});

/** Every published file with its content. */
const published = async (root = folder): Promise<Record<string, string>> => {
  const found: Record<string, string> = {};
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name).slice(root.length + 1);
    if (!path.startsWith('_') && !entry.isDirectory()) found[path] = await readFile(join(root, path), 'utf8');
  }
  return found;
};

const put = (content: string, more: Partial<Parameters<typeof putData>[2]> = {}): Promise<ManifestFile> => putData(diskFiles, folder, { content, ...more });

describe('published tree', () => {
  it('is the manifest’s files, by hard links', async () => {
    const files = [await put('p'), await put('q', { part: 1 }), await put('c', { format: 'csv', table: 'sessions' })];
    await publish(diskFiles, folder, aManifest({ files }));
    expect(await published()).toEqual({
      'parquet/conversations/dt=2026-01-05/part-00000.parquet': 'p',
      'parquet/conversations/dt=2026-01-05/part-00001.parquet': 'q',
      'csv/sessions/dt=2026-01-05/part-00000.csv': 'c',
    });
    for (const { path, publishedAs } of files) expect((await diskFiles.look(join(folder, publishedAs)))?.inode).toBe((await diskFiles.look(join(folder, path)))?.inode);
  });

  it('changes nothing the second time', async () => {
    const manifest = aManifest({ files: [await put('p'), await put('c', { format: 'csv' })] });
    await publish(diskFiles, folder, manifest);
    const files = failNth(diskFiles);
    await publish(files, folder, manifest);
    for (const operation of ['link', 'rename', 'unlink', 'removeFolder', 'open', 'syncFolder'] as const) expect(files.count(operation), operation).toBe(0);
  });

  it('replaces the day, and removes what the new version has no more: parts, tables, formats, leftovers', async () => {
    await publish(diskFiles, folder, aManifest({ files: [await put('1'), await put('2', { part: 1 }), await put('3', { format: 'csv' }), await put('4', { table: 'sessions' })] }));
    const other = await put('5', { partition: 'dt=2026-01-06' });
    await publish(diskFiles, folder, aManifest({ partition: 'dt=2026-01-06', files: [other] }));
    await writeFile(join(folder, 'parquet/conversations/dt=2026-01-05/.tmp-x'), 'half');
    await publish(diskFiles, folder, aManifest({ version: 2, files: [await put('new', { attemptId: 'a2' })] }));
    expect(await published()).toEqual({ 'parquet/conversations/dt=2026-01-05/part-00000.parquet': 'new', 'parquet/conversations/dt=2026-01-06/part-00000.parquet': '5' });
    expect(await readdir(join(folder, 'csv/conversations'))).toEqual([]);
    expect(await readdir(join(folder, 'parquet/sessions'))).toEqual([]);
  });

  it('removes all of a day that has no rows any more, hours with their day', async () => {
    await publish(diskFiles, folder, aManifest({ partition: 'dt=2026-01-05/hr=13', files: [await put('1', { partition: 'dt=2026-01-05/hr=13' })] }));
    await publish(diskFiles, folder, aManifest({ partition: 'dt=2026-01-05/hr=14', files: [await put('2', { partition: 'dt=2026-01-05/hr=14' })] }));
    await publish(diskFiles, folder, aManifest({ partition: 'dt=2026-01-05/hr=13', version: 2 }));
    expect(await readdir(join(folder, 'parquet/conversations/dt=2026-01-05'))).toEqual(['hr=14']);
    await publish(diskFiles, folder, aManifest({ partition: 'dt=2026-01-05/hr=14', version: 2 }));
    expect(await readdir(join(folder, 'parquet/conversations'))).toEqual([]);
  });

  it('leaves the hours of a day alone when the day itself is published', async () => {
    await publish(diskFiles, folder, aManifest({ partition: 'dt=2026-01-05/hr=13', files: [await put('1', { partition: 'dt=2026-01-05/hr=13' })] }));
    await publish(diskFiles, folder, aManifest());
    expect(Object.keys(await published())).toEqual(['parquet/conversations/dt=2026-01-05/hr=13/part-00000.parquet']);
  });

  it.each(['EXDEV', 'EPERM', 'ENOTSUP', 'EMLINK'])('copies where links are impossible (%s), and sees that the copy is right the second time', async (code) => {
    const content = 'x'.repeat(2_500_000);
    const manifest = aManifest({ files: [await put(content)] });
    const noLinks = failNth(diskFiles, { operation: 'link', n: 1, code, mode: 'before', forEver: true });
    await publish(noLinks, folder, manifest);
    expect(await published()).toEqual({ 'parquet/conversations/dt=2026-01-05/part-00000.parquet': content });
    const renames = noLinks.count('rename');
    await publish(noLinks, folder, manifest);
    expect(noLinks.count('rename')).toBe(renames);
  });

  it('replaces a published file that is not what the manifest says', async () => {
    const files = [await put('right')];
    const path = join(folder, files[0]!.publishedAs);
    await publish(diskFiles, folder, aManifest({ files }));
    await rm(path);
    await writeFile(path, 'wrong');
    await publish(diskFiles, folder, aManifest({ files }));
    expect(await readFile(path, 'utf8')).toBe('right');
    expect(await readFile(join(folder, files[0]!.path), 'utf8')).toBe('right');
    await rm(path);
    await copyFile(join(folder, files[0]!.path), path);
    const counted = failNth(diskFiles);
    await publish(counted, folder, aManifest({ files }));
    expect(counted.count('link')).toBe(0);
  });

  it('does not publish damaged data by copy', async () => {
    const files = [await put('right')];
    await rm(join(folder, files[0]!.path));
    await writeFile(join(folder, files[0]!.path), 'wrong');
    const noLinks = failNth(diskFiles, { operation: 'link', n: 1, code: 'EXDEV', mode: 'before', forEver: true });
    await expect(publish(noLinks, folder, aManifest({ files }))).rejects.toThrow(SinkError);
    expect(await published()).toEqual({});
  });

  it.each(['parquet', 'parquet/conversations', 'parquet/conversations/dt=2026-01-05'])('refuses a symbolic link in place of %s', async (planted) => {
    const away = await temporaryFolder();
    await mkdir(join(away, 'x'), { recursive: true });
    await writeFile(join(away, 'part-00009.parquet'), 'theirs');
    await mkdir(join(folder, planted, '..'), { recursive: true });
    await symlink(away, join(folder, planted));
    await expect(publish(diskFiles, folder, aManifest({ files: [await put('1')] }))).rejects.toThrow(/symlink, not a folder/);
    await expect(publish(diskFiles, folder, aManifest())).rejects.toThrow(/symlink, not a folder/);
    expect(await readdir(away)).toEqual(['part-00009.parquet', 'x']);
  });

  it('refuses a symbolic link in place of a published file, and removes one that has no place', async () => {
    const away = await temporaryFolder();
    await writeFile(join(away, 'theirs'), 'theirs');
    const files = [await put('1')];
    await publish(diskFiles, folder, aManifest({ files }));
    await symlink(join(away, 'theirs'), join(folder, 'parquet/conversations/dt=2026-01-05/part-00001.parquet'));
    await publish(diskFiles, folder, aManifest({ files }));
    expect(await readdir(join(folder, 'parquet/conversations/dt=2026-01-05'))).toEqual(['part-00000.parquet']);
    await rm(join(folder, files[0]!.publishedAs));
    await symlink(join(away, 'theirs'), join(folder, files[0]!.publishedAs));
    await expect(publish(diskFiles, folder, aManifest({ files }))).rejects.toThrow(/symlink, not a file/);
    expect(await readFile(join(away, 'theirs'), 'utf8')).toBe('theirs');
  });

  it('works in an output folder that is reached by a symbolic link', async () => {
    const link = join(await temporaryFolder(), 'output');
    await symlink(folder, link);
    const files = [await put('1')];
    await publish(diskFiles, link, aManifest({ files }));
    expect(Object.values(await published())).toEqual(['1']);
  });

  it.each(['path', 'publishedAs'] as const)('refuses a manifest whose %s leads elsewhere', async (field) => {
    const file = { ...(await put('1')), [field]: '../../elsewhere' };
    await expect(publish(diskFiles, folder, aManifest({ files: [file] }))).rejects.toThrow(SinkError);
    expect(await published()).toEqual({});
  });

  it('is right after a second try, whichever call failed in the first', async () => {
    const tried = await sweepFailures({ code: 'EIO' }, (plan) => failNth(diskFiles, plan), async (files) => {
      const own = await temporaryFolder();
      const at = (content: string, more: Partial<Parameters<typeof putData>[2]>): Promise<ManifestFile> => putData(diskFiles, own, { content, ...more });
      await publish(diskFiles, own, aManifest({ files: [await at('old', {}), await at('gone', { part: 1 })] }));
      const manifest = aManifest({ version: 2, files: [await at('new', { attemptId: 'a2' })] });
      await publish(files, own, manifest).catch((error: unknown) => {
        expect(error).toBeInstanceOf(SinkError);
      });
      // At no time is there half a file.
      expect(Object.values(await published(own)).every((content) => ['old', 'gone', 'new'].includes(content))).toBe(true);
      await publish(diskFiles, own, manifest);
      expect(await published(own)).toEqual({ 'parquet/conversations/dt=2026-01-05/part-00000.parquet': 'new' });
    });
    expect(tried).toBeGreaterThan(20);
  });
});
