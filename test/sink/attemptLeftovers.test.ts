import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { StateError } from '../../src/model/errors.js';
import { removeAttemptLeftovers } from '../../src/sink/attemptLeftovers.js';
import { createManifestStore } from '../../src/sink/manifests.js';
import { attemptTemporaryName } from '../../src/sink/temporaryName.js';
import { aManifest, putData } from '../support/aManifest.js';
import { diskFiles } from '../support/diskFiles.js';
import { temporaryFolder } from '../support/temporaryFolder.js';

const DAY = 'dt=2026-01-05';
const MINE = 'a'.repeat(32);
const OTHERS = 'b'.repeat(32);

let folder = '';
beforeEach(async () => {
  folder = await temporaryFolder();
});

const put = async (path: string): Promise<void> => {
  await mkdir(join(folder, path, '..'), { recursive: true });
  await writeFile(join(folder, path), 'half');
};
const left = async (path: string): Promise<string[]> => (await readdir(join(folder, path))).sort();

describe('what an attempt leaves', () => {
  it('goes, save what a version of the partition names; another attempt’s stays', async () => {
    const named = await putData(diskFiles, folder, { attemptId: MINE, content: 'named' });
    const unnamed = await putData(diskFiles, folder, { attemptId: MINE, content: 'unnamed' });
    const foreign = await putData(diskFiles, folder, { attemptId: OTHERS, content: 'foreign' });
    const theirs = attemptTemporaryName(OTHERS);
    await createManifestStore(diskFiles, folder).create(aManifest({ attemptId: MINE, files: [named] }));
    for (const place of ['_data', '_manifests', '_rejects']) for (const name of [attemptTemporaryName(MINE), theirs]) await put(`${place}/${DAY}/${name}`);
    await put(`_rejects/${DAY}/${MINE}.ndjson`);
    await put(`_rejects/${DAY}/${OTHERS}.ndjson`);

    await removeAttemptLeftovers(diskFiles, folder, DAY, MINE);

    expect((await left(`_data/${DAY}`)).map((name) => `_data/${DAY}/${name}`)).toEqual([`_data/${DAY}/${theirs}`, named.path, foreign.path].sort());
    expect(unnamed.path).not.toBe(named.path);
    expect(await left(`_manifests/${DAY}`)).toEqual([theirs, '0000000000000001.json'].sort());
    expect(await left(`_rejects/${DAY}`)).toEqual([theirs, `${OTHERS}.ndjson`].sort());
  });

  it('keeps rejected records that a version names', async () => {
    const path = `_rejects/${DAY}/${MINE}.ndjson`;
    await put(path);
    await createManifestStore(diskFiles, folder).create(aManifest({ attemptId: MINE, rejects: { path, bytes: 4, sha256: '0'.repeat(64) } }));
    await removeAttemptLeftovers(diskFiles, folder, DAY, MINE);
    expect(await left(`_rejects/${DAY}`)).toEqual([`${MINE}.ndjson`]);
  });

  it('stays where the manifests cannot be read: nobody knows then what they name', async () => {
    const { path } = await putData(diskFiles, folder, { attemptId: MINE, content: 'unknown' });
    await put(`_manifests/${DAY}/0000000000000001.json`);
    await expect(removeAttemptLeftovers(diskFiles, folder, DAY, MINE)).rejects.toThrow(StateError);
    expect(await left(`_data/${DAY}`)).toEqual([path.slice(path.lastIndexOf('/') + 1)]);
  });

  it('is nothing where nothing was ever written', async () => {
    await removeAttemptLeftovers(diskFiles, folder, DAY, MINE);
    expect(await left('.')).toEqual([]);
  });
});
