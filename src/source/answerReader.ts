import type { Dispatcher } from 'undici';
import type { MemoryPool } from '../model/memoryPool.js';
import { createBodyBytes, type BodyBytes } from './bodyBytes.js';
import { tooLarge } from './contentCoding.js';
import { TransportError } from './transportError.js';

/** An answer as it came over the wire: whole, its content coding not undone. */
export interface WireAnswer {
  readonly status: number;
  /** Names in lower case; what was repeated is joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
}

type HeaderValues = Readonly<Record<string, string | string[] | undefined>>;

const joinHeaders = (headers: HeaderValues): Record<string, string> => {
  const joined: [string, string][] = [];
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) joined.push([name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value]);
  }
  return Object.fromEntries(joined);
};

/** Refuses an answer whose end nothing would tell, and a content coding that was not asked for. */
const refuseUnreadable = (status: number, headers: Readonly<Record<string, string>>, label: string): void => {
  // A failure is told by its status: built-in error pages of proxies are HTTP/1.0, ended by the connection, and in whatever coding.
  if (status >= 400) return;
  const bodiless = status === 204 || status === 304;
  const framed = headers['content-length'] !== undefined || /\bchunked\b/i.test(headers['transfer-encoding'] ?? '');
  if (!bodiless && !framed) {
    throw new TransportError('truncated', `${label}: the answer has neither Content-Length nor chunked framing, so nothing tells whether it is complete`);
  }
  if (codingOf(headers) === undefined) throw new TransportError('encoding', `${label}: the answer comes in a content coding that was not asked for`);
};

/** How a body is coded; undefined where it is in a way that is never asked for. */
export const codingOf = (headers: Readonly<Record<string, string>>): 'identity' | 'gzip' | undefined => {
  const coding = (headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  return coding === 'identity' ? 'identity' : coding === 'gzip' || coding === 'x-gzip' ? 'gzip' : undefined;
};

/**
 * Reads one answer as its bytes arrive.
 *
 * Why not undici's own stream: every piece would pass a queue and a promise, and the whole be put together by another copy.
 */
export class AnswerReader implements Dispatcher.DispatchHandler {
  readonly #label: string;
  readonly #maxBytes: number;
  readonly #memory: Pick<MemoryPool, 'take'>;
  /** The whole answer. Rejects with what undici gives, what `stop` was told, or a TransportError for an answer that cannot be read. */
  readonly answer: Promise<WireAnswer>;
  #resolve: (answer: WireAnswer) => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #stopped: Error | undefined;
  #status = 0;
  #headers: Readonly<Record<string, string>> = {};
  #body: BodyBytes;

  constructor(label: string, maxBytes: number, memory: Pick<MemoryPool, 'take'>) {
    this.#label = label;
    this.#maxBytes = maxBytes;
    this.#memory = memory;
    this.#body = createBodyBytes(undefined, memory);
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Ends the exchange, its connection with it, wherever it stands. */
  stop(error: Error): void {
    this.#stopped ??= error;
    this.#reject(error);
    this.#controller?.abort(error);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#stopped !== undefined) controller.abort(this.#stopped);
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: HeaderValues): void {
    // 1xx: the answer itself follows.
    if (status < 200) return;
    this.#status = status;
    this.#headers = joinHeaders(headers);
    refuseUnreadable(status, this.#headers, this.#label);
    this.#body = createBodyBytes(this.#headers['content-length'], this.#memory);
  }

  onResponseData(_controller: Dispatcher.DispatchController, piece: Uint8Array): void {
    if (this.#body.length + piece.byteLength > this.#maxBytes) throw tooLarge(this.#maxBytes, this.#label);
    this.#body.add(piece);
  }

  onResponseEnd(): void {
    this.#resolve({ status: this.#status, headers: this.#headers, body: this.#body.whole() });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#reject(error);
  }
}
