import { createRequire } from 'node:module';
import type { Dispatcher, Pool } from 'undici';
import Agent from 'undici/lib/dispatcher/agent.js';
import { ConfigError } from '../model/errors.js';
import { ProxyFailure } from './proxyFailure.js';

/** How connections are made and kept. Units: milliseconds. */
export interface DispatcherOptions {
  readonly headersTimeoutMs?: number;
  /** Longest silence while an answer arrives. */
  readonly bodyIdleMs?: number;
  readonly proxyUrl?: string | undefined;
}

const CONNECTIONS_PER_ORIGIN = 16;
const CONNECT_TIMEOUT_MS = 10_000;

/** What a failure to connect becomes. */
type Judge = (error: Error) => Error;

const judging = (given: Pool.Options, judge: Judge): Pool.Options => {
  const { connect } = given;
  if (typeof connect !== 'function') return given;
  return {
    ...given,
    connect: (to, done) => {
      connect(to, (...result) => {
        const [error] = result;
        if (error === null) done(...result);
        else done(judge(error), null);
      });
    },
  };
};

/** No connection to the proxy itself. */
const unreached: Judge = (error) => new ProxyFailure('no connection to the proxy', { cause: error });

/**
 * A proxy that answers CONNECT with a refusal, or hangs up.
 *
 * Why the latter must not stay as it is: undici takes its own socket error for that of a connection that was in use, keeps what waits, and connects again at once, thousands of times a second.
 */
const refused: Judge = (error) => {
  if ('code' in error && error.code === 'UND_ERR_SOCKET') return new ProxyFailure('the proxy hung up', { cause: Object.assign(new Error('hung up', { cause: error }), { code: 'ECONNRESET' }) });
  const status = /^Proxy response \((\d{3})\)/.exec(error.message)?.[1];
  return status === undefined ? error : new ProxyFailure(`the proxy answered ${status}`, { cause: error, status: Number(status) });
};

/** undici's keep-alive connections, through a proxy where one is given. @throws ConfigError for an unusable proxy URL */
export const createDispatcher = (options: DispatcherOptions): Dispatcher => {
  const timeouts = { headersTimeout: options.headersTimeoutMs ?? 60_000, bodyTimeout: options.bodyIdleMs ?? 30_000 };
  // Explicit, so that NODE_TLS_REJECT_UNAUTHORIZED=0 has no effect.
  const tls = { rejectUnauthorized: true, minVersion: 'TLSv1.2' as const, timeout: CONNECT_TIMEOUT_MS };
  const pool = { ...timeouts, connections: CONNECTIONS_PER_ORIGIN, pipelining: 1, keepAliveTimeout: 30_000 };
  if (options.proxyUrl === undefined) return new Agent({ ...pool, connect: tls });
  // Loaded here: most runs need no proxy, and the whole package takes long to load.
  const undici = createRequire(import.meta.url)('undici') as typeof import('undici');
  const poolOf = (judge: Judge) => (origin: string | URL, given: object): Dispatcher => new undici.Pool(origin, judging(given, judge));
  try {
    return new undici.ProxyAgent({ ...pool, uri: options.proxyUrl, factory: poolOf(refused), clientFactory: poolOf(unreached), requestTls: tls, proxyTls: tls });
  } catch {
    throw new ConfigError([{ where: 'config.yaml: http.proxy', what: 'is no proxy URL; expected http://host:port' }]);
  }
};
