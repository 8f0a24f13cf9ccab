import type { ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { pageBytes, type Answer } from './answer.js';

const compress = promisify(gzip);

/** Bodies below this are sent as they are. */
const GZIP_FROM_BYTES = 512;

/** An answer as it goes over the wire. */
export interface WireAnswer {
  readonly status: number;
  /** Framing (Content-Length and the like) excepted. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer;
}

const bodyOf = ({ content }: Answer): { readonly bytes: Buffer; readonly contentType: string } | undefined => {
  if (content.kind === 'none') return undefined;
  return content.kind === 'page'
    ? { bytes: pageBytes(content.page), contentType: 'application/json' }
    : { bytes: Buffer.from(content.text), contentType: content.contentType };
};

/** The bytes of an answer; compressed where that is wanted and worth it. */
export const wireAnswer = async (answer: Answer, headers: Readonly<Record<string, string>>, gzipped: boolean): Promise<WireAnswer> => {
  const content = bodyOf(answer);
  const body = content?.bytes ?? Buffer.alloc(0);
  const all = { ...headers, ...(content === undefined ? {} : { 'Content-Type': content.contentType }), ...answer.headers };
  if (!gzipped || body.length < GZIP_FROM_BYTES) return { status: answer.status, headers: all, body };
  return { status: answer.status, headers: { ...all, 'Content-Encoding': 'gzip', Vary: 'Accept-Encoding' }, body: await compress(body, { level: 1 }) };
};

/** Sends an answer as a sound server does. */
export const send = (response: ServerResponse, answer: WireAnswer): void => {
  response.statusCode = answer.status;
  for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
  if (answer.status !== 204) response.setHeader('Content-Length', answer.body.length);
  response.end(answer.body);
};
