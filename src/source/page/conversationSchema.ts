import * as z from 'zod';
import { LONGEST_ATTRIBUTE, MOST_ATTRIBUTES } from '../../model/conversation.js';
import { parseInstant } from '../../model/instant.js';

const NOT_AN_INSTANT = 'is not an ISO-8601 instant';
const NOT_AN_INTEGER = 'is not an exact 64-bit integer';

/** Lone surrogates cannot be written: two ids that differ in nothing else would be one. */
const id = z.string().refine((value) => value.isWellFormed(), 'is no Unicode text');
const text = z.string().nullish();
const flag = z.boolean().nullish();
const texts = z.array(z.string()).nullish();
const instant = z.string().refine((value) => parseInstant(value) !== undefined, NOT_AN_INSTANT).nullish();

/** JSON.parse would have rounded it: plainJson.ts tells it apart before. */
const integer = z.custom<number>((value) => Number.isInteger(value), NOT_AN_INTEGER);

/** Why not z.record: it copies, and a copy of an own `__proto__` key is lost. */
const attributes = z
  .custom<object>((value) => typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every((v) => typeof v === 'string'), 'is not a map of strings')
  .refine((value) => Object.keys(value).length <= MOST_ATTRIBUTES, `has more than ${MOST_ATTRIBUTES.toLocaleString('en-US')} attributes`)
  .refine((value) => Object.values(value).every((v) => (v as string).length <= LONGEST_ATTRIBUTE), `holds a value longer than ${String(LONGEST_ATTRIBUTE / 1024 / 1024)} MiB`);

const Segment = z.looseObject({
  segmentStart: instant,
  segmentEnd: instant,
  segmentType: text,
  disconnectType: text,
  queueId: text,
  wrapUpCode: text,
  wrapUpNote: text,
  conference: flag,
  errorCode: text,
});

const SessionMetric = z.looseObject({ emitDate: instant, name: z.string(), value: integer });

const Flow = z.looseObject({ flowId: text, flowName: text, flowType: text, exitReason: text });

const Session = z.looseObject({
  sessionId: id,
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

/** A list whose members have ids of their own: their rows are told apart by these. */
const listOf = <Item extends z.ZodType<object>>(member: Item, id: keyof z.infer<Item> & string, problem: string): z.ZodType =>
  z
    .array(member)
    .superRefine((members, context) => {
      const seen = new Set<unknown>();
      const at = members.findIndex((one) => seen.size === seen.add(one[id]).size);
      if (at >= 0) context.addIssue({ code: 'custom', path: [at, id], message: problem });
    })
    .nullish();

const Participant = z.looseObject({
  participantId: id,
  purpose: text,
  role: text,
  userId: text,
  participantName: text,
  externalContactId: text,
  externalOrganizationId: text,
  teamId: text,
  sessions: listOf(Session, 'sessionId', 'is the id of another session of the participant as well'),
  attributes: attributes.nullish(),
});

/**
 * The wire form of a conversation: the fields that we use; unknown fields and enum members pass.
 *
 * Invariant: of plain JSON (plainJson.ts) in which no key stands twice it refuses what `readConversation` refuses (a property test compares the two), and says where and why, which that does not.
 * Source: AnalyticsConversation in analytics-conversation.schema.json; the service omits what it does not know and declares nothing required.
 */
export const ConversationSchema = z.looseObject({
  conversationId: id.min(1),
  conversationStart: instant,
  conversationEnd: instant,
  originatingDirection: text,
  divisionIds: texts,
  externalTag: text,
  mediaType: text,
  channelType: text,
  participants: listOf(Participant, 'participantId', 'is the id of another participant as well'),
});
