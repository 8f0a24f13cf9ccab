import { createRequire } from 'node:module';
import type { Dispatcher, Pool } from 'undici';
import Agent from 'undici/lib/dispatcher/agent.js';
import { ConfigError } from '../model/errors.js';

/** How connections are made and kept. Units: milliseconds. */
export interface DispatcherOptions {
  readonly headersTimeoutMs?: number;
  /** Longest silence while an answer arrives. */
  readonly bodyIdleMs?: number;
  readonly proxyUrl?: string | undefined;
}

const CONNECTIONS_PER_ORIGIN = 16;
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Options under which a proxy that hangs up fails the request that waits for it.
 *
 * Why: undici takes its own socket error for that of a connection that was in use, keeps what waits, and connects again at once, thousands of times a second.
 */
const failingOnce = (given: Pool.Options): Pool.Options => {
  const { connect } = given;
  if (typeof connect !== 'function') return given;
  return {
    ...given,
    connect: (to, done) => {
      connect(to, (...result) => {
        const [error] = result;
        if (error !== null && 'code' in error && error.code === 'UND_ERR_SOCKET') done(Object.assign(new Error('the proxy hung up', { cause: error }), { code: 'ECONNRESET' }), null);
        else done(...result);
      });
    },
  };
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
  const factory = (origin: string | URL, given: object): Dispatcher => new undici.Pool(origin, failingOnce(given));
  try {
    return new undici.ProxyAgent({ ...pool, uri: options.proxyUrl, factory, requestTls: tls, proxyTls: tls });
  } catch {
    throw new ConfigError([{ where: 'config.yaml: http.proxy', what: 'is no proxy URL; expected http://host:port' }]);
  }
};
