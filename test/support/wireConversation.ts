import type { Attributes, Conversation, Participant, Segment, Session } from '../../src/model/conversation.js';
import { parseInstant } from '../../src/model/instant.js';

/*
 * What must be read of a conversation as JSON.parse gives it: the plain way, for comparison.
 * It takes for granted that the conversation is one.
 */

type Wire = Readonly<Record<string, unknown>>;

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const instant = (value: unknown): number | null => (typeof value === 'string' ? parseInstant(value)! : null);
const list = (value: unknown): readonly Wire[] => (Array.isArray(value) ? (value as readonly Wire[]) : []);

const attributesOf = (value: unknown): Attributes => {
  const entries = Object.entries((value ?? {}) as Readonly<Record<string, string>>);
  return { names: entries.map(([name]) => name), values: entries.map(([, one]) => one) };
};

const segmentOf = (wire: Wire): Segment => ({
  segmentStart: instant(wire['segmentStart']),
  segmentEnd: instant(wire['segmentEnd']),
  segmentType: text(wire['segmentType']),
  disconnectType: text(wire['disconnectType']),
  queueId: text(wire['queueId']),
  wrapUpCode: text(wire['wrapUpCode']),
  wrapUpNote: text(wire['wrapUpNote']),
  conference: typeof wire['conference'] === 'boolean' ? wire['conference'] : null,
  errorCode: text(wire['errorCode']),
});

const sessionOf = (wire: Wire): Session => {
  const flow = wire['flow'] as Wire | null | undefined;
  return {
    sessionId: String(wire['sessionId']),
    mediaType: text(wire['mediaType']) ?? text(wire['channelType']),
    direction: text(wire['direction']),
    provider: text(wire['provider']),
    ani: text(wire['ani']),
    dnis: text(wire['dnis']),
    addressFrom: text(wire['addressFrom']),
    addressTo: text(wire['addressTo']),
    messageType: text(wire['messageType']),
    outboundCampaignId: text(wire['outboundCampaignId']),
    flow: flow === undefined || flow === null ? null : { flowId: text(flow['flowId']), flowName: text(flow['flowName']), flowType: text(flow['flowType']), exitReason: text(flow['exitReason']) },
    segments: list(wire['segments']).map(segmentOf),
    metrics: list(wire['metrics']).map((metric) => ({ emitDate: instant(metric['emitDate']), name: String(metric['name']), value: metric['value'] as number })),
  };
};

const participantOf = (wire: Wire): Participant => ({
  participantId: String(wire['participantId']),
  purpose: text(wire['purpose']) ?? text(wire['role']),
  userId: text(wire['userId']),
  participantName: text(wire['participantName']),
  externalContactId: text(wire['externalContactId']),
  externalOrganizationId: text(wire['externalOrganizationId']),
  teamId: text(wire['teamId']),
  sessions: list(wire['sessions']).map(sessionOf),
  attributes: attributesOf(wire['attributes']),
});

/** A conversation of the wire as it must be read. */
export const conversationOf = (value: unknown): Conversation => {
  const wire = value as Wire;
  return {
    conversationId: String(wire['conversationId']),
    conversationStart: instant(wire['conversationStart']),
    conversationEnd: instant(wire['conversationEnd']),
    originatingDirection: text(wire['originatingDirection']),
    divisionIds: (wire['divisionIds'] ?? []) as readonly string[],
    externalTag: text(wire['externalTag']),
    mediaType: text(wire['mediaType']) ?? text(wire['channelType']),
    participants: list(wire['participants']).map(participantOf),
  };
};
