import { attributeHistory } from './attributeHistory.js';
import type { ParticipantHistory, SessionHistory, WireObject } from './history.js';
import type { OpenSpan } from './lifetime.js';
import type { SeededOrganization } from './organization.js';
import type { SeededRandom } from './seededRandom.js';
import { sessionHistory } from './sessionHistory.js';

/** What the participants of a conversation are drawn from. */
export interface CastDraw {
  readonly org: SeededOrganization;
  readonly media: string;
  readonly direction: string;
  readonly spans: readonly OpenSpan[];
  readonly large: boolean;
  readonly hostile: boolean;
  /** Attributes are set all through the conversation, not just in its first half hour. */
  readonly gainsToTheEnd: boolean;
  /** Purposes in the order they join. */
  readonly purposes: readonly string[];
}

const purposesInbound = (random: SeededRandom, media: string): string[] => {
  const door = media === 'voice' ? 'ivr' : random.oneIn(4) ? 'botflow' : 'workflow';
  const all = ['customer', door, 'acd', 'agent', random.oneIn(2) ? 'agent' : 'user', random.oneIn(3) ? 'voicemail' : 'external'];
  // Most have three or four; abandoned calls fewer, transfers more.
  const count = random.pick([1, 2, 3, 3, 3, 3, 4, 4, 5, 6]);
  return count === 3 ? ['customer', 'acd', 'agent'] : all.slice(0, count);
};

/** Who takes part in a conversation of that medium: one to six purposes in the order they join. */
export const pickPurposes = (random: SeededRandom, media: string, direction: string): readonly string[] => {
  if (media === 'internalmessage') return ['user', 'user'];
  if (media === 'screenmonitoring') return ['user'];
  if (direction === 'outbound') return ['outbound', 'customer', 'agent'].slice(0, random.between(2, 3));
  return purposesInbound(random, media);
};

const attributeCount = (random: SeededRandom, purpose: string, large: boolean): number => {
  if (purpose === 'customer' || purpose === 'external') return random.between(1, large ? 20 : 10);
  if (purpose === 'agent' || purpose === 'acd') return random.oneIn(4) ? random.between(1, 2) : 0;
  return purpose === 'user' && random.oneIn(3) ? 1 : 0;
};

const head = (random: SeededRandom, org: SeededOrganization, id: string, purpose: string): WireObject => {
  const fields: WireObject = {};
  if (purpose === 'customer' && random.oneIn(3)) fields['externalContactId'] = random.uuid();
  if (purpose === 'customer' && random.oneIn(8)) fields['externalOrganizationId'] = random.pick(org.externalOrganizations);
  fields['participantId'] = id;
  const user = purpose === 'agent' || purpose === 'user' ? random.pick(org.users) : undefined;
  if (purpose === 'customer') fields['participantName'] = random.oneIn(3) ? 'Kunde "König" GmbH' : 'Mobile Number, Germany';
  else if (purpose === 'acd') fields['participantName'] = 'Support Queue';
  else if (user !== undefined && random.oneIn(4)) fields['participantName'] = user.name;
  fields['purpose'] = purpose;
  if (user !== undefined) {
    fields['teamId'] = random.pick(org.teams);
    fields['userId'] = user.id;
  }
  return fields;
};

const sessionCount = (random: SeededRandom, purpose: string, draw: CastDraw): number => {
  if (purpose !== 'agent') return 1;
  return draw.large ? random.between(1, 3) : random.oneIn(12) ? random.between(2, 4) : 1;
};

/** One participant: joins in turn, stays to the end of each span in which the conversation is open. */
const participant = (random: SeededRandom, draw: CastDraw, place: number): ParticipantHistory => {
  const { org, media, direction } = draw;
  const purpose = draw.purposes[place]!;
  const queueId = purpose === 'acd' || purpose === 'agent' ? random.pick(org.queues) : undefined;
  const isDoor = purpose === 'ivr' || purpose === 'workflow' || purpose === 'botflow';
  const sessions: SessionHistory[] = [];
  let joinMs = 0;
  draw.spans.forEach((span, n) => {
    const lengthMs = Math.min((span.endMs ?? span.fromMs + 600_000) - span.fromMs, 1_200_000);
    const startMs = span.fromMs + Math.floor((lengthMs * place) / (draw.purposes.length + 1));
    if (n === 0) joinMs = startMs;
    for (let i = 0; i < sessionCount(random, purpose, draw); i++) {
      sessions.push(
        sessionHistory(random, org, {
          role: { media, direction, purpose },
          startMs,
          endMs: span.endMs,
          ...(isDoor ? { flow: random.pick(org.flows) } : {}),
          ...(queueId === undefined ? {} : { queueId }),
          extraSegments: draw.large ? random.between(8, 18) : random.int(2),
          large: draw.large,
        }),
      );
    }
  });
  const id = random.uuid();
  const lastEndMs = draw.spans[draw.spans.length - 1]!.endMs;
  return {
    id,
    joinMs,
    purpose,
    head: head(random, org, id, purpose),
    sessions,
    attributes: attributeHistory(random, {
      startMs: joinMs,
      endMs: lastEndMs ?? joinMs + 3_600_000,
      count: attributeCount(random, purpose, draw.large),
      hostile: draw.hostile,
      gainsToTheEnd: draw.gainsToTheEnd,
    }),
  };
};

/** The participants of a conversation. */
export const cast = (random: SeededRandom, draw: CastDraw): ParticipantHistory[] => draw.purposes.map((_, place) => participant(random, draw, place));
