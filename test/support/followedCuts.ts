import { expect } from 'vitest';
import type { SourceKind } from '../../src/model/job.js';
import { countRequests } from '../torture/bookkeeping.js';
import { startFaultRig, type Attempt, type FaultCase, type FaultRig } from './faultRig.js';
import { cutAt, EVERY, type Cut, type Stride } from './faultSweeps.js';
import { hashesOf } from './treeOf.js';

/** The morning after the days. */
export const NOW_MS = Date.UTC(2026, 0, 8, 3);

/** The days that a run reads once more after their first export: a conversation of each is open, and nobody has looked at it by itself before. The third has none. */
const READ_AGAIN = ['dt=2026-01-05', 'dt=2026-01-06'];

/** Three days that nothing happens to any more. */
export const startFollowedRig = (): Promise<FaultRig> => startFaultRig({ dataset: { seed: 399, days: 3 }, settings: { recordBodies: true } });

/** A run as of the morning after the days; then a minute passes. */
const run = async (rig: FaultRig, one: FaultCase): Promise<Attempt> => {
  const attempt = await one.run({ runAtMs: NOW_MS });
  rig.clock.advance(60_000);
  return attempt;
};

/** The same, cut off at step N. Gives whether it came so far. */
export const cutRun = async (rig: FaultRig, one: FaultCase, n: number, mode: Cut): Promise<boolean> => {
  const isCut = await cutAt(one, n, mode, { runAtMs: NOW_MS });
  rig.clock.advance(60_000);
  return isCut;
};

/** The days, exported and settled: the next run looks at what is open in them. */
export const exportedDays = async (rig: FaultRig, kind: SourceKind): Promise<FaultCase> => {
  const one = await rig.newCase(kind, { openConversations: { maxAgeMs: 30 * 24 * 3_600_000 } });
  const first = await run(rig, one);
  expect([first.exitCode, first.report?.outcomes.length]).toEqual([0, 3]);
  return one;
};

/** Requests for pages and jobs, but for the page of each job that looks, since the simulator had seen so many requests. */
export const workSince = (rig: FaultRig, from: number): number => {
  const { work, byPurpose } = countRequests(rig.simulator.requests.slice(from).map(({ method, path, status, body = '' }) => ({ method, path, status, body })));
  return work - byPurpose['look-job'];
};

/** What reading the days once more takes where nothing disturbs it. */
export const undisturbedWork = async (rig: FaultRig, kind: SourceKind): Promise<number> => {
  const one = await exportedDays(rig, kind);
  const from = rig.asked;
  expect((await run(rig, one)).report?.outcomes.map(({ partition, result }) => [partition, result])).toEqual(READ_AGAIN.map((partition) => [partition, 'unchanged']));
  return workSince(rig, from);
};

/** Runs to the end; nothing is left of any attempt then, and a run after it has nothing to do. */
export const expectDone = async (rig: FaultRig, one: FaultCase, where: string): Promise<void> => {
  const last = await run(rig, one);
  expect([where, last.exitCode, last.exitCode === 0 ? '' : last.text]).toEqual([where, 0, '']);
  expect([where, (await run(rig, one)).report?.outcomes]).toEqual([where, []]);
  expect([where, await one.findings()]).toEqual([where, []]);
  expect([where, Object.keys(await hashesOf(one.folder)).filter((path) => path.startsWith('_journal/'))]).toEqual([where, []]);
};

/** Cuts the run that reads settled days once more off at step N: what it has read is not read again, but for the request that was under way. Gives the steps there are, at least. */
export const sweepFollowedCuts = async (rig: FaultRig, mode: Cut, { first, stride }: Stride = EVERY, kind: SourceKind = 'next-page-url'): Promise<number> => {
  const work = await undisturbedWork(rig, kind);
  for (let n = first; ; n += stride) {
    const one = await exportedDays(rig, kind);
    const from = rig.asked;
    if (!(await cutRun(rig, one, n, mode))) return n;
    const where = `step ${String(n)}`;
    await expectDone(rig, one, where);
    const made = workSince(rig, from);
    expect([where, made <= work + 1 ? 'once' : `${String(made)} requests, ${String(work)} undisturbed`]).toEqual([where, 'once']);
  }
};
