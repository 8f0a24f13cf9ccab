import type { MetricHistory, SegmentHistory, SessionHistory, WireObject } from './history.js';
import type { SeededFlow, SeededOrganization } from './organization.js';
import { stamp } from './stamp.js';
import { sessionHead, type SessionRole } from './sessionHead.js';
import type { SeededRandom } from './seededRandom.js';

const DISCONNECTS = ['client', 'peer', 'endpoint', 'transfer', 'system', 'noAnswerTransfer', 'sessionExpired', 'conferenceTransfer', 'consultTransfer'] as const;
const DAY_MS = 86_400_000;
const NOTES = ['resolved', 'Kunde ruft zurück', 'line one\nline two', '=1+1', 'see case | 42', ''] as const;

/** Where a session stands in its conversation. */
export interface SessionDraw {
  readonly role: SessionRole;
  readonly startMs: number;
  /** Absent: the session never ends. */
  readonly endMs: number | undefined;
  readonly flow?: SeededFlow;
  readonly queueId?: string;
  /** Interact and hold segments beside the usual ones. */
  readonly extraSegments: number;
  /** With all metrics, and the media statistics of voice. */
  readonly large: boolean;
}

const metricNames = (purpose: string): readonly string[] => {
  if (purpose === 'agent' || purpose === 'user') return ['tHandle', 'tTalk', 'tAlert', 'tAcw', 'tAnswered', 'tTalkComplete'];
  if (purpose === 'acd') return ['tAcd', 'nOffered', 'oMediaCount'];
  if (purpose === 'ivr' || purpose === 'workflow' || purpose === 'botflow') return ['tFlow', 'nFlow', 'tIvr'];
  return ['tConnected', 'nConnected', 'oMediaCount'];
};

const metricHistory = (random: SeededRandom, draw: SessionDraw): MetricHistory[] => {
  const spanMs = Math.min((draw.endMs ?? draw.startMs + 600_000) - draw.startMs, 3_600_000);
  const names = metricNames(draw.role.purpose);
  return (draw.large ? names : names.slice(0, Math.ceil(names.length / 2))).map((name) => {
    const emitMs = draw.startMs + random.int(Math.max(1, spanMs));
    const value = name.startsWith('t') ? random.int(Math.max(1, spanMs)) : 1;
    return name === 'tHandle' && random.oneIn(15)
      ? { emitMs, name, value, revised: { atMs: emitMs + 2 * DAY_MS + random.int(DAY_MS), value: value + 1_000 } }
      : { emitMs, name, value };
  });
};

const wrapUp = (random: SeededRandom, org: SeededOrganization, draw: SessionDraw, endMs: number): SegmentHistory => {
  const dice = random.int(12);
  const code = dice === 0 ? 'ININ-WRAP-UP-TIMEOUT' : dice === 1 ? undefined : random.pick(org.wrapUpCodes);
  const visibleMs = random.oneIn(25) ? endMs + 2 * DAY_MS + random.int(DAY_MS) : endMs;
  return {
    startMs: endMs,
    endMs: endMs + 1_000 + random.int(20_000),
    visibleMs,
    type: 'wrapup',
    conference: false,
    disconnectType: 'client',
    ...(draw.queueId === undefined ? {} : { queueId: draw.queueId }),
    ...(code === undefined ? {} : { wrapUpCode: code }),
    ...(random.oneIn(3) ? { wrapUpNote: random.pick(NOTES) } : {}),
  };
};

const segmentTypes = (purpose: string, extra: number): readonly string[] => {
  const more = Array.from({ length: extra }, (_, i) => (i % 2 === 0 ? 'hold' : 'interact'));
  if (purpose === 'agent') return ['alert', 'interact', ...more];
  if (purpose === 'acd') return ['interact', ...more];
  if (purpose === 'ivr') return ['ivr', ...more];
  if (purpose === 'outbound') return ['dialing', 'interact', ...more];
  return ['interact', ...more];
};

const segmentHistory = (random: SeededRandom, org: SeededOrganization, draw: SessionDraw): SegmentHistory[] => {
  const types = segmentTypes(draw.role.purpose, draw.extraSegments);
  const open = draw.endMs === undefined;
  const lengthMs = open ? types.length * 60_000 : draw.endMs - draw.startMs;
  const cut = (i: number): number => draw.startMs + Math.floor((lengthMs * i) / types.length);
  const segments = types.map((type, i): SegmentHistory => {
    const last = i === types.length - 1;
    const endMs = last ? draw.endMs : cut(i + 1);
    return {
      startMs: cut(i),
      endMs,
      visibleMs: cut(i),
      type,
      conference: random.oneIn(30),
      ...(last ? { disconnectType: random.pick(DISCONNECTS) } : {}),
      ...(last && random.oneIn(40) ? { errorCode: 'error.ininedgecontrol.connection.outbound.noRoute' } : {}),
      ...(draw.queueId === undefined ? {} : { queueId: draw.queueId }),
    };
  });
  if (draw.role.purpose === 'agent' && draw.endMs !== undefined) segments.push(wrapUp(random, org, draw, draw.endMs));
  return segments;
};

const flowFields = (random: SeededRandom, flow: SeededFlow): WireObject => ({
  endingLanguage: 'de',
  entryReason: 'DnisOrAddress',
  entryType: 'dnis',
  exitReason: random.oneIn(4) ? 'DISCONNECT' : 'TRANSFER',
  flowId: flow.id,
  flowName: flow.name,
  flowType: flow.type,
  flowVersion: '169.0',
  startingLanguage: 'de',
  ...(random.oneIn(6) ? { outcomes: [{ flowOutcome: 'SUCCESS', flowOutcomeId: flow.id, flowOutcomeValue: 'SUCCESS' }] } : {}),
});

const statFields = (random: SeededRandom, atMs: number): WireObject => ({
  codecs: ['audio/opus'],
  eventTime: stamp(atMs),
  maxLatencyMs: random.int(300),
  minMos: 4.8 + random.int(10) / 100,
  minRFactor: 90.5,
  receivedPackets: random.int(100_000),
});

/** A session with its flow, metrics and segments. */
export const sessionHistory = (random: SeededRandom, org: SeededOrganization, draw: SessionDraw): SessionHistory => ({
  startMs: draw.startMs,
  head: sessionHead(random, org, draw.role),
  ...(draw.large && draw.role.media === 'voice' ? { mediaEndpointStats: [statFields(random, draw.startMs)] } : {}),
  ...(draw.flow === undefined ? {} : { flow: flowFields(random, draw.flow) }),
  metrics: metricHistory(random, draw),
  segments: segmentHistory(random, org, draw),
});
