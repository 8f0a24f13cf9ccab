import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SOURCE_KINDS } from '../../src/model/job.js';
import type { FaultAction } from '../../src/simulate/faults.js';
import { fault, startFaultRig, type FaultCase, type FaultRig } from '../support/faultRig.js';
import { jobInParts } from '../support/partsRig.js';

/** What becomes of a run whose request N fails, for N = 1, 1 + stride … until a run is clean. */
const sweep = async (newCase: () => Promise<FaultCase>, asked: () => number, action: FaultAction, stride = 1): Promise<number> => {
  for (let n = 1; ; n += stride) {
    const one = await newCase();
    const before = asked();
    const attempt = await one.underFaults([fault(action, { nth: n })], { http: { maxAttempts: 1 } });
    if (asked() - before < n) {
      expect(attempt.exitCode).toBe(0);
      return n - 1;
    }
    expect([0, 4]).toContain(attempt.exitCode);
    expect(await one.errors()).toEqual([]);
    await one.recovers();
  }
};

describe('sweep over requests', () => {
  let rig: FaultRig;
  beforeAll(async () => {
    rig = await startFaultRig();
  });
  afterAll(() => rig.close());

  it.each(SOURCE_KINDS)('#5 over %s, request N refused before it had an effect: no row lost, the next run completes', async (kind) => {
    expect(await sweep(() => rig.newCase(kind), () => rig.asked, { kind: 'status', status: 503 })).toBeGreaterThanOrEqual(5);
  });

  it.each(SOURCE_KINDS)('#12 over %s, the answer to request N lost after its effect: no row lost or doubled, the next run completes', async (kind) => {
    expect(await sweep(() => rig.newCase(kind), () => rig.asked, { kind: 'reset', afterBytes: 30 })).toBeGreaterThanOrEqual(5);
  });
});

describe('sweep over requests of a day in parts', () => {
  let rig: FaultRig;
  beforeAll(async () => {
    rig = await startFaultRig({ dataset: { conversationsPerDay: 82 } });
  });
  afterAll(() => rig.close());
  const newCase = (kind: 'next-page-url' | 'job-cursor') => () => rig.newCase(kind, jobInParts(kind, 4));

  it.each([['next-page-url', 1], ['job-cursor', 5]] as const)('#5 over %s, request N refused, and the other parts go on or stop: no row lost, the next run completes', async (kind, stride) => {
    expect(await sweep(newCase(kind), () => rig.asked, { kind: 'status', status: 503 }, stride)).toBeGreaterThanOrEqual(40);
  });

  it.each([['next-page-url', 1], ['job-cursor', 5]] as const)('#12 over %s, the answer to request N lost after its effect: no row lost or doubled, the next run completes', async (kind, stride) => {
    expect(await sweep(newCase(kind), () => rig.asked, { kind: 'reset', afterBytes: 30 }, stride)).toBeGreaterThanOrEqual(40);
  });
});
