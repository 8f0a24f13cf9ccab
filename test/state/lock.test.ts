import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LockedError, StateError } from '../../src/model/errors.js';
import type { FileOps } from '../../src/model/files.js';
import { acquireLock, lockHolder, type LockClaim } from '../../src/state/lock.js';
import type { ProcessTable } from '../../src/state/processTable.js';
import { diskFiles } from '../support/diskFiles.js';

/** Processes by id, with their start. */
const processes = (alive: ReadonlyMap<number, number>): ProcessTable => ({
  isAlive: (pid) => alive.has(pid),
  startTicks: (pid) => alive.get(pid),
});

/** File operations that wait for `gate` before they begin. */
const gated = (files: FileOps, gate: (operation: string) => Promise<void>): FileOps => {
  const wrapped = { ...files };
  for (const name of ['readFile', 'makeFolder', 'rename', 'link', 'unlink', 'list', 'look', 'open'] as const) {
    const inner = files[name] as (...args: unknown[]) => Promise<unknown>;
    Object.assign(wrapped, {
      [name]: async (...args: unknown[]) => {
        await gate(name);
        return inner(...args);
      },
    });
  }
  return wrapped;
};

describe('acquireLock', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gcx-lock-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const claim = (pid: number, changes: Partial<LockClaim> = {}): LockClaim => ({
    jobFolder: join(folder, 'nightly'),
    pid,
    hostname: 'here',
    bootId: 'boot-1',
    processStart: pid * 10,
    startedAtMs: Date.UTC(2026, 0, 5),
    token: `token-${String(pid)}`,
    ...changes,
  });
  const table = (...pids: number[]): ProcessTable => processes(new Map(pids.map((pid) => [pid, pid * 10])));
  const path = (): string => join(folder, 'nightly', '_lock');
  const holder = async (): Promise<unknown> => (JSON.parse(await readFile(path(), 'utf8')) as { token: unknown }).token;

  it('is seen by others for as long as its process runs', async () => {
    const alive = new Map([[1, 100]]);
    const { hostname, bootId } = claim(1);
    const holder = async (): Promise<number | undefined> => (await lockHolder(diskFiles, processes(alive), { jobFolder: folder, hostname, bootId }))?.pid;
    expect(await holder()).toBeUndefined();
    const lock = await acquireLock(diskFiles, processes(alive), claim(1, { jobFolder: folder, processStart: 100 }));
    expect(await holder()).toBe(1);
    alive.set(1, 101);
    expect(await holder()).toBeUndefined();
    alive.set(1, 100);
    await lock.release();
    expect(await holder()).toBeUndefined();
  });

  it('holds the job until it is released, and then another may', async () => {
    const lock = await acquireLock(diskFiles, table(1, 2), claim(1));
    await expect(acquireLock(diskFiles, table(1, 2), claim(2))).rejects.toThrow(LockedError);
    await lock.release();
    expect(await readdir(join(folder, 'nightly'))).toEqual([]);
    await acquireLock(diskFiles, table(1, 2), claim(2));
    expect(await holder()).toBe('token-2');
  });

  it.each(['EPERM', 'ENOTSUP', 'EOPNOTSUPP'])('says that it needs hard links where the file system has none (%s), and leaves nothing behind', async (code) => {
    const files: FileOps = { ...diskFiles, link: () => Promise.reject(Object.assign(new Error(code), { code })) };
    await expect(acquireLock(files, table(1), claim(1))).rejects.toMatchObject({
      name: 'StateError',
      message: `${path()}: the lock cannot be taken, the file system has no hard links (${code})`,
      remedy: 'Put output.root on a file system that has them (ext4, xfs, btrfs, APFS, NTFS, NFS): a commit must never overwrite.',
    });
    expect(await readdir(join(folder, 'nightly'))).toEqual([]);
  });

  it('says who holds the lock, where, since when, and how to remove it by hand', async () => {
    await acquireLock(diskFiles, table(1), claim(1));
    await expect(acquireLock(diskFiles, table(1, 2), claim(2))).rejects.toMatchObject({
      exitCode: 5,
      message: `${path()}: process 1 on host here holds the lock since 2026-01-05T00:00:00.000Z`,
      remedy: expect.stringContaining(`delete ${path()}`) as string,
    });
  });

  it('holds the job against another run of the same process', async () => {
    await acquireLock(diskFiles, table(1), claim(1));
    await expect(acquireLock(diskFiles, table(1), claim(1, { token: 'other' }))).rejects.toThrow(LockedError);
  });

  it.each([
    ['no longer runs', processes(new Map([[2, 20]])), {}],
    ['has another start: its id was given to another process', processes(new Map([[1, 999], [2, 20]])), {}],
    ['belongs to another boot', processes(new Map([[1, 10], [2, 20]])), { bootId: 'boot-2' }],
  ])('replaces the lock of a process that %s', async (_, now, changes) => {
    await acquireLock(diskFiles, table(1), claim(1));
    await acquireLock(diskFiles, now, claim(2, changes));
    expect(await holder()).toBe('token-2');
    expect(await readdir(join(folder, 'nightly'))).toEqual(['_lock']);
  });

  it('leaves the lock of another host, whatever the age and the boot', async () => {
    await acquireLock(diskFiles, table(1), claim(1, { hostname: 'elsewhere', startedAtMs: 0 }));
    await expect(acquireLock(diskFiles, table(2), claim(2, { bootId: 'boot-2' }))).rejects.toThrow('on host elsewhere');
    expect(await holder()).toBe('token-1');
  });

  it('trusts a living process where the system does not say when it started', async () => {
    await acquireLock(diskFiles, table(1), claim(1, { processStart: undefined, bootId: undefined }));
    await expect(acquireLock(diskFiles, table(1, 2), claim(2))).rejects.toThrow(LockedError);
    await acquireLock(diskFiles, table(2), claim(2));
  });

  it.each(['', '{', '{"pid":1}', '{"pid":1,"host":"here","bootId":null,"processStartTicks":null,"startedAt":"","token":"../../x"}'])(
    'does not take a lock that it cannot read: %j',
    async (text) => {
      await diskFiles.makeFolder(join(folder, 'nightly'));
      await writeFile(path(), text);
      await expect(acquireLock(diskFiles, table(2), claim(2))).rejects.toThrow(LockedError);
      expect(await readFile(path(), 'utf8')).toBe(text);
    },
  );

  it('does not release a lock that another took', async () => {
    const lock = await acquireLock(diskFiles, table(1), claim(1));
    await acquireLock(diskFiles, table(2), claim(2));
    await lock.release();
    expect(await holder()).toBe('token-2');
  });

  it('releases twice, or after the lock was removed by hand, without complaint', async () => {
    const lock = await acquireLock(diskFiles, table(1), claim(1));
    await lock.release();
    await lock.release();
  });

  it.each([
    ['of an ended process', {}, 0],
    ['of an earlier boot', { bootId: 'boot-0' }, 0],
    ['of an earlier boot, whose process id another process has now', { bootId: 'boot-0', pid: 3 }, 0],
    ['of a living process', { pid: 3 }, 1],
    ['of another host', { hostname: 'there' }, 1],
  ])('sweeps a claim that was killed while it was written, if it is known to have ended: %s', async (_whose, changes, left) => {
    const dying: FileOps = {
      ...diskFiles,
      open: async (at, mode) => {
        const file = await diskFiles.open(at, mode);
        return { ...file, close: () => file.close(), sync: () => file.sync(), write: async (bytes) => { await file.write(bytes.subarray(0, bytes.length / 2)); throw new Error('killed'); } };
      },
      unlink: () => Promise.reject(new Error('killed')),
    };
    await expect(acquireLock(dying, table(2, 3), claim(1, changes))).rejects.toThrow('killed');
    const torn = await readdir(join(folder, 'nightly'));
    expect(torn).toHaveLength(1);
    const lock = await acquireLock(diskFiles, table(2, 3), claim(2));
    await lock.release();
    expect(await readdir(join(folder, 'nightly'))).toEqual(left === 0 ? [] : torn);
  });

  it('of a process whose heirs ended before they had it is taken by the next, which removes what each of them left', async () => {
    await acquireLock(diskFiles, table(1), claim(1));
    for (const n of [1, 2]) {
      const heir = { pid: n + 1, host: 'here', bootId: 'boot-1', processStartTicks: (n + 1) * 10, startedAt: '2026-01-05T00:00:00.000Z', token: `token-${String(n + 1)}` };
      await writeFile(`${path()}.after-token-${String(n)}`, JSON.stringify(heir));
    }
    let before: readonly string[] | undefined;
    // The first look through the folder comes once the lock is held.
    const files: FileOps = { ...diskFiles, list: async (at) => (before ??= await diskFiles.list(at)) };
    await acquireLock(files, table(4), claim(4));
    expect([await holder(), before]).toEqual(['token-4', ['_lock']]);
  });

  it('says that the folder cannot be written to', async () => {
    const full = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
    const files: FileOps = { ...diskFiles, open: () => Promise.reject(full) };
    const attempt = acquireLock(files, table(1), claim(1));
    await expect(attempt).rejects.toThrow(StateError);
    await expect(attempt).rejects.toMatchObject({ exitCode: 4, message: `${path()}: the lock cannot be taken (ENOSPC)` });
  });

  it.each([
    ['a free lock', false],
    ['the lock of an ended process', true],
  ])('lets exactly one of three racers have %s, in whatever order their steps come', async (_, isStale) => {
    let round = 0;
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const jobFolder = join(folder, `race-${String(round++)}`);
        const alive = table(2, 3, 4);
        if (isStale) await acquireLock(diskFiles, table(1), claim(1, { jobFolder }));
        const files = gated(diskFiles, (operation) => scheduler.schedule(Promise.resolve(), operation));
        const racers = [2, 3, 4].map((pid) => acquireLock(files, alive, claim(pid, { jobFolder })));
        const [results] = await Promise.all([Promise.allSettled(racers), scheduler.waitFor(Promise.allSettled(racers))]);
        expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
        for (const result of results) if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(LockedError);
        expect(await readdir(jobFolder)).toEqual(['_lock']);
      }),
      { numRuns: 40 },
    );
  });

  it('is not taken by a racer that found it stale and was overtaken before its next step', async () => {
    await acquireLock(diskFiles, table(1), claim(1));
    let links = 0;
    let overtaken: Promise<unknown> = Promise.resolve();
    const files = gated(diskFiles, async (operation) => {
      // Its first link found the stale lock; before the second, which makes it the heir, another run becomes the holder.
      if (operation !== 'link' || ++links !== 2) return;
      overtaken = acquireLock(diskFiles, table(2, 3), claim(3));
      await overtaken;
    });
    await expect(acquireLock(files, table(2, 3), claim(2))).rejects.toThrow('process 3 on host here');
    await overtaken;
    expect([await holder(), await readdir(join(folder, 'nightly'))]).toEqual(['token-3', ['_lock']]);
  });

  it('can be taken again wherever the run that took it was killed', async () => {
    for (let kill = 1, wasKilled = true; wasKilled; kill++) {
      const jobFolder = join(folder, `kill-${String(kill)}`);
      await acquireLock(diskFiles, table(1), claim(1, { jobFolder }));
      let operations = 0;
      const killed = new Promise<'killed'>((resolve) => {
        const files = gated(diskFiles, () => {
          if (++operations < kill) return Promise.resolve();
          resolve('killed');
          return new Promise(() => undefined);
        });
        void acquireLock(files, table(2), claim(2, { jobFolder })).then(() => {
          wasKilled = false;
          resolve('killed');
        });
      });
      await killed;
      await acquireLock(diskFiles, table(3), claim(3, { jobFolder }));
      expect(await readdir(jobFolder), `killed at operation ${String(kill)}`).toEqual(['_lock']);
    }
  });
});
