import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fault, LATER_PAGE, type FaultRig } from '../support/faultRig.js';
import { cutRun, expectDone, exportedDays, NOW_MS, startFollowedRig, sweepFollowedCuts, undisturbedWork, workSince } from '../support/followedCuts.js';

// A sample; test/slow/faultSweeps.slow.ts cuts at every step of all three protocols, by turns before, after and in the middle.

let rig: FaultRig;
beforeAll(async () => {
  rig = await startFollowedRig();
});
afterAll(() => rig.close());

describe('a run that reads settled days once more, as conversations of them are open', () => {
  it('#41 cut off at step N: the next one asks for nothing again but the request that was under way', async () => {
    expect(await sweepFollowedCuts(rig, 'after', { first: 21, stride: 59 }, 'next-page-url')).toBeGreaterThan(100);
  });

  it('#41 cut off again and again: reads each day once, and a request more a cut', async () => {
    const work = await undisturbedWork(rig, 'next-page-url');
    const one = await exportedDays(rig, 'next-page-url');
    const from = rig.asked;
    let cuts = 0;
    // Later each time: files are written anew by each run, and one that never comes so far would never end.
    while (await cutRun(rig, one, 47 + 8 * cuts, 'after')) cuts++;
    expect(cuts).toBeGreaterThan(1);
    await expectDone(rig, one, 'the end');
    expect(workSince(rig, from)).toBeLessThanOrEqual(work + cuts);
  });

  it('that fails is told as failed until a run has read them, also after a range of days that leaves them alone', async () => {
    const one = await exportedDays(rig, 'next-page-url');
    const told = async (): Promise<readonly unknown[]> => (await one.status()).partitions.flatMap(({ partition, failure }) => (failure === null ? [] : [partition]));
    expect((await one.underFaults([fault({ kind: 'status', status: 501 }, LATER_PAGE)], { runAtMs: NOW_MS })).exitCode).toBe(4);
    const failed = await told();
    expect(failed.length).toBeGreaterThan(0);
    expect([(await one.run()).exitCode, await told()]).toEqual([0, failed]);
    await expectDone(rig, one, 'the end');
    expect(await told()).toEqual([]);
  });
});
