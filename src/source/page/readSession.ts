import type { ConversationParts, Flow, Segment, Session, SessionMetric } from '../../model/conversation.js';
import { UnexpectedValue, type JsonTape } from './tape/jsonTape.js';
import { KeyTable } from './tape/keyTable.js';
import { enterRequired, NOTHING, noteRepeated, readList, type ReadingContext } from './reading.js';

const SESSION_KEYS = [
  'sessionId', 'mediaType', 'channelType', 'segments', 'metrics',
  'direction', 'provider', 'ani', 'dnis', 'addressFrom', 'addressTo', 'messageType', 'outboundCampaignId', 'flow',
];
const FLOW_KEYS = ['flowId', 'flowName', 'flowType', 'exitReason'];
const SEGMENT_KEYS = ['segmentStart', 'segmentEnd', 'segmentType', 'disconnectType', 'queueId', 'wrapUpCode', 'wrapUpNote', 'conference', 'errorCode'];
const METRIC_KEYS = ['emitDate', 'name', 'value'];

const SESSION = new KeyTable(SESSION_KEYS);
const FLOW = new KeyTable(FLOW_KEYS);
const SEGMENT = new KeyTable(SEGMENT_KEYS);
const METRIC = new KeyTable(METRIC_KEYS);

const readFlow = (json: JsonTape, context: ReadingContext): Flow | null => {
  if (json.isNull()) return null;
  const end = json.enterObject();
  let flowId: string | null = null;
  let flowName: string | null = null;
  let flowType: string | null = null;
  let exitReason: string | null = null;
  let seen = 0;
  while (json.more(end)) {
    const key = json.key(FLOW);
    seen = noteRepeated(context, seen, key);
    if (key === 0) flowId = json.recurringText();
    else if (key === 1) flowName = json.recurringText();
    else if (key === 2) flowType = json.recurringText();
    else if (key === 3) exitReason = json.recurringText();
    else json.skip();
  }
  return { flowId, flowName, flowType, exitReason };
};

const readSegment = (json: JsonTape, context: ReadingContext): Segment => {
  const end = enterRequired(json);
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
  while (json.more(end)) {
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
      default: json.skip();
    }
  }
  return { segmentStart, segmentEnd, segmentType, disconnectType, queueId, wrapUpCode, wrapUpNote, conference, errorCode };
};

const readMetric = (json: JsonTape, context: ReadingContext): SessionMetric => {
  const end = enterRequired(json);
  let emitDate: number | null = null;
  let name: string | null = null;
  let value: number | bigint | undefined;
  let seen = 0;
  while (json.more(end)) {
    const key = json.key(METRIC);
    seen = noteRepeated(context, seen, key);
    if (key === 0) emitDate = json.instant();
    else if (key === 1) name = json.recurringText();
    else if (key === 2) value = json.int64();
    else json.skip();
  }
  if (name === null || value === undefined) throw new UnexpectedValue();
  return { emitDate, name, value };
};

const SEGMENTS = 3;
const METRICS = 4;
const SESSION_DETAILS = 5;

const isNeeded = (key: number, parts: ConversationParts): boolean => (key < SESSION_DETAILS || parts.sessionDetails) && (key !== SEGMENTS || parts.segments) && (key !== METRICS || parts.metrics);

/** The keys that `readSession` reads where these parts are needed. */
export const keysOfSession = (parts: ConversationParts): readonly string[] => [
  ...SESSION_KEYS.filter((_name, key) => isNeeded(key, parts)),
  ...(parts.sessionDetails ? FLOW_KEYS : []),
  ...(parts.segments ? SEGMENT_KEYS : []),
  ...(parts.metrics ? METRIC_KEYS : []),
];

/** A session of a participant. @throws UnexpectedValue */
export const readSession = (json: JsonTape, context: ReadingContext): Session => {
  const end = enterRequired(json);
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
  while (json.more(end)) {
    const key = json.key(SESSION);
    if (!isNeeded(key, parts)) {
      json.skip();
      continue;
    }
    seen = noteRepeated(context, seen, key);
    switch (key) {
      case 0: sessionId = json.id(); break;
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
      default: json.skip();
    }
  }
  if (sessionId === null) throw new UnexpectedValue();
  return { sessionId, mediaType: mediaType ?? channelType, direction, provider, ani, dnis, addressFrom, addressTo, messageType, outboundCampaignId, flow, segments, metrics };
};
