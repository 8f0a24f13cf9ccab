import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNodeFiles } from '../../src/sink/nodeFiles.js';
import { failNth } from '../support/failingFiles.js';
import { MODES, startFaultRig, type FaultRig } from '../support/faultRig.js';
import { cutAt, stateOf, sweepCuts, sweepFileFailures, sweepReexportCuts } from '../support/faultSweeps.js';
import { publishedHashes } from '../support/treeOf.js';

// Samples of the sweeps, each beginning at another call; test/slow/faultSweeps.slow.ts fails every call there is.

let rig: FaultRig;
beforeAll(async () => {
  rig = await startFaultRig();
});
afterAll(() => rig.close());

describe('file operation N fails', () => {
  it.each([
    ['write', 'torn', 2, 17],
    ['link', 'before', 1, 4],
    ['makeFolder', 'before', 2, 9],
  ] as const)('#37 ENOSPC at %s (%s): exit 4 or no harm, and the next run completes', async (operation, mode, first, stride) => {
    expect(await sweepFileFailures(rig, { operation, code: 'ENOSPC', mode }, { first, stride })).toBeGreaterThan(0);
  });

  it('#37 a disk that stays full: exit 4 at whichever write it begins, the old version stays whole, and space that returns is enough', async () => {
    for (let n = 1; ; n += 14) {
      const one = await rig.newCase('job-cursor');
      await one.run();
      const old = await stateOf(one);
      const files = failNth(createNodeFiles(MODES), { operation: 'write', n, code: 'ENOSPC', mode: 'torn', forEver: true });
      const attempt = await one.run({ files, force: true });
      if (files.failed === undefined) break;
      const refused = files.calls.filter(({ operation }) => operation === 'write').slice(n - 1);
      // The ledger is written when all is committed: without it the new version is whole all the same.
      const isCommitted = refused.every(({ path }) => path.includes('/_ledger/'));
      expect([n, attempt.exitCode]).toEqual([n, isCommitted ? 0 : 4]);
      expect(attempt.text).toContain('ENOSPC');
      expect(await stateOf(one)).toEqual({ ...old, versions: isCommitted ? 2 : 1 });
      expect(await one.errors()).toEqual([]);
      await one.recovers({ force: true });
    }
  });

  it.each([
    ['open', 'EMFILE', 2, 13],
    ['rename', 'EACCES', 1, 4],
    ['list', 'EACCES', 2, 24],
    ['read', 'EACCES', 1, 19],
  ] as const)('#38 %s answered with %s: exit 4 or no harm, and the next run completes', async (operation, code, first, stride) => {
    expect(await sweepFileFailures(rig, { operation, code, mode: 'before' }, { first, stride })).toBeGreaterThan(0);
  });

  it.each([
    ['sync', 'before', 1, 6],
    ['dataSync', 'after', 1, 2],
    ['syncFolder', 'after', 3, 11],
    ['link', 'after', 1, 4],
  ] as const)('#39 EIO at %s (%s its effect): exit 4 or no harm, and the next run completes', async (operation, mode, first, stride) => {
    expect(await sweepFileFailures(rig, { operation, code: 'EIO', mode }, { first, stride })).toBeGreaterThan(0);
  });

  it('#39 no file is synced again after its sync failed', async () => {
    for (const operation of ['sync', 'dataSync'] as const) {
      for (let n = 1; ; n += 3) {
        const one = await rig.newCase();
        const files = failNth(createNodeFiles(MODES), { operation, n, code: 'EIO', mode: 'before' });
        await one.run({ files });
        if (files.failed === undefined) break;
        const { path } = files.failed;
        const later = files.calls.slice(files.calls.indexOf(files.failed) + 1);
        const opened = later.findIndex((call) => call.path === path && call.operation === 'open');
        const same = opened === -1 ? later : later.slice(0, opened);
        expect(same.filter((call) => call.path === path && (call.operation === 'sync' || call.operation === 'dataSync'))).toEqual([]);
      }
    }
  });
});

describe('a commit that cannot be published', () => {
  it('#45 because its data are gone keeps no other partition from being exported, and is exported again', async () => {
    const one = await rig.newCase();
    const files = failNth(createNodeFiles(MODES), { operation: 'link', path: /\/parquet\//, n: 1, code: 'EIO', mode: 'before' });
    expect((await one.run({ files })).exitCode).toBe(4);
    await rm(join(one.folder, '_data/dt=2026-01-05'), { recursive: true });
    const next = await one.run({ to: '2026-01-07' });
    expect([next.exitCode, next.report?.outcomes.map(({ partition, result }) => [partition, result])]).toEqual([0, [['dt=2026-01-05', 'committed'], ['dt=2026-01-06', 'committed']]]);
    expect((await stateOf(one)).versions).toBe(3);
    expect(await publishedHashes(one.folder)).toEqual(await rig.undisturbed(one.job));
    expect(await one.errors()).toEqual([]);
  });
});

describe('the run is cut off at step N', () => {
  it.each([
    ['before', 3],
    ['after', 5],
    ['torn', 4],
  ] as const)('#42 %s its effect, from P1 to P7: the next run ends with the very files of an unbroken run, one version, nothing left over', async (mode, first) => {
    expect(await sweepCuts(rig, mode, { first, stride: 29 })).toBeGreaterThan(40);
  });

  it('#42 twice in a row, at one step and then at another, ends well too', async () => {
    for (const [n, m] of [[9, 4], [41, 17]] as const) {
      const one = await rig.newCase();
      await cutAt(one, n, 'after');
      await cutAt(one, m, 'before');
      await one.recovers();
      expect((await stateOf(one)).versions).toBe(1);
    }
  });

  it('#41 in a re-export, manifests show the old version or the new, each whole', async () => {
    expect(await sweepReexportCuts(rig, 'after', { first: 4, stride: 37 })).toBeGreaterThan(40);
  });
});
