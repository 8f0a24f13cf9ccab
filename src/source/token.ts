import { AuthError, HttpError, RequestRefusedError } from '../model/errors.js';
import type { Clock, Log } from '../model/ports.js';
import type { Secret } from '../model/secret.js';
import type { ApiRequest, ApiResponse, Send } from '../model/send.js';
import { correlationIdOf, describeRefusal, factsOf, readApiError, serviceOf } from './apiError.js';
import { orInterrupted, pauseFor } from './interruption.js';
import { readGrant, readRefusal } from './tokenAnswer.js';

/** Gives the token that requests carry. */
export interface TokenSource {
  /** The current token; asks for one where there is none or where it is due for renewal. Several callers share one request. */
  get(signal?: AbortSignal): Promise<Secret>;
  /** The API has refused this token. Without effect where another one is in use already. */
  invalidate(tokenSeen: Secret): void;
}

/** What a token source needs. */
export interface TokenSourceOptions {
  /** Without a token, with retries; its answers repeat nothing of the secret. */
  readonly send: Send;
  readonly loginUrl: string;
  readonly clientId: string;
  readonly clientSecret: Secret;
  /** Tells this client from others in messages, e.g. `client 2 of 3`; absent where there is one. */
  readonly name?: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Ends requests and pauses when nobody will want the token any more. A caller's own signal ends its wait only, as others may wait for the same token. */
  readonly signal?: AbortSignal;
}

const labelOf = ({ name }: Pick<TokenSourceOptions, 'name'>): string => (name === undefined ? 'token request' : `token request of ${name}`);
/** The token is renewed after this share of its life. */
const RENEW_AT = 0.8;
/** Whatever its life, a token is used for so long: one that ends sooner is refused and then renewed. No answer makes us ask for a token before every request. */
const SHORTEST_USE_MS = 10_000;
const RENEWAL_PAUSE_MS = 60_000;
/** So long a renewal holds up requests while the token at hand is good; not each of them. */
const PATIENCE_MS = 2000;
const THROTTLE_PAUSES_MS = [3000, 6000, 12_000, 24_000, 48_000];

const quoted = (response: ApiResponse): string => {
  const id = correlationIdOf(response);
  return id === undefined ? '' : ` (correlation id ${id})`;
};

const REFUSED_CLIENT = 'Check GENESYS_CLIENT_ID and genesys.environment: the right client in the wrong region gives the same answer.';

/** An answer that is about the address, or the service itself. */
const otherRefusal = (response: ApiResponse, label: string): HttpError => {
  const { status } = response;
  const apiError = readApiError(response);
  const facts = factsOf(status, apiError);
  if (status >= 300 && status < 400) {
    return new HttpError(`${label}: the server redirects (${String(status)}); redirects are not followed with a secret`, { ...facts, remedy: 'Set genesys.loginUrl to the final address.' });
  }
  const message = describeRefusal(label, status, apiError, serviceOf({ service: 'login' }));
  if (status === 404 || status === 405 || status === 410) return new RequestRefusedError(message, { ...facts, remedy: 'Check genesys.loginUrl (genesys.baseUrl stands in for it where that alone is set): no tokens are given there.' });
  return new HttpError(message, { ...facts, remedy: 'Run again later; where it persists, check genesys.loginUrl.' });
};

const tokenRefusal = (response: ApiResponse, label: string): Error => {
  const { error, description } = readRefusal(response);
  if (response.status === 401) {
    return new AuthError(`${label}: the client secret is wrong${quoted(response)}`, { remedy: 'Check GENESYS_CLIENT_SECRET, or the file in genesys.clientSecretFile; the secret changes whenever it is generated anew.' });
  }
  if (response.status === 400 && error === 'invalid_client') {
    const what = description.includes('not found') ? 'the client id is unknown in this region' : 'the client is not accepted';
    return new AuthError(`${label}: ${what}${quoted(response)}`, { remedy: REFUSED_CLIENT });
  }
  if (response.status === 400 || response.status === 403) {
    return new AuthError(`${label}: the login service refuses the client (${String(response.status)})${quoted(response)}`, { remedy: 'The OAuth client needs the grant type Client Credentials and at least one role.' });
  }
  return otherRefusal(response, label);
};

const isThrottled = (response: ApiResponse): boolean => {
  if (response.status !== 400) return false;
  const { error, description } = readRefusal(response);
  return error === 'invalid_request' && description.includes('rate limit');
};

const tokenRequest = (options: TokenSourceOptions): ApiRequest => ({
  method: 'POST',
  url: `${options.loginUrl}/oauth/token`,
  headers: {
    authorization: `Basic ${Buffer.from(`${options.clientId}:${options.clientSecret.reveal()}`).toString('base64')}`,
    'content-type': 'application/x-www-form-urlencoded',
  },
  body: 'grant_type=client_credentials',
  label: labelOf(options),
  service: 'login',
});

interface Held {
  readonly token: Secret;
  renewAtMs: number;
  /** Until here the API takes it. */
  readonly goodUntilMs: number;
}

const fetchToken = async (options: TokenSourceOptions): Promise<Held> => {
  const { clock } = options;
  const label = labelOf(options);
  for (let tries = 0; ; tries++) {
    const askedMs = clock.monotonicMs();
    const response = await options.send(tokenRequest(options), options.signal);
    if (response.status === 200) {
      const { token, lifeMs } = readGrant(response, label);
      return { token, renewAtMs: askedMs + Math.max(lifeMs * RENEW_AT, SHORTEST_USE_MS), goodUntilMs: askedMs + lifeMs };
    }
    if (!isThrottled(response)) throw tokenRefusal(response, label);
    const pauseMs = THROTTLE_PAUSES_MS[tries];
    if (pauseMs === undefined) throw new HttpError(`${label}: the login service keeps throttling${quoted(response)}`, { status: 400, remedy: 'Run again in a few minutes; other programs may be using the same client.' });
    await pauseFor(clock, pauseMs, label, options.signal);
  }
};

/**
 * A client-credentials token: cached, renewed at 80 % of its life, one request in flight whoever asks.
 *
 * Invariant: while a renewal fails the token at hand stays in use, until the API refuses it.
 * Source: RFC 6749 section 4.4; genesys-cloud-api.md section 5 for the two forms of `invalid_client`.
 * @throws AuthError where the login service refuses the client · HttpError where it cannot be reached · DecodeError
 */
export const createTokenSource = (options: TokenSourceOptions): TokenSource => {
  const { clock } = options;
  let held: Held | undefined;
  let pending: { readonly token: Promise<Secret>; readonly sinceMs: number } | undefined;

  const renew = async (): Promise<Secret> => {
    const old = held;
    try {
      held = await fetchToken(options);
      return held.token;
    } catch (error) {
      if (old === undefined || held !== old) throw error;
      if (options.signal?.aborted === true) return old.token;
      old.renewAtMs = clock.monotonicMs() + RENEWAL_PAUSE_MS;
      options.log.warn('token renewal failed', { error: error instanceof Error ? error.message : 'unknown', retryInMs: RENEWAL_PAUSE_MS });
      return old.token;
    } finally {
      pending = undefined;
    }
  };

  /** The token that comes, or when the renewal has taken some seconds the one at hand. */
  const soonOr = async (renewed: Promise<Secret>, atHand: Secret, leftMs: number): Promise<Secret> => {
    if (leftMs <= 0) return atHand;
    const done = new AbortController();
    const late = clock.sleep(leftMs, done.signal).then(() => atHand, () => atHand);
    try {
      return await Promise.race([renewed, late]);
    } finally {
      done.abort();
    }
  };

  return {
    get: async (signal) => {
      const nowMs = clock.monotonicMs();
      if (held !== undefined && nowMs < held.renewAtMs) return held.token;
      pending ??= { token: renew(), sinceMs: nowMs };
      // Due for renewal, but good: nobody waits long for a login service that does not answer.
      const atHand = held;
      const token = atHand !== undefined && nowMs < atHand.goodUntilMs ? soonOr(pending.token, atHand.token, pending.sinceMs + PATIENCE_MS - nowMs) : pending.token;
      return orInterrupted(token, signal, labelOf(options));
    },
    invalidate: (tokenSeen) => {
      if (held?.token === tokenSeen) held = undefined;
    },
  };
};
