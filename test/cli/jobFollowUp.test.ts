import { expect, it } from 'vitest';
import { followedFacts, knownOf } from '../../src/cli/jobFollowUp.js';
import { tablesOf } from '../../src/cli/laneParts.js';
import { NONE_FOLLOWED, type Followed } from '../../src/model/glance.js';
import { partitionsBetween } from '../../src/plan/partitions.js';
import { requestHash } from '../../src/run/requestHash.js';
import { aManifest } from '../support/aManifest.js';
import { aJob } from '../support/exportRig.js';

const DAY_MS = 24 * 3_600_000;
const NOW_MS = Date.UTC(2026, 0, 10);
const LOOK_MS = Date.UTC(2026, 0, 9);
const job = aJob('next-page-url', { lookbackMs: DAY_MS, openConversations: { maxAgeMs: 30 * DAY_MS } });
const [partition] = partitionsBetween(job, '2026-01-05', '2026-01-06');
const PATH = 'dt=2026-01-05';
const remembered: Followed = {
  ...NONE_FOLLOWED,
  due: [{ partition: PATH, reason: 'conversations-ended' }],
  looks: [{ partition: PATH, asOfMs: LOOK_MS, conversations: [{ id: 'a', partition: PATH, fingerprint: 'f', endedMs: LOOK_MS + 1 }] }],
};
const committedAt = (ms: number, hash = requestHash(job, partition!, tablesOf(job))) =>
  new Map([[PATH, aManifest({ partition: PATH, state: 'settled', sourceAsOf: { at: new Date(ms).toISOString(), origin: 'date-header' }, requestHash: hash, openIds: [] })]]);

it('plan and status tell no partition due that a stopped run has committed since its look', () => {
  const known = knownOf(job, committedAt(LOOK_MS), remembered, NOW_MS);
  expect(known.due).toEqual([]);
  // It ended lately: the next run looks at it.
  expect(followedFacts(job, committedAt(LOOK_MS), known, NOW_MS)).toMatchObject({ conversations: 1, partitions: 1 });
});

it('plan and status tell a partition due that was committed before its look, or by other settings', () => {
  expect(knownOf(job, committedAt(LOOK_MS - 1), remembered, NOW_MS)).toEqual(remembered);
  expect(knownOf(job, committedAt(NOW_MS, 'other'), remembered, NOW_MS)).toEqual(remembered);
});
