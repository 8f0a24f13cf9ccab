import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FaultAction } from '../../src/simulate/faults.js';
import { fault, LATER_PAGE, startFaultRig, type FaultRig } from '../support/faultRig.js';
import { publishedHashes } from '../support/treeOf.js';

let rig: FaultRig;
beforeAll(async () => {
  rig = await startFaultRig();
});
afterAll(() => rig.close());

/** Once: the page is asked for again and the files are those of an undisturbed run. Always: exit 4, nothing published, and the next run completes. */
const onceAndAlways = async (action: FaultAction, tries: number): Promise<string> => {
  const once = await rig.newCase();
  const attempt = await once.underFaults([fault(action, { ...LATER_PAGE, nth: 1 })]);
  expect([attempt.exitCode, attempt.counts?.fetched]).toEqual([0, 14]);
  await once.recovers();

  const always = await rig.newCase();
  const before = rig.asked;
  const failed = await always.underFaults([fault(action, LATER_PAGE)]);
  expect(failed.exitCode).toBe(4);
  expect(failed.report?.outcomes[0]?.result).toBe('failed');
  // Token, clock, page 1, and the tries of page 2.
  expect(rig.asked - before).toBe(3 + tries);
  expect(await publishedHashes(always.folder)).toEqual({});
  await always.recovers();
  return failed.text;
};

describe('an incomplete body', () => {
  it.each(['content-length', 'chunked'] as const)('#14 cut short under %s costs a retry and no row', async (framing) => {
    await onceAndAlways({ kind: 'truncate', framing, keep: 0.6 }, 4);
  });

  it.each([0.6, 1])('#15 whose end is the end of the connection is refused, also where it happens to be whole (%d of it)', async (keep) => {
    expect(await onceAndAlways({ kind: 'truncate', framing: 'close', keep }, 4)).toContain('nothing tells whether it is complete');
  });

  it('#16 cut gzip is never taken for a shorter page', async () => {
    await onceAndAlways({ kind: 'gzip', damage: 'truncated' }, 4);
  });

  it.each(['crc', 'not-gzip', 'trailing-garbage'] as const)('#17 damaged gzip (%s) is tried again three times, then exit 4', async (damage) => {
    expect(await onceAndAlways({ kind: 'gzip', damage }, 4)).toContain('gzip');
  });
});

describe('a body that is something else', () => {
  it('#18 a bomb is stopped at the cap, not asked for again, and costs no memory to speak of', async () => {
    // What a first export takes is not the bomb's.
    expect((await (await rig.newCase()).run()).exitCode).toBe(0);
    const one = await rig.newCase();
    const before = rig.asked;
    const rssBefore = process.memoryUsage().rss;
    const attempt = await one.underFaults([fault({ kind: 'bomb', bytes: 300 * 1024 * 1024 }, { ...LATER_PAGE, nth: 1 })]);
    expect(attempt.exitCode).toBe(4);
    expect(attempt.text).toContain('larger than 64 MiB');
    expect(rig.asked - before).toBe(4);
    expect(process.memoryUsage().rss - rssBefore).toBeLessThan(64 * 1024 * 1024);
    await one.recovers();
  });

  it('#19 an HTML page with status 200 is tried again twice, then exit 4 naming a proxy or login page; no byte of it is shown', async () => {
    const text = await onceAndAlways({ kind: 'html' }, 3);
    expect(text).toContain('text/html');
    expect(text).not.toContain('Request blocked');
  });

  it('#19 JSON under another content type is not trusted', async () => {
    await onceAndAlways({ kind: 'contentType', value: 'text/plain' }, 3);
  });
});
