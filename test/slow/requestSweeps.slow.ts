import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SOURCE_KINDS, type SourceKind } from '../../src/model/job.js';
import { fault, startFaultRig, type FaultRig } from '../support/faultRig.js';

let rig: FaultRig;
beforeAll(async () => {
  rig = await startFaultRig();
});
afterAll(() => rig.close());

describe('sweep over requests', () => {
  /** What becomes of a run whose request N fails, for N = 1, 2, 3 … until a run is clean. */
  const sweep = async (kind: SourceKind, action: Parameters<typeof fault>[0]): Promise<number> => {
    for (let n = 1; ; n++) {
      const one = await rig.newCase(kind);
      const before = rig.asked;
      const attempt = await one.underFaults([fault(action, { nth: n })], { http: { maxAttempts: 1 } });
      if (rig.asked - before < n) {
        expect(attempt.exitCode).toBe(0);
        return n - 1;
      }
      expect([0, 4]).toContain(attempt.exitCode);
      expect(await one.errors()).toEqual([]);
      await one.recovers();
    }
  };

  it.each(SOURCE_KINDS)('#5 over %s, request N refused before it had an effect: no row lost, the next run completes', async (kind) => {
    expect(await sweep(kind, { kind: 'status', status: 503 })).toBeGreaterThanOrEqual(5);
  });

  it.each(SOURCE_KINDS)('#12 over %s, the answer to request N lost after its effect: no row lost or doubled, the next run completes', async (kind) => {
    expect(await sweep(kind, { kind: 'reset', afterBytes: 30 })).toBeGreaterThanOrEqual(5);
  });
});
