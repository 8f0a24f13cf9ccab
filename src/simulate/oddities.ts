import type { ConversationHistory, MetricHistory, ParticipantHistory, SegmentHistory, SessionHistory } from './history.js';
import type { SeededOrganization } from './organization.js';
import type { SeededRandom } from './seededRandom.js';

type Change = (history: ConversationHistory, random: SeededRandom, org: SeededOrganization) => ConversationHistory;

const eachParticipant = (history: ConversationHistory, change: (p: ParticipantHistory) => ParticipantHistory): ConversationHistory => ({
  ...history,
  participants: history.participants?.map(change),
});

const eachSession = (history: ConversationHistory, change: (s: SessionHistory) => SessionHistory): ConversationHistory =>
  eachParticipant(history, (p) => ({ ...p, sessions: p.sessions.map(change) }));

const FUTURE = { zFutureFlag: true, zFutureObject: { level: 1, list: [1, 'two', { three: null }] }, zFutureText: 'not in any model' } as const;

const firstMetric = (history: ConversationHistory, value: number | bigint): ConversationHistory =>
  eachSession(history, (s) => ({ ...s, metrics: s.metrics.map((m, i): MetricHistory => (i === 0 ? { emitMs: m.emitMs, name: m.name, value } : m)) }));

const earlySegment = (s: SegmentHistory, i: number): SegmentHistory => (i === 0 ? { ...s, startMs: s.startMs - 13 } : s);

/** What real data does and documentation does not say; each change is one such thing. */
const CHANGES: readonly Change[] = [
  (h) => ({ ...h, participants: [] }),
  (h) => ({ ...h, participants: undefined }),
  // The same names on every customer, with other values.
  (h) =>
    eachParticipant(h, (p) => ({
      ...p,
      purpose: p.purpose === 'acd' ? 'customer' : p.purpose,
      head: p.purpose === 'acd' ? { ...p.head, purpose: 'customer' } : p.head,
      attributes: [{ name: 'SameKey', value: `on ${p.id}`, setMs: p.joinMs }, ...p.attributes],
    })),
  (h, _random, org) => ({ ...h, divisionIds: [...org.divisions] }),
  (h) =>
    eachParticipant(h, (p) =>
      p.purpose === 'customer'
        ? p
        : { ...p, purpose: 'hologram', head: { ...p.head, purpose: 'hologram' }, sessions: p.sessions.map((s) => ({ ...s, head: { ...s.head, direction: 'sideways', mediaType: 'telepathy' } })) },
    ),
  (h) => ({
    ...eachParticipant(h, (p) => ({
      ...p,
      head: { ...p.head, ...FUTURE },
      sessions: p.sessions.map((s) => ({ ...s, head: { ...s.head, ...FUTURE }, segments: s.segments.map((g) => ({ ...g, extra: { ...FUTURE, properties: [{ property: 'x', propertyType: 'string', value: 'y' }] } })) })),
    })),
    extra: FUTURE,
  }),
  (h) => firstMetric(h, 5_173_038_302),
  (h, random) => (random.oneIn(3) ? { ...firstMetric(h, 9_007_199_254_740_993n), hasBigInteger: true } : firstMetric(h, 2_147_483_648)),
  (h) => eachSession(h, (s) => ({ ...s, segments: s.segments.map(earlySegment) })),
  (h, random) => {
    const mixed = eachParticipant(h, (p) => ({
      ...p,
      sessions: random.shuffled(p.sessions.map((s) => ({ ...s, metrics: random.shuffled(s.metrics), segments: random.shuffled(s.segments) }))),
    }));
    return { ...mixed, participants: random.shuffled(mixed.participants ?? []) };
  },
  (h) => eachSession(h, (s) => ({ ...s, metrics: [], segments: [] })),
  (h) => eachParticipant(h, (p) => ({ ...p, sessions: [] })),
  (h) => eachSession(h, (s) => ({ ...s, metrics: [...s.metrics, ...s.metrics] })),
  (h) => ({ ...h, originatingDirection: 'sideways' }),
];

/** How many conversations, on average, hold one oddity. */
const ONE_ODD_IN = 3;

/** The same conversation, or (one in three) one with an oddity that real data is known for. */
export const withOddity = (history: ConversationHistory, random: SeededRandom, org: SeededOrganization): ConversationHistory =>
  random.oneIn(ONE_ODD_IN) ? random.pick(CHANGES)(history, random, org) : history;
