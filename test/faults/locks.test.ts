import { createHash } from 'node:crypto';
import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFaultRig, fault, LATER_PAGE, type FaultCase, type FaultRig } from '../support/faultRig.js';
import type { SourceKind } from '../../src/model/job.js';
import { jobsOf } from '../support/partsRig.js';
import { runGcx, startGcx, writeGcxFolder } from '../support/gcxProcess.js';
import { temporaryFolder } from '../support/temporaryFolder.js';
import { hashesOf, publishedHashes } from '../support/treeOf.js';

let rig: FaultRig;
beforeAll(async () => {
  rig = await startFaultRig({ settings: { latencyMs: 15 } });
});
afterAll(() => rig.close());

const JOB = { source: { kind: 'next-page-url', pageSize: 5 }, tables: ['participant_attributes', 'conversations'], lookback: '0s', completeness: { checkTotal: false } };
const BACKFILL = ['backfill', 'job', '--from', '2026-01-05', '--to', '2026-01-06'];

const folderFor = async (): Promise<string> => {
  const folder = await temporaryFolder();
  await writeGcxFolder({ folder, baseUrl: rig.simulator.baseUrl, job: JOB });
  return folder;
};

/** Resolves as soon as the simulator has been asked so often. */
const asked = async (n: number): Promise<void> => {
  while (rig.asked < n) await new Promise((resolve) => setImmediate(resolve));
};

const undisturbed = async (): Promise<Readonly<Record<string, string>>> => rig.undisturbed((await rig.newCase()).job);

const holdsOneVersion = async (folder: string): Promise<void> => {
  expect(await publishedHashes(join(folder, 'output/job'))).toEqual(await undisturbed());
  expect((await readdir(join(folder, 'output/job/_manifests/dt=2026-01-05'))).filter((name) => name.endsWith('.json'))).toHaveLength(1);
};

describe('runs at the same time', () => {
  it('#43 with the lock taken away, two runs still commit one version between them', async () => {
    const one = await rig.newCase();
    const { createNodeFiles } = await import('../../src/sink/nodeFiles.js');
    const real = createNodeFiles({ fileMode: 0o600, dirMode: 0o700 });
    // Each believes that it got the lock, whoever has it.
    const unlocked = { ...real, link: async (from: string, to: string) => (to.endsWith('/_lock') ? undefined : real.link(from, to)) };
    const [a, b] = await Promise.all([one.run({ files: unlocked }), one.run({ files: unlocked })]);
    expect([a.exitCode, b.exitCode].every((code) => code === 0 || code === 4)).toBe(true);
    expect([a.exitCode, b.exitCode]).toContain(0);
    await one.recovers();
    expect((await readdir(join(one.folder, '_manifests/dt=2026-01-05'))).filter((name) => name.endsWith('.json'))).toHaveLength(1);
  });

  it('#44 the lock of a killed process is taken over at once; the run goes on at the saved page', async () => {
    const folder = await folderFor();
    const before = rig.asked;
    const { child, ended } = startGcx(folder, BACKFILL);
    await asked(before + 4);
    child.kill('SIGKILL');
    expect((await ended).signal).toBe('SIGKILL');
    expect(await readdir(join(folder, 'output/job'))).toContain('_lock');
    const next = await runGcx(folder, BACKFILL);
    expect([next.exitCode, next.exitCode === 0 ? '' : next.stderr]).toEqual([0, '']);
    expect(await readdir(join(folder, 'output/job'))).not.toContain('_lock');
    await holdsOneVersion(folder);
  });

  it('#44 a lock of this machine’s earlier boot, or of an id that another process has now, is taken over; another host’s is not, whatever its age', async () => {
    const one = await rig.newCase();
    await one.recovers();
    const lock = { pid: process.pid, host: 'test', bootId: null, processStartTicks: 1, startedAt: '2020-01-01T00:00:00.000Z', token: 'a' };
    for (const [change, exitCode] of [[{}, 0], [{ bootId: '00000000-0000-0000-0000-000000000000', processStartTicks: null }, 0], [{ host: 'elsewhere' }, 5]] as const) {
      await writeFile(join(one.folder, '_lock'), `${JSON.stringify({ ...lock, ...change })}\n`, { mode: 0o600 });
      expect([change, (await one.run()).exitCode]).toEqual([change, exitCode]);
    }
    expect(await readFile(join(one.folder, '_lock'), 'utf8')).toContain('elsewhere');
  });
});

describe('damaged state', () => {
  /** A case whose run stopped after page 2 of 3. */
  const stopped = async (kind?: SourceKind): Promise<FaultCase> => {
    const one = await rig.newCase(kind);
    const attempt = await one.underFaults([fault({ kind: 'status', status: 501 }, { ...LATER_PAGE, nth: 2 })]);
    expect(attempt.exitCode).toBe(4);
    return one;
  };

  /** A case whose second run has sealed what the first one left, and stopped, too. */
  const stoppedTwice = async (kind?: SourceKind): Promise<FaultCase> => {
    const one = await stopped(kind);
    await one.underFaults([fault({ kind: 'status', status: 501 }, { ...LATER_PAGE, nth: 1 })]);
    return one;
  };

  const only = async (one: FaultCase, pattern: RegExp): Promise<string> => {
    const [path, ...rest] = Object.keys(await hashesOf(one.folder)).filter((name) => pattern.test(name));
    expect([path === undefined, rest]).toEqual([false, []]);
    return join(one.folder, path!);
  };

  const flip = async (path: string, at: number): Promise<void> => {
    const bytes = await readFile(path);
    bytes[at]! ^= 1 << (at % 8);
    await writeFile(path, bytes);
  };

  /** Places spread over a file, its first and last byte among them. */
  const places = (size: number, n: number): number[] => [...new Set(Array.from({ length: n }, (_, i) => Math.round((i * (size - 1)) / (n - 1))))];

  it('#45 a checkpoint that is damaged is set aside, and verify names it', async () => {
    const one = await stopped();
    await flip(await only(one, /checkpoint\.json$/), 20);
    expect((await one.findings()).map(({ kind, path }) => [kind, path.replace(/[0-9a-f]{32}/, 'attempt')])).toEqual([['journal', '_journal/attempt/checkpoint.json']]);
    const attempt = await one.recovers();
    expect(attempt.text).toContain('journal set aside');
    expect((await one.findings()).map(({ path }) => path.replace(/[0-9a-f]{32}/, 'attempt'))).toEqual(['_journal/attempt.damaged']);
  });

  it('#45 a whole checkpoint whose position cannot be read, as another version made it: its pages stay, and the source is asked from the start', async () => {
    const one = await stoppedTwice();
    const path = await only(one, /checkpoint\.json$/);
    const checkpoint = JSON.parse((await readFile(path, 'utf8')).split('\n')[0]!) as { position: Record<string, unknown> };
    checkpoint.position['ofALaterVersion'] = true;
    const text = JSON.stringify(checkpoint);
    await writeFile(path, `${text}\n${createHash('sha256').update(text).digest('hex')}\n`);
    const attempt = await one.recovers();
    expect(attempt.text).toContain('position gone, asking from the start');
    expect(attempt.counts!.refetched).toBeGreaterThan(0);
  });

  it('#45 the job of a journal whose pages are damaged is given back', async () => {
    const one = await stoppedTwice('job-cursor');
    const before = jobsOf(rig);
    const held = before.made - before.deleted - 1;
    const path = await only(one, /_journal\/[0-9a-f]{32}\/seg-00001$/);
    await flip(path, (await readFile(path)).length >> 1);
    expect((await one.recovers()).text).toContain('journal set aside');
    const { made, deleted } = jobsOf(rig);
    expect(made - deleted).toBe(held);
  });

  it('#45 a manifest with a changed byte, or cut short, is never guessed: exit 4 naming it, verify names it, and put back it is right', async () => {
    const one = await rig.newCase();
    await one.recovers();
    const path = await only(one, /^_manifests\//);
    const good = await readFile(path);
    for (const at of places(good.length, 6)) {
      for (const damage of ['flip', 'cut'] as const) {
        if (damage === 'flip') await flip(path, at);
        else await truncate(path, at);
        const attempt = await one.run();
        expect([at, damage, attempt.exitCode]).toEqual([at, damage, 4]);
        expect(attempt.text).toContain('0000000000000001.json');
        expect((await one.errors()).map(({ kind }) => kind)).toContain('manifest-unreadable');
        await writeFile(path, good);
      }
    }
    await one.recovers();
  });

  it('#45 a data file with a changed byte is named by verify, and a forced export replaces it', async () => {
    const one = await rig.newCase();
    await one.recovers();
    const path = await only(one, /^_data\/.*conversations/);
    for (const at of places((await readFile(path)).length, 4)) {
      await flip(path, at);
      expect((await one.errors()).map(({ kind }) => kind)).toContain('file-changed');
      await flip(path, at);
    }
    await flip(path, 100);
    const attempt = await one.run({ force: true });
    expect(attempt.exitCode).toBe(0);
    expect(await publishedHashes(one.folder)).toEqual(await rig.undisturbed(one.job));
  });
});
