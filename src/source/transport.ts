import { Agent, ProxyAgent, request as undiciRequest } from 'undici';
import type { Dispatcher } from 'undici';
import { ConfigError } from '../model/errors.js';
import type { ApiRequest, ApiResponse, Send } from '../model/send.js';
import { tooLarge, ungzip } from './contentCoding.js';
import { interruption, throwIfInterrupted } from './interruption.js';
import { TransportError, toTransportError } from './transportError.js';

/** How to reach the API. Units: milliseconds and bytes. */
export interface TransportOptions {
  /** From the request's first byte to the answer's last. */
  readonly timeoutMs: number;
  readonly connectTimeoutMs?: number;
  readonly headersTimeoutMs?: number;
  /** Longest silence while an answer arrives. */
  readonly bodyIdleMs?: number;
  readonly proxyUrl?: string | undefined;
  /** Largest answer, after decompression; 64 MiB where absent. Source: RELIABILITY section 5, row 18. */
  readonly maxBodyBytes?: number;
  readonly userAgent: string;
}

/** A pool of connections and the way to use it. */
export interface Transport {
  readonly send: Send;
  /** Ends every connection, also those in use. */
  close(): Promise<void>;
}

const CONNECTIONS_PER_ORIGIN = 16;

const createDispatcher = (options: TransportOptions): Dispatcher => {
  const timeouts = { headersTimeout: options.headersTimeoutMs ?? 60_000, bodyTimeout: options.bodyIdleMs ?? 30_000 };
  // Explicit, so that NODE_TLS_REJECT_UNAUTHORIZED=0 has no effect.
  const tls = { rejectUnauthorized: true, minVersion: 'TLSv1.2' as const, timeout: options.connectTimeoutMs ?? 10_000 };
  const pool = { ...timeouts, connections: CONNECTIONS_PER_ORIGIN, pipelining: 1, keepAliveTimeout: 30_000 };
  if (options.proxyUrl === undefined) return new Agent({ ...pool, connect: tls });
  try {
    return new ProxyAgent({ ...pool, uri: options.proxyUrl, requestTls: tls, proxyTls: tls });
  } catch {
    throw new ConfigError([{ where: 'config.yaml: http.proxy', what: 'is no proxy URL; expected http://host:port' }]);
  }
};

const joinHeaders = (headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> => {
  const joined: [string, string][] = [];
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) joined.push([name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value]);
  }
  return Object.fromEntries(joined);
};

const collect = async (chunks: AsyncIterable<Uint8Array>, maxBytes: number, label: string): Promise<Uint8Array<ArrayBuffer>> => {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.byteLength;
    if (length > maxBytes) throw tooLarge(maxBytes, label);
    parts.push(chunk);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
};

const readBody = async (answer: Dispatcher.ResponseData, headers: Record<string, string>, maxBytes: number, label: string): Promise<Uint8Array<ArrayBuffer>> => {
  const bodiless = answer.statusCode === 204 || answer.statusCode === 304;
  const framed = headers['content-length'] !== undefined || /\bchunked\b/i.test(headers['transfer-encoding'] ?? '');
  if (!bodiless && !framed) {
    throw new TransportError('truncated', `${label}: the answer has neither Content-Length nor chunked framing, so nothing tells whether it is complete`);
  }
  const coding = (headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (coding !== 'identity' && coding !== 'gzip' && coding !== 'x-gzip') {
    throw new TransportError('encoding', `${label}: the answer comes in a content coding that was not asked for`);
  }
  const raw = await collect(answer.body, maxBytes, label);
  return coding === 'identity' || raw.byteLength === 0 ? raw : ungzip(raw, maxBytes, label);
};

/**
 * A Send over one pool of keep-alive connections, through a proxy where one is given. Any status is an answer; only a missing or incomplete answer is an error.
 *
 * Invariant: redirects are never followed; a body is whole (declared length or chunked end seen, gzip checksum right) and owns its ArrayBuffer, so it can be transferred.
 * Why undici's own decompression is not used: it delivers cut gzip as if it were complete.
 * @throws TransportError · the signal's reason or InterruptedError when aborted · ConfigError for an unusable proxy URL.
 */
export const createTransport = (options: TransportOptions): Transport => {
  const dispatcher = createDispatcher(options);
  const maxBytes = options.maxBodyBytes ?? 64 * 1024 * 1024;

  const exchange = async (request: ApiRequest, signal: AbortSignal): Promise<ApiResponse> => {
    const answer = await undiciRequest(request.url, {
      dispatcher,
      method: request.method,
      headers: { accept: 'application/json', 'accept-encoding': 'gzip', 'user-agent': options.userAgent, ...request.headers },
      body: request.body ?? null,
      signal,
    });
    const headers = joinHeaders(answer.headers);
    try {
      return { status: answer.statusCode, headers, body: await readBody(answer, headers, maxBytes, request.label) };
    } catch (error) {
      // The rest of a refused body is not read; the listener takes the stream's own notice of that.
      answer.body.on('error', () => undefined);
      answer.body.destroy();
      throw error;
    }
  };

  const send: Send = async (request, signal) => {
    throwIfInterrupted(signal, request.label);
    const controller = new AbortController();
    const stop = (): void => {
      controller.abort();
    };
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      controller.abort();
    }, Math.min(options.timeoutMs, 2 ** 31 - 1));
    signal?.addEventListener('abort', stop, { once: true });
    try {
      return await exchange(request, controller.signal);
    } catch (error) {
      if (signal?.aborted === true) throw interruption(signal, request.label);
      if (late) throw new TransportError('timeout', `${request.label}: no complete answer within ${String(options.timeoutMs)} ms`, { remedy: 'Raise http.timeout or lower source.pageSize.' });
      throw toTransportError(error, request.label, new URL(request.url).origin);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
    }
  };

  return { send, close: async () => { await dispatcher.destroy(); } };
};
