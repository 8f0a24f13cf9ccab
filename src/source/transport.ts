import { createMemoryPool, type MemoryPool } from '../model/memoryPool.js';
import type { ApiRequest, ApiResponse, Send } from '../model/send.js';
import { AnswerReader, codingOf } from './answerReader.js';
import { ungzip } from './contentCoding.js';
import { createDispatcher, type DispatcherOptions } from './dispatcher.js';
import { interruption, throwIfInterrupted } from './interruption.js';
import { proxyPlace } from './proxyFailure.js';
import { TransportError, toTransportError } from './transportError.js';

/** How to reach the API. Units: milliseconds and bytes. */
export interface TransportOptions extends DispatcherOptions {
  /** From the request's first byte to the answer's last. */
  readonly timeoutMs: number;
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

/** Bodies of failures that unpack to more are not used. Units: bytes. */
const MOST_OF_FAILURE = 1024 * 1024;

/** What can be read of a failure's body: its status says enough where that is nothing. */
const readable = async (body: Uint8Array<ArrayBuffer>, coding: 'identity' | 'gzip' | undefined, label: string): Promise<Uint8Array<ArrayBuffer>> => {
  if (coding === 'identity' || body.byteLength === 0) return body;
  if (coding === undefined) return new Uint8Array(0);
  try {
    return await ungzip(body, MOST_OF_FAILURE, label);
  } catch (error) {
    if (error instanceof TransportError) return new Uint8Array(0);
    throw error;
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
  const proxy = options.proxyUrl === undefined ? undefined : proxyPlace(options.proxyUrl);

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
    const coding = codingOf(headers);
    if (status >= 400) return { status, headers, body: await readable(body, coding, request.label) };
    const isPlain = coding === 'identity' || body.byteLength === 0;
    return { status, headers, body: isPlain ? body : await ungzip(body, maxBytes, request.label) };
  };

  const send: Send = async (request, signal) => {
    throwIfInterrupted(signal, request.label);
    const reader = new AnswerReader(request.label, maxBytes, memory);
    const stop = (): void => {
      if (signal !== undefined) reader.stop(interruption(signal, request.label));
    };
    const timer = setTimeout(() => {
      reader.stop(new TransportError('timeout', `${request.label}: no complete answer within ${String(options.timeoutMs)} ms${proxy === undefined ? '' : ` through the proxy ${proxy}`}`, { remedy: 'Raise http.timeout or lower source.pageSize.' }));
    }, Math.min(options.timeoutMs, 2 ** 31 - 1));
    signal?.addEventListener('abort', stop, { once: true });
    try {
      return await exchange(request, reader);
    } catch (error) {
      if (signal?.aborted === true) throw interruption(signal, request.label);
      throw toTransportError(error, request.label, { origin: new URL(request.url).origin, proxy });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
    }
  };

  return { send, close: async () => { await dispatcher.destroy(); } };
};
