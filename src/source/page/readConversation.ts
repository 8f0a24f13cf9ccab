import type { Conversation, ConversationParts, Participant, Session } from '../../model/conversation.js';
import { UnexpectedValue, type JsonTape } from './tape/jsonTape.js';
import { KeyTable } from './tape/keyTable.js';
import { WantedKeys } from './tape/wantedKeys.js';
import { NO_ATTRIBUTES, readAttributes } from './readAttributes.js';
import { keysOfSession, readSession } from './readSession.js';
import { enterRequired, hasRepeated, NOTHING, noteRepeated, readList, type ReadingContext } from './reading.js';

const CONVERSATION_KEYS = ['conversationId', 'conversationStart', 'conversationEnd', 'originatingDirection', 'divisionIds', 'externalTag', 'mediaType', 'channelType', 'participants'];
const PARTICIPANT_KEYS = ['participantId', 'purpose', 'role', 'sessions', 'attributes', 'userId', 'participantName', 'externalContactId', 'externalOrganizationId', 'teamId'];

const CONVERSATION = new KeyTable(CONVERSATION_KEYS);
const PARTICIPANT = new KeyTable(PARTICIPANT_KEYS);

const readTexts = (json: JsonTape): readonly string[] => {
  const texts: string[] = [];
  for (const end = json.enterArray(); json.more(end); ) {
    const text = json.recurringText();
    if (text === null) throw new UnexpectedValue();
    texts.push(text);
  }
  return texts;
};

const sessionIdOf = ({ sessionId }: Session): string => sessionId;
const participantIdOf = ({ participantId }: Participant): string => participantId;

const PARTICIPANT_DETAILS = 5;

const isNeeded = (key: number, parts: ConversationParts): boolean => key < PARTICIPANT_DETAILS || parts.participantDetails;

/** The keys that `readConversation` reads where these parts are needed; those of attributes may be any. */
export const keysOfConversation = (parts: ConversationParts): WantedKeys =>
  new WantedKeys([...CONVERSATION_KEYS, ...PARTICIPANT_KEYS.filter((_name, key) => isNeeded(key, parts)), ...keysOfSession(parts)], ['attributes']);

const readParticipant = (json: JsonTape, context: ReadingContext): Participant => {
  const end = enterRequired(json);
  const { parts } = context;
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
  while (json.more(end)) {
    const key = json.key(PARTICIPANT);
    if (!isNeeded(key, parts)) {
      json.skip();
      continue;
    }
    seen = noteRepeated(context, seen, key);
    switch (key) {
      case 0: participantId = json.id(); break;
      case 1: purpose = json.recurringText(); break;
      case 2: role = json.recurringText(); break;
      case 3: sessions = readList(json, context, readSession); break;
      case 4: attributes = readAttributes(json, context); break;
      case 5: userId = json.recurringText(); break;
      case 6: participantName = json.text(); break;
      case 7: externalContactId = json.text(); break;
      case 8: externalOrganizationId = json.recurringText(); break;
      case 9: teamId = json.recurringText(); break;
      default: json.skip();
    }
  }
  if (participantId === null || (parts.sessionKeys && hasRepeated(sessions.map(sessionIdOf)))) throw new UnexpectedValue();
  return { participantId, purpose: purpose ?? role, userId, participantName, externalContactId, externalOrganizationId, teamId, sessions, attributes };
};

/**
 * Reads the conversation that is the next value.
 *
 * @throws UnexpectedValue where a field that is read is not what we rely on (the schema in conversationSchema.ts says which and why)
 */
export const readConversation = (json: JsonTape, context: ReadingContext): Conversation => {
  const end = enterRequired(json);
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
  while (json.more(end)) {
    const key = json.key(CONVERSATION);
    seen = noteRepeated(context, seen, key);
    switch (key) {
      case 0: conversationId = json.id(); break;
      case 1: conversationStart = json.instant(); break;
      case 2: conversationEnd = json.instant(); break;
      case 3: originatingDirection = json.recurringText(); break;
      case 4: divisionIds = readTexts(json); break;
      case 5: externalTag = json.text(); break;
      case 6: mediaType = json.recurringText(); break;
      case 7: channelType = json.recurringText(); break;
      case 8: participants = readList(json, context, readParticipant); break;
      default: json.skip();
    }
  }
  if (conversationId === null || conversationId === '') throw new UnexpectedValue();
  if (context.parts.participantKeys && hasRepeated(participants.map(participantIdOf))) throw new UnexpectedValue();
  return { conversationId, conversationStart, conversationEnd, originatingDirection, divisionIds, externalTag, mediaType: mediaType ?? channelType, participants };
};
