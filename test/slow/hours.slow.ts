import { afterEach, describe, it } from 'vitest';
import { startFaultRig, type FaultRig } from '../support/faultRig.js';
import { aroundDay, expectLocalDay } from '../support/localHours.js';

let rig: FaultRig;
afterEach(() => rig.close());

describe('a local day by the hour', () => {
  it.each([
    ['Europe/Berlin', '2026-03-29', 23],
    ['Australia/Lord_Howe', '2026-04-05', 24],
    ['Asia/Kathmandu', '2026-03-29', 24],
  ])('#36 hours of %s on %s are %i partitions (an hour that comes twice is one) that together hold the local day, each conversation once', async (timezone, day, hours) => {
    rig = await startFaultRig(aroundDay(day));
    await expectLocalDay(rig, timezone, day, hours);
  });
});
