import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { FileOps, OpenFile } from '../../src/model/files.js';
import type { Job, SourceKind } from '../../src/model/job.js';
import { createNodeFiles } from '../../src/sink/nodeFiles.js';
import { failNth, type FailurePlan } from './failingFiles.js';
import { MODES, type AttemptOptions, type FaultCase, type FaultRig } from './faultRig.js';
import { hashesOf, publishedHashes } from './treeOf.js';

/** Which calls a sweep fails: from `first`, every `stride`th, until a run is clean. */
export interface Stride {
  readonly first: number;
  readonly stride: number;
}

/** Every call. */
export const EVERY: Stride = { first: 1, stride: 1 };

/** How many manifests there are, and the published tree. */
export const stateOf = async (one: FaultCase): Promise<{ readonly versions: number; readonly published: Readonly<Record<string, string>> }> => ({
  versions: Object.keys(await hashesOf(one.folder)).filter((path) => /^_manifests\/.*\/\d{16}\.json$/.test(path)).length,
  published: await publishedHashes(one.folder),
});

/** What an audit finds between a commit and its publication is no surprise; anything else is. */
const surprises = async (one: FaultCase): Promise<readonly unknown[]> => (await one.errors()).filter(({ kind }) => kind !== 'published-missing' && kind !== 'published-differs' && kind !== 'stray-published');

/** Removes the lock: of a run that was cut off in this process, which lives. A power cut is another boot, a kill another process. */
export const reboot = async (one: FaultCase): Promise<void> => {
  const files = createNodeFiles(MODES);
  for (const name of await files.list(one.folder)) if (name.startsWith('_lock')) await files.unlink(join(one.folder, name));
};

/** Fails call N of an operation; after each, old or new is whole, no descriptor stays open, and the next run completes. Gives how often a call failed. */
export const sweepFileFailures = async (rig: FaultRig, plan: Omit<FailurePlan, 'n'>, { first, stride }: Stride = EVERY, kind: SourceKind = 'next-page-url'): Promise<number> => {
  let failures = 0;
  for (let n = first; ; n += stride) {
    const one = await rig.newCase(kind);
    const files = failNth(createNodeFiles(MODES), { ...plan, n });
    const attempt = await one.run({ files });
    if (files.failed === undefined) {
      expect(attempt.exitCode).toBe(0);
      return failures;
    }
    failures++;
    const where = `${plan.code} at ${files.failed.operation} ${files.failed.path.replace(one.folder, '')} (${String(n)}, ${plan.mode})`;
    expect([where, attempt.exitCode === 0 || attempt.exitCode === 4 ? 'as documented' : attempt.text]).toEqual([where, 'as documented']);
    expect([where, files.openFiles]).toEqual([where, 0]);
    expect([where, await surprises(one)]).toEqual([where, []]);
    // Where the lock could not be given up, it is another process that runs next.
    if (files.failed.path.includes('/_lock')) await reboot(one);
    await one.recovers();
    expect([where, (await stateOf(one)).versions]).toEqual([where, 1]);
  }
};

/** When the power goes: before a call's effect, after it, or in the middle of a write. */
export type Cut = 'before' | 'after' | 'torn';

/** The power goes at operation N that changes something: that call, and every one after it, does nothing. */
const powerCut = (files: FileOps, n: number, mode: Cut): { readonly files: FileOps; readonly isOff: () => boolean } => {
  let calls = 0;
  let off = false;
  const gone = (): Error => new Error('the power is off');
  const step = async <T>(work: () => Promise<T>, torn?: () => Promise<unknown>): Promise<T> => {
    if (off) throw gone();
    if (++calls < n) return work();
    off = true;
    if (mode === 'after') await work();
    if (mode === 'torn') await torn?.();
    throw gone();
  };
  const still = <T>(work: () => Promise<T>): Promise<T> => (off ? Promise.reject(gone()) : work());
  const wrapFile = (file: OpenFile): OpenFile => ({
    write: (bytes) => step(() => file.write(bytes), () => file.write(bytes.subarray(0, bytes.length >> 1))),
    read: (position, length, into) => still(() => file.read(position, length, into)),
    truncate: (length) => step(() => file.truncate(length)),
    sync: () => step(() => file.sync()),
    dataSync: () => step(() => file.dataSync()),
    size: () => still(() => file.size()),
    // A descriptor of a dead process is closed, whatever it was doing.
    close: () => file.close(),
  });
  return {
    isOff: () => off,
    files: {
      async open(path, how) {
        if (how !== 'create') return wrapFile(await still(() => files.open(path, how)));
        let file: OpenFile | undefined;
        try {
          await step(async () => {
            file = await files.open(path, how);
          });
        } catch (error) {
          await file?.close();
          throw error;
        }
        return wrapFile(file!);
      },
      readFile: (path) => still(() => files.readFile(path)),
      makeFolder: (path) => step(() => files.makeFolder(path)),
      rename: (from, to) => step(() => files.rename(from, to)),
      link: (from, to) => step(() => files.link(from, to)),
      unlink: (path) => step(() => files.unlink(path)),
      removeFolder: (path) => step(() => files.removeFolder(path)),
      syncFolder: (path) => step(() => files.syncFolder(path)),
      list: (path) => still(() => files.list(path)),
      look: (path) => still(() => files.look(path)),
      realPath: (path) => still(() => files.realPath(path)),
    },
  };
};

/** Cuts a run off at step N. Gives whether it came so far. */
export const cutAt = async (one: FaultCase, n: number, mode: Cut, how: Omit<AttemptOptions, 'files'> = {}): Promise<boolean> => {
  const cut = powerCut(createNodeFiles(MODES), n, mode);
  await one.run({ ...how, files: cut.files });
  await reboot(one);
  return cut.isOff();
};

/** The names of all files, without the attempt's random id; without the ledger, which holds what runs did and so differs with them. */
const skeleton = async (one: FaultCase): Promise<readonly string[]> =>
  Object.keys(await hashesOf(one.folder)).filter((path) => !path.startsWith('_ledger/')).map((path) => path.replace(/[0-9a-f]{32}/, 'attempt')).sort();

/** What is exported in a sweep. */
export interface SweptJob {
  readonly kind: SourceKind;
  readonly more?: Partial<Job>;
}

/** Cuts a first export off at step N; the next run ends with the very files of an unbroken run, one version, nothing left over. Gives the steps there are, at least. */
export const sweepCuts = async (rig: FaultRig, mode: Cut, { first, stride }: Stride = EVERY, { kind, more }: SweptJob = { kind: 'next-page-url' }): Promise<number> => {
  const whole = await rig.newCase(kind, more);
  await whole.recovers();
  const expected = await skeleton(whole);
  for (let n = first; ; n += stride) {
    const one = await rig.newCase(kind, more);
    if (!(await cutAt(one, n, mode))) return n;
    expect([n, await surprises(one)]).toEqual([n, []]);
    await one.recovers();
    expect([n, await skeleton(one)]).toEqual([n, expected]);
  }
};

/** Cuts a re-export off at step N; manifests show the old version or the new, each whole, at every step. */
export const sweepReexportCuts = async (rig: FaultRig, mode: Cut, { first, stride }: Stride = EVERY): Promise<number> => {
  for (let n = first; ; n += stride) {
    const one = await rig.newCase();
    await one.run();
    const before = await stateOf(one);
    const cut = await cutAt(one, n, mode, { force: true });
    const { versions } = await stateOf(one);
    expect([n, [1, 2].includes(versions)]).toEqual([n, true]);
    // Whatever the newest manifest names is there, with its hash.
    const text = await readFile(join(one.folder, '_manifests/dt=2026-01-05', `${String(versions).padStart(16, '0')}.json`), 'utf8');
    const manifest = JSON.parse(text.split('\n')[0] ?? '') as { files: { path: string; sha256: string }[] };
    const there = await hashesOf(one.folder);
    for (const { path, sha256 } of manifest.files) expect([n, there[path]]).toEqual([n, sha256]);
    expect([n, await surprises(one)]).toEqual([n, []]);
    await one.recovers();
    expect((await stateOf(one)).published).toEqual(before.published);
    if (!cut) return n;
  }
};
