import type { Attributes, Conversation, ConversationParts, Flow, Participant, Segment, Session, SessionMetric } from '../../model/conversation.js';
import { LONGEST_ATTRIBUTE, MOST_ATTRIBUTES } from '../../model/conversation.js';
import { UnexpectedValue, type JsonBytes } from './jsonBytes.js';
import { KeyTable } from './keyTable.js';

/** What reading needs to know, and what it notices. */
export interface ReadingContext {
  readonly parts: ConversationParts;
  /** Keys that stood twice in the same object, of those that are read; the last of them counts, as for JSON.parse. */
  repeatedKeys: number;
}

/*
 * One function an object of the API. Depths are those of the object in its page: page 1, list 2, conversation 3, and so on;
 * they bound what is passed over (JsonBytes.skip).
 */

const CONVERSATION = new KeyTable(['conversationId', 'conversationStart', 'conversationEnd', 'originatingDirection', 'divisionIds', 'externalTag', 'mediaType', 'channelType', 'participants']);
const PARTICIPANT = new KeyTable(['participantId', 'purpose', 'role', 'sessions', 'attributes', 'userId', 'participantName', 'externalContactId', 'externalOrganizationId', 'teamId']);
const SESSION = new KeyTable([
  'sessionId', 'mediaType', 'channelType', 'segments', 'metrics',
  'direction', 'provider', 'ani', 'dnis', 'addressFrom', 'addressTo', 'messageType', 'outboundCampaignId', 'flow',
]);
const FLOW = new KeyTable(['flowId', 'flowName', 'flowType', 'exitReason']);
const SEGMENT = new KeyTable(['segmentStart', 'segmentEnd', 'segmentType', 'disconnectType', 'queueId', 'wrapUpCode', 'wrapUpNote', 'conference', 'errorCode']);
const METRIC = new KeyTable(['emitDate', 'name', 'value']);

/** Of one object. */
const noteRepeated = (context: ReadingContext, seen: number, place: number): number => {
  if (place < 0) return seen;
  if ((seen & (1 << place)) !== 0) context.repeatedKeys++;
  return seen | (1 << place);
};

const NOTHING: readonly never[] = Object.freeze([]);

const readTexts = (json: JsonBytes): readonly string[] => {
  if (!json.enterArray()) return NOTHING;
  const texts: string[] = [];
  for (let first = true; json.nextItem(first); first = false) {
    const text = json.recurringText();
    if (text === null) throw new UnexpectedValue();
    texts.push(text);
  }
  return texts;
};

const readList = <T>(json: JsonBytes, context: ReadingContext, read: (json: JsonBytes, context: ReadingContext) => T): readonly T[] => {
  if (!json.enterArray()) return NOTHING;
  const items: T[] = [];
  for (let first = true; json.nextItem(first); first = false) items.push(read(json, context));
  return items;
};

const enterRequired = (json: JsonBytes): void => {
  if (!json.enterObject()) throw new UnexpectedValue();
};

const NO_ATTRIBUTES: Attributes = { names: NOTHING, values: NOTHING };
/** Up to so many names a look at each is faster than a set. */
const FEW = 24;

/** Makes the last of two equal names the one that counts, in the place of the first. */
const settleRepeated = (context: ReadingContext, names: string[], values: string[]): Attributes => {
  const places = new Map<string, number>();
  names.forEach((name, i) => {
    const place = places.get(name);
    if (place === undefined) places.set(name, i);
    else values[place] = values[i]!;
  });
  context.repeatedKeys += names.length - places.size;
  const kept = [...places.values()];
  return { names: kept.map((place) => names[place]!), values: kept.map((place) => values[place]!) };
};

const hasRepeated = (names: readonly string[]): boolean => {
  if (names.length > FEW) return new Set(names).size < names.length;
  for (let i = 1; i < names.length; i++) for (let j = 0; j < i; j++) if (names[i] === names[j]) return true;
  return false;
};

const readAttributes = (json: JsonBytes, context: ReadingContext): Attributes => {
  if (!json.enterObject()) return NO_ATTRIBUTES;
  const names: string[] = [];
  const values: string[] = [];
  for (let first = true; json.nextKey(first); first = false) {
    const name = json.keyText();
    const start = json.at;
    const value = json.requiredText();
    if (json.at - start > LONGEST_ATTRIBUTE || names.length === MOST_ATTRIBUTES) throw new UnexpectedValue();
    names.push(name);
    values.push(value);
  }
  if (names.length === 0) return NO_ATTRIBUTES;
  return hasRepeated(names) ? settleRepeated(context, names, values) : { names, values };
};

const readFlow = (json: JsonBytes, context: ReadingContext): Flow | null => {
  if (!json.enterObject()) return null;
  let flowId: string | null = null;
  let flowName: string | null = null;
  let flowType: string | null = null;
  let exitReason: string | null = null;
  let seen = 0;
  for (let first = true; json.nextKey(first); first = false) {
    const key = json.key(FLOW);
    seen = noteRepeated(context, seen, key);
    if (key === 0) flowId = json.recurringText();
    else if (key === 1) flowName = json.recurringText();
    else if (key === 2) flowType = json.recurringText();
    else if (key === 3) exitReason = json.recurringText();
    else json.skip(8);
  }
  return { flowId, flowName, flowType, exitReason };
};

const readSegment = (json: JsonBytes, context: ReadingContext): Segment => {
  enterRequired(json);
  let segmentStart: number | null = null;
  let segmentEnd: number | null = null;
  let segmentType: string | null = null;
  let disconnectType: string | null = null;
  let queueId: string | null = null;
  let wrapUpCode: string | null = null;
  let wrapUpNote: string | null = null;
  let conference: boolean | null = null;
  let errorCode: string | null = null;
  let seen = 0;
  for (let first = true; json.nextKey(first); first = false) {
    const key = json.key(SEGMENT);
    seen = noteRepeated(context, seen, key);
    switch (key) {
      case 0: segmentStart = json.instant(); break;
      case 1: segmentEnd = json.instant(); break;
      case 2: segmentType = json.recurringText(); break;
      case 3: disconnectType = json.recurringText(); break;
      case 4: queueId = json.recurringText(); break;
      case 5: wrapUpCode = json.recurringText(); break;
      case 6: wrapUpNote = json.text(); break;
      case 7: conference = json.flag(); break;
      case 8: errorCode = json.recurringText(); break;
      default: json.skip(9);
    }
  }
  return { segmentStart, segmentEnd, segmentType, disconnectType, queueId, wrapUpCode, wrapUpNote, conference, errorCode };
};

const readMetric = (json: JsonBytes, context: ReadingContext): SessionMetric => {
  enterRequired(json);
  let emitDate: number | null = null;
  let name: string | null = null;
  let value: number | bigint | undefined;
  let seen = 0;
  for (let first = true; json.nextKey(first); first = false) {
    const key = json.key(METRIC);
    seen = noteRepeated(context, seen, key);
    if (key === 0) emitDate = json.instant();
    else if (key === 1) name = json.recurringText();
    else if (key === 2) value = json.int64();
    else json.skip(9);
  }
  if (name === null || value === undefined) throw new UnexpectedValue();
  return { emitDate, name, value };
};

const SESSION_DETAILS = 5;

const readSession = (json: JsonBytes, context: ReadingContext): Session => {
  enterRequired(json);
  const { parts } = context;
  let sessionId: string | null = null;
  let mediaType: string | null = null;
  let channelType: string | null = null;
  let segments: readonly Segment[] = NOTHING;
  let metrics: readonly SessionMetric[] = NOTHING;
  let direction: string | null = null;
  let provider: string | null = null;
  let ani: string | null = null;
  let dnis: string | null = null;
  let addressFrom: string | null = null;
  let addressTo: string | null = null;
  let messageType: string | null = null;
  let outboundCampaignId: string | null = null;
  let flow: Flow | null = null;
  let seen = 0;
  for (let first = true; json.nextKey(first); first = false) {
    const key = json.key(SESSION);
    seen = noteRepeated(context, seen, key);
    if ((key >= SESSION_DETAILS && !parts.sessionDetails) || (key === 3 && !parts.segments) || (key === 4 && !parts.metrics)) {
      json.skip(7);
      continue;
    }
    switch (key) {
      case 0: sessionId = json.text(); break;
      case 1: mediaType = json.recurringText(); break;
      case 2: channelType = json.recurringText(); break;
      case 3: segments = readList(json, context, readSegment); break;
      case 4: metrics = readList(json, context, readMetric); break;
      case 5: direction = json.recurringText(); break;
      case 6: provider = json.recurringText(); break;
      case 7: ani = json.text(); break;
      case 8: dnis = json.recurringText(); break;
      case 9: addressFrom = json.text(); break;
      case 10: addressTo = json.recurringText(); break;
      case 11: messageType = json.recurringText(); break;
      case 12: outboundCampaignId = json.recurringText(); break;
      case 13: flow = readFlow(json, context); break;
      default: json.skip(7);
    }
  }
  if (sessionId === null) throw new UnexpectedValue();
  return { sessionId, mediaType: mediaType ?? channelType, direction, provider, ani, dnis, addressFrom, addressTo, messageType, outboundCampaignId, flow, segments, metrics };
};

const PARTICIPANT_DETAILS = 5;

const readParticipant = (json: JsonBytes, context: ReadingContext): Participant => {
  enterRequired(json);
  const { participantDetails } = context.parts;
  let participantId: string | null = null;
  let purpose: string | null = null;
  let role: string | null = null;
  let sessions: readonly Session[] = NOTHING;
  let attributes = NO_ATTRIBUTES;
  let userId: string | null = null;
  let participantName: string | null = null;
  let externalContactId: string | null = null;
  let externalOrganizationId: string | null = null;
  let teamId: string | null = null;
  let seen = 0;
  for (let first = true; json.nextKey(first); first = false) {
    const key = json.key(PARTICIPANT);
    seen = noteRepeated(context, seen, key);
    if (key >= PARTICIPANT_DETAILS && !participantDetails) {
      json.skip(5);
      continue;
    }
    switch (key) {
      case 0: participantId = json.text(); break;
      case 1: purpose = json.recurringText(); break;
      case 2: role = json.recurringText(); break;
      case 3: sessions = readList(json, context, readSession); break;
      case 4: attributes = readAttributes(json, context); break;
      case 5: userId = json.recurringText(); break;
      case 6: participantName = json.text(); break;
      case 7: externalContactId = json.text(); break;
      case 8: externalOrganizationId = json.recurringText(); break;
      case 9: teamId = json.recurringText(); break;
      default: json.skip(5);
    }
  }
  if (participantId === null) throw new UnexpectedValue();
  return { participantId, purpose: purpose ?? role, userId, participantName, externalContactId, externalOrganizationId, teamId, sessions, attributes };
};

/**
 * Reads the conversation that begins at the next byte.
 *
 * @throws UnexpectedValue where a field that is read is not what we rely on (the schema in conversationSchema.ts says which and why)
 * · NotJson · NestedTooDeep
 */
export const readConversation = (json: JsonBytes, context: ReadingContext): Conversation => {
  enterRequired(json);
  let conversationId: string | null = null;
  let conversationStart: number | null = null;
  let conversationEnd: number | null = null;
  let originatingDirection: string | null = null;
  let divisionIds: readonly string[] = NOTHING;
  let externalTag: string | null = null;
  let mediaType: string | null = null;
  let channelType: string | null = null;
  let participants: readonly Participant[] = NOTHING;
  let seen = 0;
  for (let first = true; json.nextKey(first); first = false) {
    const key = json.key(CONVERSATION);
    seen = noteRepeated(context, seen, key);
    switch (key) {
      case 0: conversationId = json.text(); break;
      case 1: conversationStart = json.instant(); break;
      case 2: conversationEnd = json.instant(); break;
      case 3: originatingDirection = json.recurringText(); break;
      case 4: divisionIds = readTexts(json); break;
      case 5: externalTag = json.text(); break;
      case 6: mediaType = json.recurringText(); break;
      case 7: channelType = json.recurringText(); break;
      case 8: participants = readList(json, context, readParticipant); break;
      default: json.skip(3);
    }
  }
  if (conversationId === null || conversationId === '') throw new UnexpectedValue();
  return { conversationId, conversationStart, conversationEnd, originatingDirection, divisionIds, externalTag, mediaType: mediaType ?? channelType, participants };
};
