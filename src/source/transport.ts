import { createRequire } from 'node:module';
import type { Dispatcher } from 'undici';
import Agent from 'undici/lib/dispatcher/agent.js';
import { ConfigError } from '../model/errors.js';
import { createMemoryPool, type MemoryPool } from '../model/memoryPool.js';
import type { ApiRequest, ApiResponse, Send } from '../model/send.js';
import { AnswerReader, codingOf } from './answerReader.js';
import { ungzip } from './contentCoding.js';
import { interruption, throwIfInterrupted } from './interruption.js';
import { TransportError, toTransportError } from './transportError.js';

/** How to reach the API. Units: milliseconds and bytes. */
export interface TransportOptions {
  /** From the request's first byte to the answer's last. */
  readonly timeoutMs: number;
  readonly headersTimeoutMs?: number;
  /** Longest silence while an answer arrives. */
  readonly bodyIdleMs?: number;
  readonly proxyUrl?: string | undefined;
  /** Largest answer, after decompression; 64 MiB where absent. Source: RELIABILITY section 5, row 18. */
  readonly maxBodyBytes?: number;
  readonly userAgent: string;
  /** Where room for bodies comes from; a pool of its own where absent. */
  readonly memory?: Pick<MemoryPool, 'take'> | undefined;
}

/** A pool of connections and the way to use it. */
export interface Transport {
  readonly send: Send;
  /** Ends every connection, also those in use. */
  close(): Promise<void>;
}

const CONNECTIONS_PER_ORIGIN = 16;
const CONNECT_TIMEOUT_MS = 10_000;

const createDispatcher = (options: TransportOptions): Dispatcher => {
  const timeouts = { headersTimeout: options.headersTimeoutMs ?? 60_000, bodyTimeout: options.bodyIdleMs ?? 30_000 };
  // Explicit, so that NODE_TLS_REJECT_UNAUTHORIZED=0 has no effect.
  const tls = { rejectUnauthorized: true, minVersion: 'TLSv1.2' as const, timeout: CONNECT_TIMEOUT_MS };
  const pool = { ...timeouts, connections: CONNECTIONS_PER_ORIGIN, pipelining: 1, keepAliveTimeout: 30_000 };
  if (options.proxyUrl === undefined) return new Agent({ ...pool, connect: tls });
  // Loaded here: most runs need no proxy, and the whole package takes long to load.
  const { ProxyAgent } = createRequire(import.meta.url)('undici') as typeof import('undici');
  try {
    return new ProxyAgent({ ...pool, uri: options.proxyUrl, requestTls: tls, proxyTls: tls });
  } catch {
    throw new ConfigError([{ where: 'config.yaml: http.proxy', what: 'is no proxy URL; expected http://host:port' }]);
  }
};

/**
 * A Send over one pool of keep-alive connections, through a proxy where one is given. Any status is an answer; only a missing or incomplete answer is an error.
 *
 * Invariant: redirects are never followed; a body is whole (declared length or chunked end seen, gzip checksum right) and alone in its ArrayBuffer, so it can be transferred.
 * Why undici's own decompression is not used: it delivers cut gzip as if it were complete.
 * @throws TransportError · the signal's reason or InterruptedError when aborted · ConfigError for an unusable proxy URL.
 */
export const createTransport = (options: TransportOptions): Transport => {
  const dispatcher = createDispatcher(options);
  const maxBytes = options.maxBodyBytes ?? 64 * 1024 * 1024;
  const memory = options.memory ?? createMemoryPool();

  const exchange = async (request: ApiRequest, reader: AnswerReader): Promise<ApiResponse> => {
    const { origin, pathname, search } = new URL(request.url);
    dispatcher.dispatch(
      {
        origin,
        path: `${pathname}${search}`,
        method: request.method,
        headers: { accept: 'application/json', 'accept-encoding': 'gzip', 'user-agent': options.userAgent, ...request.headers },
        body: request.body ?? null,
      },
      reader,
    );
    const { status, headers, body } = await reader.answer;
    const isPlain = codingOf(headers) === 'identity' || body.byteLength === 0;
    return { status, headers, body: isPlain ? body : await ungzip(body, maxBytes, request.label) };
  };

  const send: Send = async (request, signal) => {
    throwIfInterrupted(signal, request.label);
    const reader = new AnswerReader(request.label, maxBytes, memory);
    const stop = (): void => {
      if (signal !== undefined) reader.stop(interruption(signal, request.label));
    };
    const timer = setTimeout(() => {
      reader.stop(new TransportError('timeout', `${request.label}: no complete answer within ${String(options.timeoutMs)} ms`, { remedy: 'Raise http.timeout or lower source.pageSize.' }));
    }, Math.min(options.timeoutMs, 2 ** 31 - 1));
    signal?.addEventListener('abort', stop, { once: true });
    try {
      return await exchange(request, reader);
    } catch (error) {
      if (signal?.aborted === true) throw interruption(signal, request.label);
      throw toTransportError(error, request.label, new URL(request.url).origin);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
    }
  };

  return { send, close: async () => { await dispatcher.destroy(); } };
};
