import { stamp } from './stamp.js';
import type { Showing } from './analyticsModel.js';
import type { AttributeHistory, ConversationHistory, MetricHistory, ParticipantHistory, SegmentHistory, SessionHistory, WireObject } from './history.js';
import { endAsOf } from './lifetime.js';

/** Characters of an attribute's name or value that analytics keeps. Source: official, "truncated to 1024 characters"; counted as Java counts. */
export const ATTRIBUTE_CHARACTERS = 1024;

const cut = (text: string): string => (text.length > ATTRIBUTE_CHARACTERS ? text.slice(0, ATTRIBUTE_CHARACTERS) : text);

const segment = (g: SegmentHistory, asOfMs: number): WireObject => {
  const ended = g.endMs !== undefined && g.endMs <= asOfMs;
  const out: WireObject = { conference: g.conference };
  if (ended && g.disconnectType !== undefined) out['disconnectType'] = g.disconnectType;
  if (g.errorCode !== undefined) out['errorCode'] = g.errorCode;
  if (g.queueId !== undefined) out['queueId'] = g.queueId;
  if (ended) out['segmentEnd'] = stamp(g.endMs);
  out['segmentStart'] = stamp(g.startMs);
  out['segmentType'] = g.type;
  if (g.wrapUpCode !== undefined) out['wrapUpCode'] = g.wrapUpCode;
  if (g.wrapUpNote !== undefined) out['wrapUpNote'] = g.wrapUpNote;
  return g.extra === undefined ? out : Object.assign(out, g.extra);
};

const metric = (m: MetricHistory, asOfMs: number): WireObject => ({
  emitDate: stamp(m.emitMs),
  name: m.name,
  value: m.revised !== undefined && m.revised.atMs <= asOfMs ? m.revised.value : m.value,
});

const renamed = (fields: WireObject, from: string, to: string): WireObject => {
  const out: WireObject = {};
  for (const name of Object.keys(fields)) out[name === from ? to : name] = fields[name];
  return out;
};

const session = (s: SessionHistory, showing: Showing): WireObject => {
  const { asOfMs } = showing;
  const out: WireObject = showing.spelling === 'gateway' ? renamed(s.head, 'mediaType', 'channelType') : { ...s.head };
  if (s.mediaEndpointStats !== undefined) out['mediaEndpointStats'] = s.mediaEndpointStats;
  if (s.flow !== undefined) out['flow'] = s.flow;
  const metrics: WireObject[] = [];
  for (const m of s.metrics) if (m.emitMs <= asOfMs) metrics.push(metric(m, asOfMs));
  if (metrics.length > 0) out['metrics'] = metrics;
  const segments: WireObject[] = [];
  for (const g of s.segments) if (g.visibleMs <= asOfMs) segments.push(segment(g, asOfMs));
  if (segments.length > 0) out['segments'] = segments;
  return out;
};

/** What analytics keeps: set while the conversation was open. Source: "Analytics does not save attributes that are set after the conversation completes". */
const shownAttributes = (history: ConversationHistory, attributes: readonly AttributeHistory[], asOfMs: number): Readonly<Record<string, string>> | undefined => {
  const shown: [string, string][] = [];
  for (const a of attributes) {
    if (a.setMs <= asOfMs && endAsOf(history.life, a.setMs) === undefined) shown.push([cut(a.name), cut(a.value)]);
  }
  // fromEntries defines own properties, so that `__proto__` stays a name.
  return shown.length === 0 ? undefined : Object.fromEntries(shown);
};

const participant = (history: ConversationHistory, p: ParticipantHistory, showing: Showing): WireObject => {
  const out: WireObject = showing.spelling === 'gateway' ? renamed(p.head, 'purpose', 'role') : { ...p.head };
  const sessions: WireObject[] = [];
  for (const s of p.sessions) if (s.startMs <= showing.asOfMs) sessions.push(session(s, showing));
  if (sessions.length > 0) out['sessions'] = sessions;
  const attributes = showing.attributes ? shownAttributes(history, p.attributes, showing.asOfMs) : undefined;
  if (attributes !== undefined) out['attributes'] = attributes;
  return out;
};

const channelOf = (participants: readonly WireObject[] | undefined): unknown => {
  for (const p of participants ?? []) {
    const first = (p['sessions'] as readonly WireObject[] | undefined)?.[0];
    if (first !== undefined) return first['channelType'];
  }
  return undefined;
};

const lateFields = (records: ConversationHistory['evaluations'], asOfMs: number): WireObject[] =>
  records.filter((r) => r.atMs <= asOfMs).map((r) => r.fields);

/**
 * A conversation as analytics shows it: absent values omitted, scalars in alphabetical order, then the nested collections.
 *
 * Source: the payloads described in genesys-cloud-api.md, section 3.
 */
export const analyticsWire = (history: ConversationHistory, showing: Showing): WireObject => {
  const { asOfMs, spelling } = showing;
  const participants = history.participants?.filter((p) => p.joinMs <= asOfMs).map((p) => participant(history, p, showing));
  const out: WireObject = {};
  const channel = spelling === 'gateway' ? channelOf(participants) : undefined;
  if (channel !== undefined) out['channelType'] = channel;
  const end = endAsOf(history.life, asOfMs);
  if (end !== undefined) out['conversationEnd'] = stamp(end);
  out['conversationId'] = history.id;
  out['conversationStart'] = stamp(history.startMs);
  out['divisionIds'] = history.divisionIds;
  if (history.externalTag !== undefined) out['externalTag'] = history.externalTag;
  out['originatingDirection'] = history.originatingDirection;
  if (history.extra !== undefined) Object.assign(out, history.extra);
  const evaluations = lateFields(history.evaluations, asOfMs);
  if (evaluations.length > 0) out['evaluations'] = evaluations;
  const surveys = lateFields(history.surveys, asOfMs);
  if (surveys.length > 0) out['surveys'] = surveys;
  if (participants !== undefined) out['participants'] = participants;
  return out;
};
