import { describe, expect, it } from 'vitest';
import { NONE_FOLLOWED, type Followed, type FollowedConversation, type FollowedLook, type Glance } from '../../src/model/glance.js';
import { followPlan, followVerdict, withCommitted, withTakenIn, type FollowedPartition, type FollowQuestion, type VerdictQuestion } from '../../src/plan/follow.js';
import { partitionsBetween } from '../../src/plan/partitions.js';

const DAY_MS = 24 * 3_600_000;
const NOW_MS = Date.UTC(2026, 0, 20, 2);
const job = { lookbackMs: 3 * DAY_MS, openConversations: { maxAgeMs: 10 * DAY_MS } };
const [partition] = partitionsBetween({ name: 'nightly', window: '1d', timezone: 'UTC' }, '2026-01-12', '2026-01-13');
const PATH = 'dt=2026-01-12';
const settled = (more: Partial<FollowedPartition> = {}): FollowedPartition => ({
  partition: partition!, state: 'settled', settlesNow: true, openIds: ['a', 'b'], open: 2, asOfMs: Date.UTC(2026, 0, 16), ...more,
});
const AS_OF_MS = NOW_MS - 60_000;
const question = (more: Partial<FollowQuestion & VerdictQuestion> = {}): FollowQuestion & VerdictQuestion => ({ job, nowMs: NOW_MS, asOfMs: AS_OF_MS, partitions: [settled()], known: NONE_FOLLOWED, ...more });
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
    // What was seen at the very instant up to which the version was read is as new as the version.
    expect(asked({ known: over, partitions: [settled({ asOfMs: Date.UTC(2026, 0, 16, 12) })] })).toEqual([['b']]);
    expect(asked({ known: over, partitions: [settled({ asOfMs: Date.UTC(2026, 0, 16, 12) + 1 })] })).toEqual([['a', 'b']]);
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
    const { reasons, looks } = followVerdict([{ ...wish, isSettled }], new Map(now === undefined ? [] : [['a', now]]), question({ known: before }));
    return [reasons.get(PATH) ?? null, looks[0]?.conversations.map(({ fingerprint, endedMs }) => [fingerprint, endedMs])];
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

describe('a look that its partition has not taken in', () => {
  const EARLIER_MS = AS_OF_MS - DAY_MS;
  const wish = (ids: readonly string[]) => ({ partition: PATH, window: partition!.window, ids, isSettled: true });
  const conversation = (more: Partial<FollowedConversation> = {}): FollowedConversation => ({ id: 'a', partition: PATH, fingerprint: 'seen', endedMs: null, ...more });
  const seenEarlier = (...conversations: readonly FollowedConversation[]): Followed => ({
    ...NONE_FOLLOWED, due: [{ partition: PATH, reason: 'conversations-open' }], looks: [{ partition: PATH, asOfMs: EARLIER_MS, conversations }],
  });
  const lookNow = (known: Followed, ...found: readonly (readonly [string, Glance])[]): FollowedLook | undefined =>
    followVerdict([wish(found.map(([id]) => id))], new Map(found), question({ known })).looks[0];

  it('keeps its mark and its ends where the next one shows the same, so that what was read between the two counts', () => {
    const ended = conversation({ endedMs: EARLIER_MS });
    const known = seenEarlier(ended, conversation({ id: 'b' }));
    expect(lookNow(known, ['b', { isOpen: true, fingerprint: 'seen' }], ['a', { isOpen: false, fingerprint: 'seen' }])).toEqual(known.looks[0]);
  });

  it.each([
    ['another content', [['a', { isOpen: true, fingerprint: 'other' }]]],
    ['one more', [['a', { isOpen: true, fingerprint: 'seen' }], ['b', { isOpen: true, fingerprint: 'seen' }]]],
    ['one instead of another', [['b', { isOpen: true, fingerprint: 'seen' }]]],
  ] as const)('makes way for the next one where that shows %s', (_name, found) => {
    expect(lookNow(seenEarlier(conversation()), ...found)?.asOfMs).toBe(AS_OF_MS);
  });

  it('tells the next one since when a conversation has ended, as long as it is followed for that', () => {
    const closed: Glance = { isOpen: false, fingerprint: 'other' };
    const endOf = (endedMs: number | null): number | null | undefined => lookNow(seenEarlier(conversation({ endedMs })), ['a', closed])?.conversations[0]?.endedMs;
    expect(endOf(EARLIER_MS)).toBe(EARLIER_MS);
    expect(endOf(null)).toBe(NOW_MS);
    expect(endOf(NOW_MS - job.lookbackMs)).toBe(NOW_MS);
  });

  it('is taken in by a version that was read as of its mark or later', () => {
    const seen = seenEarlier(conversation());
    const committed = (asOfMs: number): Followed => withCommitted(seen, [settled({ asOfMs })]);
    expect(committed(EARLIER_MS - 1)).toEqual(seen);
    expect(committed(EARLIER_MS)).toEqual({ ...NONE_FOLLOWED, conversations: [conversation()] });
    expect(withCommitted(seen, [])).toEqual(seen);
  });

  it('replaces, once taken in, what was remembered of its partition, and of no other', () => {
    const other = conversation({ id: 'c', partition: 'dt=2026-01-13' });
    const known: Followed = { ...seenEarlier(conversation()), conversations: [conversation({ fingerprint: 'as before' }), conversation({ id: 'b' }), other] };
    expect(withTakenIn(known, new Set([PATH]))).toEqual({ ...NONE_FOLLOWED, conversations: [other, conversation()] });
  });

  it('is not needed: a partition without one keeps what is remembered of it, and is due no longer', () => {
    const known: Followed = { ...NONE_FOLLOWED, conversations: [conversation()], due: [{ partition: PATH, reason: 'conversations-open' }] };
    expect(withTakenIn(known, new Set([PATH]))).toEqual({ ...known, due: [] });
  });
});
