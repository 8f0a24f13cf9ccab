import { stamp } from './stamp.js';
import type { Calendar } from './calendar.js';
import { cast, pickPurposes } from './cast.js';
import type { ConversationHistory, LateRecord } from './history.js';
import { lifetimeOf, type Lifetime, type Lives } from './lifetime.js';
import { withOddity } from './oddities.js';
import type { SeededOrganization } from './organization.js';
import { SeededRandom } from './seededRandom.js';
import { pickMedia } from './sessionHead.js';

const DAY_MS = 86_400_000;
const SALT_HISTORY = 0x4157;

/** What every conversation of a dataset is drawn from. */
export interface HistoryContext {
  readonly seed: number;
  readonly calendar: Calendar;
  readonly org: SeededOrganization;
  readonly large: boolean;
  readonly hostile: boolean;
  readonly lives: Lives;
}

const evaluation = (random: SeededRandom, org: SeededOrganization, endMs: number): LateRecord => {
  const atMs = endMs + DAY_MS + random.int(8 * DAY_MS);
  return {
    atMs,
    fields: {
      evaluationId: random.uuid(),
      evaluationStatus: 'Finished',
      evaluatorId: random.pick(org.users).id,
      eventTime: stamp(atMs),
      formName: 'Qualität | Basis',
      oTotalScore: random.int(100),
    },
  };
};

const survey = (random: SeededRandom, org: SeededOrganization, endMs: number): LateRecord => {
  const atMs = endMs + 3_600_000 + random.int(5 * DAY_MS);
  return {
    atMs,
    fields: { eventTime: stamp(atMs), queueId: random.pick(org.queues), surveyId: random.uuid(), surveyPromoterScore: random.int(11), surveyStatus: 'Finished', surveyType: 'Web' },
  };
};

/** From when on nothing visible in analytics changes. */
const lastChange = (history: ConversationHistory): number => {
  let last = history.startMs;
  const see = (ms: number | undefined): void => {
    if (ms !== undefined && ms > last) last = ms;
  };
  for (const span of history.life.spans) {
    see(span.fromMs);
    see(span.endMs);
  }
  for (const late of history.evaluations) see(late.atMs);
  for (const late of history.surveys) see(late.atMs);
  for (const p of history.participants ?? []) {
    for (const a of p.attributes) see(a.setMs);
    for (const s of p.sessions) {
      for (const g of s.segments) {
        see(g.visibleMs);
        see(g.endMs);
      }
      for (const m of s.metrics) {
        see(m.emitMs);
        see(m.revised?.atMs);
      }
    }
  }
  return last;
};

const divisionsOf = (random: SeededRandom, org: SeededOrganization): readonly string[] => {
  const home = org.divisions[0]!;
  const dice = random.int(10);
  if (dice < 6) return [home];
  return dice < 8 ? [random.pick(org.divisions)] : [home, org.divisions[1 + random.int(org.divisions.length - 1)]!];
};

/** Everything that happens to the conversation of that number, drawn from its own stream: no other conversation is needed for it. */
export const conversationHistory = (context: HistoryContext, index: number): ConversationHistory => {
  const { seed, calendar, org } = context;
  const random = new SeededRandom(seed, index, SALT_HISTORY);
  const startMs = calendar.startMs(index);
  const life: Lifetime = lifetimeOf(seed, index, startMs, context.lives);
  const media = life.kind === 'short' ? pickMedia(random) : life.kind === 'reopened' ? 'email' : random.pick(['callback', 'email', 'message']);
  const direction = media !== 'internalmessage' && random.oneIn(6) ? 'outbound' : 'inbound';
  const endMs = life.spans[life.spans.length - 1]!.endMs;
  const drawn: ConversationHistory = {
    index,
    id: calendar.id(index),
    startMs,
    life,
    divisionIds: divisionsOf(random, org),
    originatingDirection: direction,
    ...(random.oneIn(8) ? { externalTag: random.oneIn(4) ? 'tag with | and "quotes"' : `CRM-${String(random.int(99_999))}` } : {}),
    participants: cast(random, { org, media, direction, spans: life.spans, large: context.large, hostile: context.hostile, gainsToTheEnd: context.lives === 'lively', purposes: pickPurposes(random, media, direction) }),
    evaluations: endMs !== undefined && random.oneIn(20) ? [evaluation(random, org, endMs)] : [],
    surveys: endMs !== undefined && random.oneIn(20) ? [survey(random, org, endMs)] : [],
    lastChangeMs: 0,
    hasBigInteger: false,
  };
  const history = context.hostile ? withOddity(drawn, random, org) : drawn;
  return { ...history, lastChangeMs: lastChange(history) };
};
