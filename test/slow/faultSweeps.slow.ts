import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SOURCE_KINDS } from '../../src/model/job.js';
import { startFaultRig, type FaultRig } from '../support/faultRig.js';
import { cutAt, stateOf, sweepCuts, sweepFileFailures, sweepReexportCuts } from '../support/faultSweeps.js';
import { jobInParts } from '../support/partsRig.js';
import { startFollowedRig, sweepFollowedCuts } from '../support/followedCuts.js';

// Every call there is; test/faults/commit.test.ts and followed.test.ts take samples of the same.

let rig: FaultRig;
beforeAll(async () => {
  rig = await startFaultRig();
});
afterAll(() => rig.close());

describe('every file operation fails once', () => {
  it.each(['open', 'write', 'sync', 'dataSync', 'link', 'rename', 'unlink', 'syncFolder', 'makeFolder', 'removeFolder'] as const)('#37 ENOSPC at %s', async (operation) => {
    expect(await sweepFileFailures(rig, { operation, code: 'ENOSPC', mode: operation === 'write' ? 'torn' : 'before' })).toBeGreaterThan(0);
  });

  it.each(['open', 'makeFolder', 'rename', 'link', 'unlink', 'list', 'look', 'readFile', 'read', 'realPath'] as const)('#38 EACCES or EMFILE at %s', async (operation) => {
    expect(await sweepFileFailures(rig, { operation, code: operation === 'open' ? 'EMFILE' : 'EACCES', mode: 'before' })).toBeGreaterThan(0);
  });

  it.each(['sync', 'dataSync', 'syncFolder', 'rename', 'link', 'close', 'unlink', 'write'] as const)('#39 EIO at %s, its effect done or not', async (operation) => {
    expect(await sweepFileFailures(rig, { operation, code: 'EIO', mode: 'before' })).toBeGreaterThan(0);
    if (operation !== 'close') expect(await sweepFileFailures(rig, { operation, code: 'EIO', mode: 'after' })).toBeGreaterThan(0);
  });
});

describe('the power goes at every step', () => {
  it.each(SOURCE_KINDS)('#42 over %s, before a step, after it, and in the middle of a write', async (kind) => {
    for (const mode of ['before', 'after', 'torn'] as const) expect(await sweepCuts(rig, mode, { first: 1, stride: 1 }, { kind })).toBeGreaterThan(40);
  });

  it.each(['next-page-url', 'job-cursor'] as const)('#42 over %s, while a day is read in parts whose pages become durable together: by turns before a step, after it, and in the middle', async (kind) => {
    const large = await startFaultRig({ dataset: { conversationsPerDay: 82 } });
    try {
      for (const [i, mode] of (['before', 'after', 'torn'] as const).entries()) expect(await sweepCuts(large, mode, { first: i + 1, stride: 5 }, { kind, more: jobInParts(kind, 4) })).toBeGreaterThan(80);
    } finally {
      await large.close();
    }
  });

  it('#42 twice in a row', async () => {
    for (let n = 3; n < 70; n += 5) {
      for (let m = 2; m < 50; m += 7) {
        const one = await rig.newCase();
        await cutAt(one, n, 'after');
        await cutAt(one, m, 'before');
        await one.recovers();
        expect([n, m, (await stateOf(one)).versions]).toEqual([n, m, 1]);
      }
    }
  });

  it('#41 in a re-export: old or new, never a mixture', async () => {
    for (const mode of ['before', 'after', 'torn'] as const) expect(await sweepReexportCuts(rig, mode)).toBeGreaterThan(40);
  });
});

describe('a run that reads settled days once more, as conversations of them are open, is cut off at every step, by turns before, after and in the middle', () => {
  it.each(SOURCE_KINDS)('#41 over %s: the next one asks for nothing again but the request that was under way', async (kind) => {
    const followed = await startFollowedRig();
    try {
      for (const [i, mode] of (['before', 'after', 'torn'] as const).entries()) expect(await sweepFollowedCuts(followed, mode, { first: i + 1, stride: 3 }, kind)).toBeGreaterThan(100);
    } finally {
      await followed.close();
    }
  });

  it.each([
    ['next-page-url', 'before', 7],
    ['job-cursor', 'after', 21],
    ['page-number', 'torn', 33],
  ] as const)('#41 over %s, now and then %s its effect: the same', async (kind, mode, first) => {
    const followed = await startFollowedRig();
    try {
      expect(await sweepFollowedCuts(followed, mode, { first, stride: 59 }, kind)).toBeGreaterThan(100);
    } finally {
      await followed.close();
    }
  });
});
