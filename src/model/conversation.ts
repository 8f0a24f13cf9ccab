import { z } from 'zod';

const text = z.string().nullish();
const flag = z.boolean().nullish();
const texts = z.array(z.string()).nullish();

/** An integer that may be larger than 2^53: a number, or a bigint where the number would not be exact. */
const integer = z.union([z.int(), z.bigint()]);

/**
 * Participant attributes: an own-key lookup of strings.
 *
 * Why not z.record: it copies, and a copy of an own `__proto__` key is lost.
 */
const attributes = z.custom<Readonly<Record<string, string>>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every((v) => typeof v === 'string'),
  'is not a map of strings',
);

/** A segment of a session. Source: AnalyticsConversationSegment. */
export const Segment = z.looseObject({
  segmentStart: text,
  segmentEnd: text,
  segmentType: text,
  disconnectType: text,
  queueId: text,
  wrapUpCode: text,
  wrapUpNote: text,
  conference: flag,
  errorCode: text,
});

/** A metric that a session emitted. Source: AnalyticsSessionMetric; `value` exceeds int32 in real data. */
export const SessionMetric = z.looseObject({ emitDate: text, name: z.string(), value: integer });

/** The flow that a session ran through. Source: AnalyticsFlow. */
export const Flow = z.looseObject({ flowId: text, flowName: text, flowType: text, exitReason: text });

/** A session of a participant. Source: AnalyticsSession. `channelType` is `mediaType` in the other spelling. */
export const Session = z.looseObject({
  sessionId: z.string(),
  mediaType: text,
  channelType: text,
  direction: text,
  provider: text,
  ani: text,
  dnis: text,
  addressFrom: text,
  addressTo: text,
  messageType: text,
  outboundCampaignId: text,
  flow: Flow.nullish(),
  segments: z.array(Segment).nullish(),
  metrics: z.array(SessionMetric).nullish(),
});

/** A participant. Source: AnalyticsParticipant. `role` is `purpose` in the other spelling. */
export const Participant = z.looseObject({
  participantId: z.string(),
  purpose: text,
  role: text,
  userId: text,
  participantName: text,
  externalContactId: text,
  externalOrganizationId: text,
  teamId: text,
  sessions: z.array(Session).nullish(),
  attributes: attributes.nullish(),
});

/**
 * A conversation: the fields that we use; unknown fields and enum members pass.
 *
 * Source: AnalyticsConversation in analytics-conversation.schema.json; the service omits what it does not know and declares nothing required.
 * Without a conversationId there is no key, so that one is.
 */
export const Conversation = z.looseObject({
  conversationId: z.string().min(1),
  conversationStart: text,
  conversationEnd: text,
  originatingDirection: text,
  divisionIds: texts,
  externalTag: text,
  mediaType: text,
  channelType: text,
  participants: z.array(Participant).nullish(),
});

/** The wire form of a segment, checked. */
export type Segment = z.infer<typeof Segment>;
/** The wire form of a metric, checked. */
export type SessionMetric = z.infer<typeof SessionMetric>;
/** The wire form of a session, checked. */
export type Session = z.infer<typeof Session>;
/** The wire form of a participant, checked. */
export type Participant = z.infer<typeof Participant>;
/** The wire form of a conversation, checked. */
export type Conversation = z.infer<typeof Conversation>;
