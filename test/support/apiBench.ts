import type { SourceOptions } from '../../src/model/job.js';
import type { ConversationSource, DecodePage, PageEnvelope, PageRequest, Position } from '../../src/model/page.js';
import { Secret } from '../../src/model/secret.js';
import { refuseBadRecords } from '../../src/run/badRecords.js';
import { createClient } from '../../src/source/client.js';
import type { Client } from '../../src/source/client.js';
import { decodePage } from '../../src/source/page/decodePage.js';
import { ALL_PARTS } from './allParts.js';
import { startHostileServer } from './hostileServer.js';
import type { HostileServer } from './hostileServer.js';
import { whenTestEnds } from './leftovers.js';
import { createManualClock } from './manualClock.js';
import type { ManualClock } from './manualClock.js';
import { createRecordingLog } from './recordingLog.js';
import { keepConversations } from './keepConversations.js';

/** Credentials that must appear nowhere. */
export const CANARY_SECRET = 'canary-secret-7f3a';

/** A client whose API is hostile and whose time jumps. */
export interface ApiBench {
  readonly server: HostileServer;
  readonly client: Client;
  readonly clock: ManualClock;
  readonly log: ReturnType<typeof createRecordingLog>;
}

/** Closes something after the test at hand. */
export const closeAfterTest = (close: () => Promise<void>): void => {
  whenTestEnds(close);
};

/** A hostile server, closed after the test. */
export const hostile = async (): Promise<HostileServer> => {
  const server = await startHostileServer();
  closeAfterTest(server.close);
  return server;
};

/** A client of a hostile server, both closed after the test. */
export const apiBench = async (http: { readonly requestsPerMinute?: number; readonly maxAttempts?: number; readonly timeoutMs?: number; readonly clientSecret?: string } = {}, clock: ManualClock = createManualClock({ auto: true })): Promise<ApiBench> => {
  const server = await hostile();
  const log = createRecordingLog();
  const settings = {
    genesys: { baseUrl: server.baseUrl, loginUrl: server.baseUrl, clientId: 'canary-client', clientSecret: new Secret(http.clientSecret ?? CANARY_SECRET) },
    http: { requestsPerMinute: http.requestsPerMinute ?? 10_000, timeoutMs: http.timeoutMs ?? 5000, maxAttempts: http.maxAttempts ?? 6, proxyUrl: undefined },
  };
  const client = createClient(settings, { clock, random: () => 0.5, log, version: '0.0.0-test' });
  closeAfterTest(client.close);
  return { server, client, clock, log };
};

/** Options of a source with quick polling. */
export const sourceOptions = (kind: SourceOptions['kind'], more: Partial<SourceOptions> = {}): SourceOptions => ({
  kind, pageSize: 100, filters: {}, maxResults: 100_000, parts: true, maxIntervalMs: 7 * 86_400_000, pollMs: 2000, jobTimeoutMs: 3_600_000, ...more,
});

/** A day, `2026-01-05` in UTC. */
export const DAY = { startMs: Date.UTC(2026, 0, 5), endMs: Date.UTC(2026, 0, 6) };

/** Decodes to the conversations' ids. */
export const decodeIds: DecodePage<string[]> = async (body, kind, label) => {
  const { envelope, listHash, content, rejects } = await decodePage(body, kind, label, ALL_PARTS, keepConversations());
  refuseBadRecords(rejects, DAY, label);
  return { envelope, listHash, content: content.map(({ conversationId }) => conversationId) };
};

/** What a pass through a window brought. */
export interface Reading {
  readonly ids: string[];
  readonly envelopes: PageEnvelope[];
  readonly positions: Position[];
  readonly types: string[];
  /** Reasons for which parts began anew. */
  readonly restarts: string[];
}

/** Reads a window to its end, or until `most` events have come. */
export const readAll = async (source: ConversationSource, request: Partial<PageRequest> = {}, most = Number.POSITIVE_INFINITY): Promise<Reading> => {
  const reading: Reading = { ids: [], envelopes: [], positions: [], types: [], restarts: [] };
  for await (const event of source.pages({ window: DAY, ...request }, decodeIds)) {
    reading.types.push(event.type);
    // As the state does: through JSON.
    reading.positions.push(JSON.parse(JSON.stringify(event.position)) as Position);
    if (event.type === 'page') {
      reading.ids.push(...event.content);
      reading.envelopes.push(event.envelope);
    }
    if (event.type === 'restart') reading.restarts.push(event.reason);
    if (reading.types.length >= most) break;
  }
  return reading;
};

/** Conversations with these ids, as bare as the API permits. */
export const bare = (...ids: readonly string[]): { conversationId: string }[] => ids.map((conversationId) => ({ conversationId }));

/** The error that a promise rejects with. */
export const failure = async (promise: Promise<unknown>): Promise<Error> => {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('expected a failure');
};
