import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { SinkError } from '../../src/model/errors.js';
import type { FileOps } from '../../src/model/files.js';
import { sweep, type SweepOptions } from '../../src/sink/dataFolder.js';
import { manifestPath } from '../../src/sink/layout.js';
import { createManifestStore } from '../../src/sink/manifests.js';
import { removeData } from '../../src/sink/removeData.js';
import { aManifest, putData } from '../support/aManifest.js';
import { diskFiles } from '../support/diskFiles.js';
import { failNth } from '../support/failingFiles.js';
import { temporaryFolder } from '../support/temporaryFolder.js';

const HOUR_MS = 3_600_000;
const NOW = Date.UTC(2026, 1, 1);
const DAY = 'dt=2026-01-05';

let folder = '';
beforeEach(async () => {
  folder = await temporaryFolder();
});

const age = async (path: string, hours: number): Promise<void> => {
  const at = new Date(NOW - hours * HOUR_MS);
  await utimes(join(folder, path), at, at);
};

const data = async (content: string, hours: number, partition = DAY): Promise<Awaited<ReturnType<typeof putData>>> => {
  const file = await putData(diskFiles, folder, { content, partition, attemptId: content });
  await age(file.path, hours);
  return file;
};

const commit = async (version: number, change: Parameters<typeof aManifest>[0], hours = 0): Promise<void> => {
  const store = createManifestStore(diskFiles, folder);
  const partition = change?.partition ?? DAY;
  const current = await store.read(partition);
  await store.create(aManifest({ version, prevSha256: current?.sha256 ?? null, ...change }));
  await age(manifestPath(partition, version), hours);
};

const swept = (options: Partial<SweepOptions> = {}, files: FileOps = diskFiles): ReturnType<typeof sweep> => sweep(files, folder, { nowMs: NOW, keepSupersededMs: Number.POSITIVE_INFINITY, ...options });
const left = async (partition = DAY): Promise<string[]> => readdir(join(folder, '_data', partition));

describe('sweep of the data folder', () => {
  it('removes what no manifest names and is older than 72 hours', async () => {
    const named = await data('named', 1000);
    await data('old', 73);
    const young = await data('young', 71);
    await writeFile(join(folder, `_data/${DAY}/.tmp-crash`), 'half');
    await age(`_data/${DAY}/.tmp-crash`, 100);
    await commit(1, { files: [named] });
    expect(await swept()).toEqual({ removed: 2, removedBytes: 7 });
    expect((await left()).map((name) => `_data/${DAY}/${name}`).sort()).toEqual([named.path, young.path].sort());
  });

  it('keeps the data of superseded versions, and removes it where told for how long', async () => {
    const files = [await data('one', 900), await data('two', 800), await data('three', 700)];
    for (const [i, file] of files.entries()) await commit(i + 1, { files: [file] }, 700 - i * 300);
    const names = files.map(({ path }) => path.slice(path.lastIndexOf('/') + 1));
    expect(await swept()).toMatchObject({ removed: 0 });
    // Version 1 was superseded 400 hours ago, version 2 100 hours ago.
    await swept({ keepSupersededMs: 200 * HOUR_MS });
    expect(await left()).toEqual(names.slice(1).sort());
    await swept({ keepSupersededMs: 0 });
    expect(await left()).toEqual(names.slice(2));
  });

  it('removes of superseded versions what was cut short, and rejected records as it does data', async () => {
    const [cut, whole, current] = [await data('one', 1), await data('two', 1), await data('three', 1)];
    const rejects = { path: `_rejects/${DAY}/a1.ndjson`, bytes: 3, sha256: '0'.repeat(64) };
    await mkdir(join(folder, `_rejects/${DAY}`), { recursive: true });
    await writeFile(join(folder, rejects.path), '{}\n');
    await writeFile(join(folder, `_rejects/${DAY}/old.ndjson`), '{}\n');
    await age(`_rejects/${DAY}/old.ndjson`, 73);
    await commit(1, { files: [cut, whole], rejects }, 300);
    await commit(2, { files: [current] }, 200);
    await writeFile(join(folder, cut.path), 'o');
    const there = async (): Promise<string[]> => [...(await left()), ...(await readdir(join(folder, `_rejects/${DAY}`)))].sort();
    const names = (...paths: readonly string[]): string[] => paths.map((path) => path.slice(path.lastIndexOf('/') + 1)).sort();
    await swept();
    expect(await there()).toEqual(names(whole.path, current.path, rejects.path));
    await swept({ keepSupersededMs: 100 * HOUR_MS });
    expect(await there()).toEqual(names(current.path));
  });

  it('removes nothing of a partition whose manifests are damaged', async () => {
    const lost = await data('lost', 1000);
    await commit(1, { files: [lost] });
    await writeFile(join(folder, manifestPath(DAY, 1)), 'damaged');
    await data('old', 100, 'dt=2026-01-06');
    expect(await swept()).toMatchObject({ removed: 1 });
    expect(await left()).toHaveLength(1);
  });

  it('lists data before it reads manifests: what is committed meanwhile is not garbage', async () => {
    const file = await data('committed meanwhile', 100);
    let committed = false;
    const files: FileOps = {
      ...diskFiles,
      list: async (path) => {
        if (path.includes('_manifests') && !committed) {
          committed = true;
          await commit(1, { files: [file] });
        }
        return diskFiles.list(path);
      },
    };
    expect(await swept({}, files)).toMatchObject({ removed: 0 });
    expect(committed).toBe(true);
  });

  it('removes manifests that were never linked', async () => {
    await commit(1, {});
    await writeFile(join(folder, `_manifests/${DAY}/.tmp-crash`), 'half');
    await age(`_manifests/${DAY}/.tmp-crash`, 100);
    await swept();
    expect(await readdir(join(folder, `_manifests/${DAY}`))).toEqual(['0000000000000001.json']);
  });

  it('has nothing to do where nothing was exported', async () => {
    expect(await swept()).toMatchObject({ removed: 0 });
  });

  it('says what it could not remove', async () => {
    await data('old', 100);
    await expect(swept({}, failNth(diskFiles, { operation: 'unlink', n: 1, code: 'EACCES', mode: 'before' }))).rejects.toThrow(SinkError);
  });
});

describe('removal of data', () => {
  it('removes the files that are named, once, and makes that durable', async () => {
    const [one, two] = [await data('one', 0), await data('two', 0)];
    const files = failNth(diskFiles);
    await removeData(files, folder, [one.path, one.path, `_data/${DAY}/none`]);
    expect(await left()).toEqual([two.path.slice(two.path.lastIndexOf('/') + 1)]);
    expect(files.count('syncFolder')).toBe(1);
  });

  it.each(['_data', '_data/../x', '../x', '/etc/passwd', `_manifests/${DAY}/0000000000000001.json`])('refuses %j', async (path) => {
    await commit(1, {});
    await expect(removeData(diskFiles, folder, [path])).rejects.toThrow(SinkError);
    expect((await readFile(join(folder, manifestPath(DAY, 1)))).length).toBeGreaterThan(0);
  });
});
