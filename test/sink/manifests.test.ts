import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { decodeManifest as decodeByAudit } from '../../src/audit/manifestFile.js';
import { SinkError, StateError } from '../../src/model/errors.js';
import type { Manifest } from '../../src/model/manifest.js';
import { createManifestStore, type ManifestStore } from '../../src/sink/manifests.js';
import { aManifest, putData } from '../support/aManifest.js';
import { diskFiles } from '../support/diskFiles.js';
import { failNth, sweepFailures } from '../support/failingFiles.js';
import { temporaryFolder } from '../support/temporaryFolder.js';

const DAY = 'dt=2026-01-05';
const FIRST = `_manifests/${DAY}/0000000000000001.json`;
const SECOND = `_manifests/${DAY}/0000000000000002.json`;

let folder = '';
let store: ManifestStore;
beforeEach(async () => {
  folder = await temporaryFolder();
  store = createManifestStore(diskFiles, folder);
});

/** The next version after what is there. */
const next = async (change: Partial<Manifest> = {}): Promise<Manifest> => {
  const current = await store.read(change.partition ?? DAY);
  const version = (current?.manifest.version ?? 0) + 1;
  return aManifest({ version, commitId: `c${String(version)}`, prevSha256: current?.sha256 ?? null, supersedes: version === 1 ? null : { version: version - 1 }, ...change });
};

const damage = async (path: string, change: (bytes: Buffer) => Buffer): Promise<void> => {
  await writeFile(join(folder, path), change(await readFile(join(folder, path))));
};

describe('manifest store', () => {
  it('gives back the highest version, and nothing for a partition that was never exported', async () => {
    expect(await store.read(DAY)).toBeUndefined();
    const first = await next({ files: [await putData(diskFiles, folder, { content: 'x' })] });
    expect(await store.create(first)).toBe('created');
    const second = await next();
    expect(await store.create(second)).toBe('created');
    expect((await store.read(DAY))?.manifest).toEqual(second);
    expect((await store.chain(DAY)).map(({ manifest }) => manifest)).toEqual([first, second]);
    expect(second.prevSha256).toBe(createHash('sha256').update(await readFile(join(folder, FIRST))).digest('hex'));
    expect(await readdir(join(folder, `_manifests/${DAY}`))).toEqual(['0000000000000001.json', '0000000000000002.json']);
  });

  it('writes the format that verify reads, with code of its own', async () => {
    const manifest = await next({ files: [await putData(diskFiles, folder, { content: 'x' })], counts: { ...aManifest().counts, rows: { conversations: 1 } } });
    await store.create(manifest);
    const bytes = await readFile(join(folder, FIRST));
    expect(decodeByAudit(bytes)).toEqual({ manifest, sha256: (await store.read(DAY))!.sha256 });
    expect(bytes.toString().split('\n')).toHaveLength(3);
  });

  it('syncs the file before it has its name, and the folder afterwards', async () => {
    const files = failNth(diskFiles);
    await createManifestStore(files, folder).create(aManifest());
    const steps = files.calls.map(({ operation }) => operation).filter((operation) => ['makeFolder', 'write', 'sync', 'link', 'syncFolder'].includes(operation));
    expect(steps).toEqual(['makeFolder', 'write', 'sync', 'link', 'syncFolder']);
  });

  it('loses the race for a version that is there, and never overwrites it', async () => {
    const mine = aManifest({ commitId: 'mine' });
    expect(await store.create(aManifest({ commitId: 'theirs' }))).toBe('created');
    expect(await store.create(mine)).toBe('lost-race');
    expect((await store.read(DAY))?.manifest.commitId).toBe('theirs');
  });

  it('has one winner among sixteen', async () => {
    const results = await Promise.all(Array.from({ length: 16 }, (_, i) => store.create(aManifest({ commitId: `c${String(i)}` }))));
    expect(results.filter((result) => result === 'created')).toHaveLength(1);
    expect(await readdir(join(folder, `_manifests/${DAY}`))).toEqual(['0000000000000001.json']);
  });

  it('finds out that its version is there when the answer to the link was lost', async () => {
    const lost = createManifestStore(failNth(diskFiles, { operation: 'link', n: 1, code: 'EIO', mode: 'after' }), folder);
    expect(await lost.create(aManifest({ commitId: 'mine' }))).toBe('created');
    const manifest = await next();
    const other = createManifestStore({ ...diskFiles, link: async (from, to) => { await store.create({ ...manifest, commitId: 'theirs' }); return diskFiles.link(from, to); } }, folder);
    expect(await other.create(manifest)).toBe('lost-race');
  });

  it('leaves a gap to nobody', async () => {
    await expect(store.create(aManifest({ version: 2, prevSha256: 'a'.repeat(64) }))).rejects.toThrow(StateError);
    expect(await store.read(DAY)).toBeUndefined();
  });

  it('either commits or not, whichever call fails, and says so', async () => {
    const tried = await sweepFailures({ code: 'ENOSPC', modes: ['before', 'after', 'torn'] }, (plan) => failNth(diskFiles, plan), async (files) => {
      const own = await temporaryFolder();
      const manifest = aManifest();
      const result: unknown = await createManifestStore(files, own).create(manifest).catch((error: unknown) => error);
      if (result !== 'created') expect(result).toSatisfy((error) => error instanceof SinkError || error instanceof StateError);
      const found = await createManifestStore(diskFiles, own).read(DAY);
      if (result === 'created') expect(found).toBeDefined();
      if (found !== undefined) expect(found.manifest).toEqual(manifest);
      expect(files.openFiles).toBe(0);
    });
    expect(tried).toBeGreaterThan(20);
  });

  it('says where hard links are that it needs', async () => {
    const files = failNth(diskFiles, { operation: 'link', n: 1, code: 'EPERM', mode: 'before' });
    await expect(createManifestStore(files, folder).create(aManifest())).rejects.toMatchObject({ remedy: expect.stringContaining('ext4') as string });
    expect(await readdir(join(folder, `_manifests/${DAY}`))).toEqual([]);
  });

  it('finds a flip of any bit of any byte, in the newest version and in one below', async () => {
    await store.create(await next({ files: [await putData(diskFiles, folder, { content: 'ü' })] }));
    await store.create(await next());
    for (const path of [FIRST, SECOND]) {
      const whole = await readFile(join(folder, path));
      const readable = createManifestStore({ ...diskFiles, readFile: async (at) => (at.endsWith(path) ? new Uint8Array(flipped) : diskFiles.readFile(at)) }, folder);
      let flipped = Buffer.from(whole);
      await expect(readable.read(DAY)).resolves.toBeDefined();
      for (let i = 0; i < whole.length; i++) {
        flipped = Buffer.from(whole);
        flipped[i]! ^= 1 << (i % 8);
        await expect(readable.read(DAY), `byte ${String(i)} of ${path}`).rejects.toThrow(StateError);
      }
    }
  });

  it('finds a cut at any length', async () => {
    await store.create(aManifest());
    const whole = await readFile(join(folder, FIRST));
    let length = 0;
    const cut = createManifestStore({ ...diskFiles, readFile: () => Promise.resolve(new Uint8Array(whole.subarray(0, length))) }, folder);
    for (; length < whole.length; length++) await expect(cut.read(DAY), String(length)).rejects.toThrow(StateError);
  });

  it('names the file and what to do, and guesses nothing, where the chain is broken', async () => {
    for (let n = 0; n < 3; n++) await store.create(await next());
    const second = await readFile(join(folder, SECOND));
    await rm(join(folder, SECOND));
    await expect(store.read(DAY)).rejects.toMatchObject({ exitCode: 4, message: expect.stringContaining('0000000000000003.json: version 2 is missing') as string, remedy: expect.stringContaining(`_manifests/${DAY}`) as string });
    await writeFile(join(folder, SECOND), await readFile(join(folder, FIRST)));
    await expect(store.read(DAY)).rejects.toThrow(/it is version 1 by its content/);
    await writeFile(join(folder, SECOND), second);
    await expect(store.read(DAY)).resolves.toBeDefined();
    const other = createManifestStore(diskFiles, await temporaryFolder());
    await other.create(aManifest({ rowsHash: 'other' }));
    await damage(FIRST, () => Buffer.from(`${JSON.stringify(aManifest({ rowsHash: 'other' }))}\n`));
    await damage(FIRST, (body) => Buffer.concat([body, Buffer.from(`${createHash('sha256').update(body).digest('hex')}\n`)]));
    await expect(store.read(DAY)).rejects.toThrow(/0000000000000002.json: it was made after another file/);
  });

  it.each(['../../../etc/passwd', '/etc/passwd', `_data/dt=2026-01-06/x.parquet`, `_data/${DAY}/../x`, `_data/${DAY}/.x`, '_data/a\\b'])('refuses a manifest that names %j as data', async (path) => {
    const file = { ...(await putData(diskFiles, folder, { content: 'x' })), path };
    const body = `${JSON.stringify(aManifest({ files: [file] }))}\n`;
    await mkdir(dirname(join(folder, FIRST)), { recursive: true });
    await writeFile(join(folder, FIRST), `${body}${createHash('sha256').update(body).digest('hex')}\n`);
    await expect(store.read(DAY)).rejects.toThrow(StateError);
  });

  it.each([`parquet/conversations/dt=2026-01-06/part-00000.parquet`, `parquet/sessions/${DAY}/part-00000.parquet`, `csv/conversations/${DAY}/part-00000.parquet`])('refuses a manifest that publishes as %j', async (publishedAs) => {
    const file = { ...(await putData(diskFiles, folder, { content: 'x' })), publishedAs };
    await store.create(aManifest({ files: [file] }));
    await expect(store.read(DAY)).rejects.toThrow(/it names a file outside its partition’s folders/);
  });

  it('lets fields pass that a later version added', async () => {
    const body = `${JSON.stringify({ ...aManifest(), later: { added: true } })}\n`;
    await mkdir(dirname(join(folder, FIRST)), { recursive: true });
    await writeFile(join(folder, FIRST), `${body}${createHash('sha256').update(body).digest('hex')}\n`);
    expect((await store.read(DAY))?.manifest).toEqual(aManifest());
  });

  it('ignores what an interrupted run left', async () => {
    await store.create(aManifest());
    await writeFile(join(folder, `_manifests/${DAY}/.tmp-x`), 'half');
    expect((await store.read(DAY))?.manifest).toEqual(aManifest());
  });

  it('lists the partitions that have a version, days and hours', async () => {
    expect(await store.partitions()).toEqual([]);
    for (const partition of ['dt=2026-01-07', 'dt=2026-01-05/hr=13', 'dt=2026-01-05/hr=02', 'dt=2026-01-05']) await store.create(await next({ partition }));
    await mkdir(join(folder, '_manifests/dt=2026-01-09'), { recursive: true });
    await mkdir(join(folder, '_manifests/other'), { recursive: true });
    expect(await store.partitions()).toEqual(['dt=2026-01-05', 'dt=2026-01-05/hr=02', 'dt=2026-01-05/hr=13', 'dt=2026-01-07']);
  });

  it('says that a file cannot be read, rather than that there is none', async () => {
    await store.create(aManifest());
    const files = failNth(diskFiles, { operation: 'readFile', n: 1, code: 'EACCES', mode: 'before' });
    await expect(createManifestStore(files, folder).read(DAY)).rejects.toThrow(/cannot be read \(EACCES\)/);
    const listing = failNth(diskFiles, { operation: 'list', n: 1, code: 'EACCES', mode: 'before' });
    await expect(createManifestStore(listing, folder).read(DAY)).rejects.toThrow(SinkError);
  });
});
