import { ExportError } from '../model/errors.js';
import type { SourceKind } from '../model/job.js';
import type { SourceAsOf } from '../model/page.js';
import type { Clock } from '../model/ports.js';
import type { Send } from '../model/send.js';
import { refusal } from './apiError.js';
import { readPage } from './page/readPage.js';
import { minuteQuery } from './pagers/minuteQuery.js';
import { availability, serverClock } from './sourceAsOf.js';
import type { TokenSource } from './token.js';

/** What a probe found: the fact asked for, or the error that says why not and what to do. */
export type Finding<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ExportError };

/** Small questions to the API, one call each (the token apart), for `gcx doctor`. */
export interface Probe {
  /** Whether the login service gives us a token for every client. */
  token(signal?: AbortSignal): Promise<Finding<true>>;
  /** The local clock minus the server's, within the time that the call took. Units: milliseconds. */
  clockSkewMs(signal?: AbortSignal): Promise<Finding<number>>;
  /** The data lake's watermark; also tells whether `analytics:conversationDetail:view` is there. */
  availability(signal?: AbortSignal): Promise<Finding<SourceAsOf>>;
  /** Whether the server answers in this protocol. A job is not made: its resource is asked for the watermark. */
  protocol(kind: SourceKind, signal?: AbortSignal): Promise<Finding<true>>;
}

/** The answer's form is what is asked for. */
const NO_PARTS = { participantDetails: false, sessionDetails: false, segments: false, metrics: false, participantKeys: false, sessionKeys: false };

const found = async <T>(question: () => Promise<T>): Promise<Finding<T>> => {
  try {
    return { ok: true, value: await question() };
  } catch (error) {
    if (error instanceof ExportError) return { ok: false, error };
    throw error;
  }
};

/** Probes over a Send that has token, pace and retries. */
export const createProbe = (world: { readonly send: Send; readonly tokens: Pick<TokenSource, 'get'>; readonly clock: Clock; readonly baseUrl: string }): Probe => {
  const { send, tokens, clock, baseUrl } = world;

  const ask = async (kind: 'next-page-url' | 'page-number', signal: AbortSignal | undefined): Promise<true> => {
    const label = `probe of ${kind}`;
    const response = await send(minuteQuery(kind, baseUrl, clock.nowMs(), label), signal);
    if (response.status !== 200) throw refusal(response, label);
    readPage(response.body, kind, label, NO_PARTS, () => undefined);
    return true;
  };

  const speaks = async (kind: SourceKind, signal: AbortSignal | undefined): Promise<true> => {
    if (kind !== 'job-cursor') return ask(kind, signal);
    await availability(send, baseUrl, signal);
    return true;
  };

  return {
    token: async (signal) =>
      found(async () => {
        await tokens.get(signal);
        return true as const;
      }),
    clockSkewMs: async (signal) =>
      found(async () => {
        const beforeMs = clock.nowMs();
        const server = await serverClock(send, 'page-number', baseUrl, beforeMs, signal);
        return Math.round((beforeMs + clock.nowMs()) / 2 - server.ms);
      }),
    availability: async (signal) => found(async () => availability(send, baseUrl, signal)),
    protocol: async (kind, signal) => found(async () => speaks(kind, signal)),
  };
};
