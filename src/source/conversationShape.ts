import type { Conversation } from '../model/conversation.js';

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

const isText = (value: unknown): boolean => value === undefined || value === null || typeof value === 'string';

const isFlag = (value: unknown): boolean => value === undefined || value === null || typeof value === 'boolean';

const isTextList = (value: unknown): boolean => {
  if (value === undefined || value === null) return true;
  if (!Array.isArray(value)) return false;
  for (const item of value) if (typeof item !== 'string') return false;
  return true;
};

const isListOf = (value: unknown, isItem: (item: unknown) => boolean): boolean => {
  if (value === undefined || value === null) return true;
  if (!Array.isArray(value)) return false;
  for (const item of value) if (!isItem(item)) return false;
  return true;
};

const isAttributes = (value: unknown): boolean => {
  if (value === undefined || value === null) return true;
  if (!isObject(value)) return false;
  for (const name in value) if (typeof value[name] !== 'string') return false;
  return true;
};

const isSegment = (value: unknown): boolean =>
  isObject(value) &&
  isText(value['segmentStart']) &&
  isText(value['segmentEnd']) &&
  isText(value['segmentType']) &&
  isText(value['disconnectType']) &&
  isText(value['queueId']) &&
  isText(value['wrapUpCode']) &&
  isText(value['wrapUpNote']) &&
  isFlag(value['conference']) &&
  isText(value['errorCode']);

const isMetric = (value: unknown): boolean =>
  isObject(value) && isText(value['emitDate']) && typeof value['name'] === 'string' && (Number.isSafeInteger(value['value']) || typeof value['value'] === 'bigint');

const isFlow = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  (isObject(value) && isText(value['flowId']) && isText(value['flowName']) && isText(value['flowType']) && isText(value['exitReason']));

const isSession = (value: unknown): boolean =>
  isObject(value) &&
  typeof value['sessionId'] === 'string' &&
  isText(value['mediaType']) &&
  isText(value['channelType']) &&
  isText(value['direction']) &&
  isText(value['provider']) &&
  isText(value['ani']) &&
  isText(value['dnis']) &&
  isText(value['addressFrom']) &&
  isText(value['addressTo']) &&
  isText(value['messageType']) &&
  isText(value['outboundCampaignId']) &&
  isFlow(value['flow']) &&
  isListOf(value['segments'], isSegment) &&
  isListOf(value['metrics'], isMetric);

const isParticipant = (value: unknown): boolean =>
  isObject(value) &&
  typeof value['participantId'] === 'string' &&
  isText(value['purpose']) &&
  isText(value['role']) &&
  isText(value['userId']) &&
  isText(value['participantName']) &&
  isText(value['externalContactId']) &&
  isText(value['externalOrganizationId']) &&
  isText(value['teamId']) &&
  isListOf(value['sessions'], isSession) &&
  isAttributes(value['attributes']);

/**
 * Whether a parsed value is a Conversation, without saying why not.
 *
 * Invariant: agrees with the zod schema in model/conversation.ts on every parsed JSON value (a property test compares the two).
 * Why written out: the schema copies what it checks and takes longer than the parse; this reads each field once and copies nothing.
 */
export const isConversation = (value: unknown): value is Conversation =>
  isObject(value) &&
  typeof value['conversationId'] === 'string' &&
  value['conversationId'] !== '' &&
  isText(value['conversationStart']) &&
  isText(value['conversationEnd']) &&
  isText(value['originatingDirection']) &&
  isTextList(value['divisionIds']) &&
  isText(value['externalTag']) &&
  isText(value['mediaType']) &&
  isText(value['channelType']) &&
  isListOf(value['participants'], isParticipant);
