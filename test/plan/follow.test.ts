import { describe, expect, it } from 'vitest';
import { NONE_FOLLOWED, type FollowedConversation, type Glance } from '../../src/model/glance.js';
import { followPlan, followVerdict, type FollowedPartition, type FollowQuestion } from '../../src/plan/follow.js';
import { partitionsBetween } from '../../src/plan/partitions.js';

const DAY_MS = 24 * 3_600_000;
const NOW_MS = Date.UTC(2026, 0, 20, 2);
const job = { lookbackMs: 3 * DAY_MS, openConversations: { maxAgeMs: 10 * DAY_MS } };
const [partition] = partitionsBetween({ name: 'nightly', window: '1d', timezone: 'UTC' }, '2026-01-12', '2026-01-13');
const PATH = 'dt=2026-01-12';
const settled = (more: Partial<FollowedPartition> = {}): FollowedPartition => ({
  partition: partition!, state: 'settled', settlesNow: true, openIds: ['a', 'b'], open: 2, asOfMs: Date.UTC(2026, 0, 16), ...more,
});
const question = (more: Partial<FollowQuestion> = {}): FollowQuestion => ({ job, nowMs: NOW_MS, partitions: [settled()], known: NONE_FOLLOWED, ...more });
const known = (...conversations: readonly Partial<FollowedConversation>[]): FollowQuestion['known'] => ({
  ...NONE_FOLLOWED, conversations: conversations.map((one) => ({ id: 'a', partition: PATH, fingerprint: 'as before', endedMs: null, ...one })),
});
const asked = (more: Partial<FollowQuestion> = {}): readonly (readonly string[])[] => followPlan(question(more)).wishes.map(({ ids }) => ids);

describe('conversations are looked at', () => {
  it('that are open in a settled partition, or in one that settles now', () => {
    expect(followPlan(question())).toEqual({ wishes: [{ partition: PATH, window: partition!.window, ids: ['a', 'b'], isSettled: true }], whole: [] });
    expect(followPlan(question({ partitions: [settled({ state: 'provisional' })] })).wishes).toMatchObject([{ ids: ['a', 'b'], isSettled: false }]);
    expect(asked({ partitions: [settled({ state: 'provisional', settlesNow: false })] })).toEqual([]);
  });

  it('until their partition is as old as the job says', () => {
    const end = partition!.window.endMs;
    expect(asked({ nowMs: end + 10 * DAY_MS - 1 })).toEqual([['a', 'b']]);
    expect(asked({ nowMs: end + 10 * DAY_MS })).toEqual([]);
  });

  it('for a lookback after they were seen ended', () => {
    const ended = (ms: number): Partial<FollowQuestion> => ({ partitions: [settled({ openIds: [], open: 0 })], known: known({ endedMs: ms }) });
    expect(asked(ended(NOW_MS - 3 * DAY_MS + 1))).toEqual([['a']]);
    expect(asked(ended(NOW_MS - 3 * DAY_MS))).toEqual([]);
  });

  it('no longer where a version that was not replaced still has them open, but again where a later one has', () => {
    const over = known({ endedMs: Date.UTC(2026, 0, 16, 12) });
    expect(asked({ known: over, partitions: [settled({ asOfMs: Date.UTC(2026, 0, 16) })] })).toEqual([['b']]);
    expect(asked({ known: over, partitions: [settled({ asOfMs: Date.UTC(2026, 0, 17) })] })).toEqual([['a', 'b']]);
  });

  it.each([[{ openIds: null, open: 9000 }], [{ openIds: ['a,b', 'c'], open: 2 }]])('never where they cannot be named: %j is read whole', (more) => {
    expect(followPlan(question({ partitions: [settled(more)] }))).toEqual({ wishes: [], whole: [PATH] });
    expect(followPlan(question({ partitions: [settled({ ...more, state: 'provisional' })] }))).toEqual({ wishes: [], whole: [] });
  });
});

describe('a settled partition is exported again', () => {
  const wish = { partition: PATH, window: partition!.window, ids: ['a'], isSettled: true };
  const open: Glance = { isOpen: true, fingerprint: 'other' };
  const closed: Glance = { isOpen: false, fingerprint: 'other' };
  const verdict = (now: Glance | undefined, before: FollowQuestion['known'], isSettled = true) => {
    const { reasons, after } = followVerdict([{ ...wish, isSettled }], new Map(now === undefined ? [] : [['a', now]]), question({ known: before }));
    return [reasons.get(PATH) ?? null, after.get(PATH)?.map(({ fingerprint, endedMs }) => [fingerprint, endedMs])];
  };

  it.each([
    ['nothing where it is as before', { isOpen: true, fingerprint: 'as before' }, known({}), null, ['as before', null]],
    ['an end', closed, known({}), 'conversations-ended', ['other', NOW_MS]],
    ['an end, also where it was never looked at', closed, NONE_FOLLOWED, 'conversations-ended', ['other', NOW_MS]],
    ['a change', open, known({}), 'conversations-changed', ['other', null]],
    ['a change after its end, from which on it is followed no longer than before', closed, known({ endedMs: NOW_MS - DAY_MS }), 'conversations-changed', ['other', NOW_MS - DAY_MS]],
    ['a life after its end', open, known({ endedMs: NOW_MS - DAY_MS }), 'conversations-reopened', ['other', null]],
    ['its absence', undefined, known({}), 'conversations-vanished', [null, NOW_MS]],
    ['nothing where it was absent before', undefined, known({ fingerprint: null, endedMs: NOW_MS - DAY_MS }), null, [null, NOW_MS - DAY_MS]],
    ['not knowing how it was', open, NONE_FOLLOWED, 'conversations-open', ['other', null]],
  ] as const)('for %s', (_name, now, before, reason, after) => {
    expect(verdict(now, before)).toEqual([reason, [after]]);
  });

  it('not where it is not settled yet: what was seen is remembered all the same', () => {
    expect(verdict(closed, known({}), false)).toEqual([null, [['other', NOW_MS]]]);
  });

  it('for the weightiest of several reasons', () => {
    const before = known({ id: 'a' }, { id: 'b', endedMs: NOW_MS - DAY_MS });
    const found = new Map([['a', closed], ['b', open]]);
    const { reasons, changes } = followVerdict([{ ...wish, ids: ['a', 'b'] }], found, question({ known: before }));
    expect([...reasons]).toEqual([[PATH, 'conversations-reopened']]);
    expect(changes).toEqual({ 'conversations-ended': 1, 'conversations-reopened': 1 });
  });
});
