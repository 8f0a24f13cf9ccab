import type { ConversationHistory, ParticipantHistory, SegmentHistory, SessionHistory, WireObject } from './history.js';
import { endAsOf } from './lifetime.js';
import { stamp } from './stamp.js';

/** The list of a participant that holds sessions of a medium. */
const LISTS = {
  voice: 'calls', callback: 'callbacks', chat: 'chats', cobrowse: 'cobrowsesessions', email: 'emails', message: 'messages', internalmessage: 'internalMessages',
  screenmonitoring: 'screenMonitorings', screenshare: 'screenshares', video: 'videos',
} as const;

/** Disconnect types of analytics in the dotted spelling of the conversations API. */
const DOTTED: Readonly<Record<string, string>> = {
  noAnswerTransfer: 'transfer.noanswer', notAvailableTransfer: 'transfer.notavailable', conferenceTransfer: 'transfer.conference', consultTransfer: 'transfer.consult',
  forwardTransfer: 'transfer.forward', dndTransfer: 'transfer.dnd', dndEndpoint: 'endpoint.dnd', sessionExpired: 'session.expired', transportFailure: 'transport.failure',
};

const dotted = (type: string): string => (Object.hasOwn(DOTTED, type) ? DOTTED[type]! : type);

const endOf = (segments: readonly SegmentHistory[], asOfMs: number): number | undefined => {
  let end: number | undefined;
  for (const g of segments) {
    if (g.startMs > asOfMs) continue;
    if (g.endMs === undefined || g.endMs > asOfMs) return undefined;
    if (end === undefined || g.endMs > end) end = g.endMs;
  }
  return end;
};

const communication = (s: SessionHistory, asOfMs: number): WireObject => {
  const end = endOf(s.segments, asOfMs);
  const disconnect = s.segments.find((g) => g.disconnectType !== undefined)?.disconnectType;
  return {
    state: end === undefined ? 'connected' : 'terminated',
    id: s.head['sessionId'],
    direction: s.head['direction'],
    recordingState: 'NONE',
    provider: s.head['provider'],
    connectedTime: stamp(s.startMs),
    ...(end === undefined ? {} : { disconnectedTime: stamp(end), ...(disconnect === undefined ? {} : { disconnectType: dotted(disconnect) }) }),
    segments: [],
    errorInfo: {},
  };
};

const wrapUpOf = (p: ParticipantHistory, asOfMs: number): WireObject | undefined => {
  const wrap = p.sessions.flatMap((s) => [...s.segments]).find((g) => g.type === 'wrapup' && g.visibleMs <= asOfMs);
  if (wrap === undefined) return undefined;
  return {
    ...(wrap.wrapUpCode === undefined ? {} : { code: wrap.wrapUpCode }),
    notes: wrap.wrapUpNote ?? '',
    tags: [],
    ...(wrap.endMs === undefined ? {} : { durationSeconds: Math.round((wrap.endMs - wrap.startMs) / 1000), endTime: stamp(wrap.endMs) }),
  };
};

const participant = (p: ParticipantHistory, asOfMs: number): WireObject => {
  const sessions = p.sessions.filter((s) => s.startMs <= asOfMs);
  const end = endOf(sessions.flatMap((s) => [...s.segments]), asOfMs);
  const lists: WireObject = {};
  for (const [media, name] of Object.entries(LISTS)) {
    lists[name] = sessions.filter((s) => s.head['mediaType'] === media).map((s) => communication(s, asOfMs));
  }
  const wrapup = wrapUpOf(p, asOfMs);
  const attributes = p.attributes.filter((a) => a.setMs <= asOfMs).map((a): [string, string] => [a.name, a.value]);
  return {
    id: p.id,
    startTime: stamp(p.joinMs),
    ...(end === undefined ? {} : { endTime: stamp(end) }),
    connectedTime: stamp(p.joinMs),
    name: p.head['participantName'],
    userId: p.head['userId'],
    externalContactId: p.head['externalContactId'],
    queueId: sessions[0]?.segments[0]?.queueId,
    teamId: p.head['teamId'],
    purpose: p.purpose,
    participantType: p.purpose === 'agent' ? 'User' : 'External',
    wrapupRequired: wrapup !== undefined,
    ...(wrapup === undefined ? {} : { wrapup }),
    mediaRoles: ['full'],
    // The last write wins, wherever the name stood before; fromEntries keeps `__proto__` a name.
    attributes: Object.fromEntries(attributes),
    ...lists,
    evaluations: [],
  };
};

/**
 * A conversation as GET /api/v2/conversations/{id} shows it: attributes in full, also those set after the end; `{}` and `[]` where there is nothing.
 *
 * Source: Conversation and Participant in openapi-subset.json.
 */
export const platformWire = (history: ConversationHistory, asOfMs: number, baseUrl: string): WireObject => {
  const end = endAsOf(history.life, asOfMs);
  return {
    id: history.id,
    startTime: stamp(history.startMs),
    ...(end === undefined ? {} : { endTime: stamp(end) }),
    ...(history.externalTag === undefined ? {} : { externalTag: history.externalTag }),
    participants: (history.participants ?? []).filter((p) => p.joinMs <= asOfMs).map((p) => participant(p, asOfMs)),
    conversationIds: [],
    recordingState: 'NONE',
    divisions: history.divisionIds.map((id) => ({ division: { id, selfUri: `/api/v2/authorization/divisions/${id}` }, entities: [] })),
    recentTransfers: [],
    securePause: false,
    selfUri: `${baseUrl}/api/v2/conversations/${history.id}`,
  };
};
