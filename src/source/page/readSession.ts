import type { Flow, Segment, Session, SessionMetric } from '../../model/conversation.js';
import { UnexpectedValue, type JsonBytes } from './jsonBytes.js';
import { KeyTable } from './keyTable.js';
import { enterRequired, NOTHING, noteRepeated, readList, type ReadingContext } from './reading.js';

const SESSION = new KeyTable([
  'sessionId', 'mediaType', 'channelType', 'segments', 'metrics',
  'direction', 'provider', 'ani', 'dnis', 'addressFrom', 'addressTo', 'messageType', 'outboundCampaignId', 'flow',
]);
const FLOW = new KeyTable(['flowId', 'flowName', 'flowType', 'exitReason']);
const SEGMENT = new KeyTable(['segmentStart', 'segmentEnd', 'segmentType', 'disconnectType', 'queueId', 'wrapUpCode', 'wrapUpNote', 'conference', 'errorCode']);
const METRIC = new KeyTable(['emitDate', 'name', 'value']);

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

/** A session of a participant. @throws UnexpectedValue */
export const readSession = (json: JsonBytes, context: ReadingContext): Session => {
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
