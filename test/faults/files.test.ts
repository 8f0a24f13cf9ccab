import { spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, rename, rm, stat, symlink, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadJob } from '../../src/config/load.js';
import { createNodeFiles } from '../../src/sink/nodeFiles.js';
import { duck } from '../support/duck.js';
import { failNth } from '../support/failingFiles.js';
import { MODES, type Attempt, type FaultCase, type FaultRig } from '../support/faultRig.js';
import { runGcx, writeGcxFolder } from '../support/gcxProcess.js';
import { conversationText, pageText, type PageServer } from '../support/pageServer.js';
import { startPagesRig } from '../support/pagesRig.js';
import { temporaryFolder } from '../support/temporaryFolder.js';
import { publishedHashes } from '../support/treeOf.js';

let rig: FaultRig;
let server: PageServer;
beforeAll(async () => {
  ({ rig, server } = await startPagesRig());
});

const JOB = { source: { kind: 'next-page-url', pageSize: 5 }, tables: ['participant_attributes', 'conversations'], lookback: '0s', completeness: { checkTotal: false } };
const BACKFILL = ['backfill', 'job', '--from', '2026-01-05', '--to', '2026-01-06'];
const isRoot = process.getuid?.() === 0;

const ranWell = (command: string, ...args: readonly string[]): boolean => spawnSync(command, args, { stdio: 'ignore' }).status === 0;

/** Fills a disk to its last byte. Gives what makes room again. */
const fillUp = async (root: string): Promise<() => Promise<void>> => {
  const ballast = await createNodeFiles(MODES).open(join(root, 'ballast'), 'create');
  try {
    for (;;) await ballast.write(new Uint8Array(4096));
  } catch (error) {
    expect(error).toMatchObject({ code: 'ENOSPC' });
  } finally {
    await ballast.close();
  }
  return () => unlink(join(root, 'ballast'));
};

/** Works on a file system of so many KiB; where mounting is not permitted, in a plain folder. */
const onSmallDisk = async (kib: number, work: (disk: { readonly root: string; readonly isMounted: boolean }) => Promise<void>): Promise<void> => {
  const root = await temporaryFolder();
  const isMounted = isRoot && ranWell('mount', '-t', 'tmpfs', '-o', `size=${String(kib)}k,mode=700`, 'tmpfs', root);
  try {
    await work({ root, isMounted });
  } finally {
    if (isMounted) spawnSync('umount', [root]);
  }
};

describe('a disk that is full', () => {
  it('#37 a real one: exit 4 with what to do, the old version whole, and with space again the next run completes', async () => {
    await onSmallDisk(256, async ({ root, isMounted }) => {
      const one = await rig.newCase('next-page-url', {}, root);
      await one.recovers();
      const before = await publishedHashes(one.folder);
      // Without the right to mount the file operations say that the disk is full.
      const full = isMounted ? { release: await fillUp(root) } : { files: failNth(createNodeFiles(MODES), { operation: 'write', n: 1, code: 'ENOSPC', mode: 'torn', forEver: true }), release: () => Promise.resolve() };
      const attempt = await one.run({ force: true, ...('files' in full ? { files: full.files } : {}) });
      expect(attempt.exitCode).toBe(4);
      expect(attempt.text).toMatch(/ENOSPC/);
      expect(await publishedHashes(one.folder)).toEqual(before);
      expect(await one.errors()).toEqual([]);
      await full.release();
      await one.recovers({ force: true });
    });
  });
});

describe('an output folder that cannot be used', () => {
  it('#38 a disk that turns read-only under a job: exit 4 naming the path, nothing changed; writable again, the next run completes', async () => {
    await onSmallDisk(4096, async ({ root, isMounted }) => {
      const one = await rig.newCase('next-page-url', {}, root);
      await one.recovers();
      if (isMounted) spawnSync('mount', ['-o', 'remount,ro', root]);
      const files = isMounted ? createNodeFiles(MODES) : failNth(createNodeFiles(MODES), { operation: 'open', n: 1, code: 'EROFS', mode: 'before', forEver: true });
      const attempt = await one.run({ force: true, files });
      expect(attempt.exitCode).toBe(4);
      expect(attempt.text).toContain('EROFS');
      expect(attempt.text).toContain(root);
      if (isMounted) spawnSync('mount', ['-o', 'remount,rw', root]);
      await one.recovers({ force: true });
    });
  });

  it('#38 one that belongs to another user: exit 2 naming it, before anything is asked for', async () => {
    const folder = await temporaryFolder();
    await writeGcxFolder({ folder, baseUrl: rig.simulator.baseUrl, job: JOB });
    await mkdir(join(folder, 'output'), { mode: isRoot ? 0o755 : 0o555 });
    spawnSync('chmod', ['755', folder]);
    spawnSync('chmod', ['644', join(folder, 'config.yaml')]);
    const before = rig.asked;
    const ended = await runGcx(folder, BACKFILL, { wrapper: isRoot ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : [] });
    expect([ended.exitCode, ended.exitCode === 2 ? '' : ended.stderr]).toEqual([2, '']);
    expect(ended.stderr).toContain(`${join(folder, 'output')} cannot be written`);
    expect(rig.asked).toBe(before);
  });

  it.each(['_data', '_journal', '_manifests'])('#38 a run whose %s is removed under it ends in exit 0 or 4, and the next one makes up for it', async (name) => {
    for (const at of [1, 2, 3]) {
      const one = await rig.newCase();
      const real = createNodeFiles(MODES);
      let syncs = 0;
      const files = {
        ...real,
        async syncFolder(path: string) {
          await real.syncFolder(path);
          if (path.includes(name) && ++syncs === at) await rm(join(one.folder, name), { recursive: true });
        },
      };
      const attempt = await one.run({ files });
      expect([name, at, attempt.exitCode === 0 || attempt.exitCode === 4 ? '' : attempt.text]).toEqual([name, at, '']);
      await one.recovers();
    }
  });
});

describe('names', () => {
  const NAMES = ['..', '../../x', '/etc/passwd', '\\..\\x', 'a\\u0000b', 'CON', `${'n'.repeat(300)}`, 'trailing.', 'dt=2026-01-01', '_manifests', '.tmp-x', '%2e%2e', ' '];

  it('#49 attributes named like paths are values in files, and no path is made of them', async () => {
    const one = await rig.newCase();
    server.serve(pageText([conversationText(1, `{${NAMES.map((name, i) => `"${name.replaceAll('\\..\\', '\\\\..\\\\')}":"${String(i)}"`).join(',')}}`)]));
    const attempt = await one.run({ baseUrl: server.baseUrl });
    expect([attempt.exitCode, attempt.counts?.rows.participant_attributes]).toEqual([0, NAMES.length]);
    expect(await readdir(dirname(one.folder))).toEqual([one.job.name]);
    expect(Object.keys(await publishedHashes(one.folder))).toEqual(['parquet/conversations/dt=2026-01-05/part-00000.parquet', 'parquet/participant_attributes/dt=2026-01-05/part-00000.parquet']);
  });

  it('#49 a job is never named so that its folder would lie elsewhere', async () => {
    const folder = await temporaryFolder();
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.constantFrom('..', '.', '../x', 'a/../../b', '/etc', 'a\0b', '_lock', 'CON', 'x'.repeat(300)), fc.string({ maxLength: 40 })), async (name) => {
        try {
          const job = await loadJob(name, folder);
          expect(job.name).toMatch(/^[A-Za-z0-9][\w-]*$/);
        } catch (error) {
          expect(error).toMatchObject({ name: 'ConfigError' });
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each(['parquet', 'parquet/conversations', 'parquet/conversations/dt=2026-01-05', '_data', '_manifests', '_journal', '_data/dt=2026-01-05'])('#49 a symbolic link planted at %s never leads a file out of the folder', async (where) => {
    const one = await rig.newCase();
    const outside = await temporaryFolder();
    await mkdir(join(one.folder, dirname(where)), { recursive: true, mode: 0o700 });
    await symlink(outside, join(one.folder, where));
    const attempt = await one.run();
    expect([where, await readdir(outside), attempt.exitCode]).toEqual([where, [], 4]);
    expect(attempt.text).toContain(`${join(one.folder, where)}: `);
    await unlink(join(one.folder, where));
    await one.recovers();
  });

  it('#49 a symbolic link planted in place of a published file is refused, and what it points to is left alone', async () => {
    const one = await rig.newCase();
    await one.recovers();
    const outside = join(await temporaryFolder(), 'mine');
    const published = join(one.folder, 'parquet/conversations/dt=2026-01-05/part-00000.parquet');
    await rename(published, outside);
    const before = await readFile(outside);
    await symlink(outside, published);
    expect((await one.run({ force: true })).exitCode).toBe(4);
    expect(await readFile(outside)).toEqual(before);
  });
});

describe('what is written', () => {
  it('is readable by its owner only, whatever the umask: files 0600, folders 0700 (#51)', async () => {
    const before = process.umask(0);
    try {
      const one: FaultCase = await rig.newCase('job-cursor', { formats: ['parquet', 'csv'], onBadRecord: 'reject' });
      await one.recovers();
      const entries = await readdir(one.folder, { recursive: true, withFileTypes: true });
      for (const entry of entries) {
        const { mode } = await stat(join(entry.parentPath, entry.name));
        expect([entry.name, (mode & 0o777).toString(8)]).toEqual([entry.name, entry.isDirectory() ? '700' : '600']);
      }
      expect(((await stat(one.folder)).mode & 0o777).toString(8)).toBe('700');
    } finally {
      process.umask(before);
    }
  });

  it('#50 cells that a spreadsheet would compute get an apostrophe where the job says so, and stay as they are where not; Parquet is never changed', async () => {
    const values = ['=1+1', '+49123', '-5', '@x', "'=1+1", '\\tx', '\\rx', 'plain'];
    server.serve(pageText([conversationText(1, `{${values.map((value, i) => `"a${String(i)}":"${value}"`).join(',')},"=n":"1","'=n":"2"}`)]));
    const exported = async (escapeFormulas: boolean): Promise<{ one: FaultCase; attempt: Attempt; csv: string }> => {
      const one = await rig.newCase('next-page-url', { formats: ['csv', 'parquet'], csv: { escapeFormulas } });
      const attempt = await one.run({ baseUrl: server.baseUrl });
      expect(attempt.exitCode).toBe(0);
      return { one, attempt, csv: await readFile(join(one.folder, 'csv/participant_attributes/dt=2026-01-05/part-00000.csv'), 'utf8') };
    };
    const [raw, escaped] = [await exported(false), await exported(true)];
    for (const value of ['=1+1', '+49123', '-5', '@x', "'=1+1"]) {
      expect(raw.csv).toContain(`,${value},`);
      expect(escaped.csv).toContain(`,'${value},`);
    }
    expect(escaped.csv).toContain(',plain,');
    // Names that differ in an apostrophe alone stay two.
    expect(escaped.csv).toMatch(/,'=n,1,[^]*,''=n,2,/);
    expect(await escaped.one.errors()).toEqual([]);
    const inParquet = async ({ one }: { one: FaultCase }): Promise<unknown> => duck(`SELECT name, value FROM read_parquet('${join(one.folder, 'parquet/participant_attributes/*/*.parquet')}') ORDER BY 1`);
    expect(await inParquet(escaped)).toEqual(await inParquet(raw));
    // The policy is part of the request: without --force the one never replaces the other.
    const other = await rig.newCase('next-page-url', { formats: ['csv', 'parquet'], csv: { escapeFormulas: true } }, raw.one.root);
    const again = await other.run({ baseUrl: server.baseUrl });
    expect([again.exitCode, again.report?.due]).toEqual([0, 0]);
    expect(await readFile(join(other.folder, 'csv/participant_attributes/dt=2026-01-05/part-00000.csv'), 'utf8')).toBe(raw.csv);
    expect((await other.run({ baseUrl: server.baseUrl, force: true })).exitCode).toBe(0);
    expect(await readFile(join(other.folder, 'csv/participant_attributes/dt=2026-01-05/part-00000.csv'), 'utf8')).toBe(escaped.csv);
  });
});
