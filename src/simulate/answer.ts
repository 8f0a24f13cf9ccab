import type { WireObject } from './history.js';

/** Headers of an answer; several values are sent as several lines. */
export type AnswerHeaders = Readonly<Record<string, string | readonly string[]>>;

/** A page of conversations, not yet text: faults change it before it is sent. */
export interface AnswerPage {
  readonly rowsKey: 'conversations' | 'entities';
  /** JSON text of each conversation. */
  readonly rows: readonly string[];
  /** What stands beside the conversations: nextPageUrl, cursor, totalHits and the like. */
  readonly envelope: WireObject;
  /** The public API omits `conversations` on an empty page. */
  readonly omitRowsWhenEmpty: boolean;
}

/** What an answer carries. */
export type AnswerContent =
  | { readonly kind: 'none' }
  | { readonly kind: 'text'; readonly text: string; readonly contentType: string }
  | { readonly kind: 'page'; readonly page: AnswerPage };

/** An answer before it becomes bytes. */
export interface Answer {
  readonly status: number;
  readonly headers?: AnswerHeaders;
  readonly content: AnswerContent;
}

/** A request that a route answers. */
export interface Exchange {
  readonly method: string;
  /** Without the query string. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
  /** The parts of the path that the route's pattern captured, decoded. */
  readonly parts: readonly string[];
  /** ININ-Correlation-Id of the answer, and contextId of an error. */
  readonly correlationId: string;
}

/** A value, or the answer that refuses the request. */
export type Checked<T> = { readonly value: T; readonly refused?: undefined } | { readonly refused: Answer };

const JSON_TYPE = 'application/json';
const COMMA = Buffer.from(',');

/** An answer with a JSON body. */
export const jsonAnswer = (status: number, body: unknown, headers?: AnswerHeaders): Answer => ({
  status,
  ...(headers === undefined ? {} : { headers }),
  content: { kind: 'text', text: JSON.stringify(body), contentType: JSON_TYPE },
});

/** An answer without a body. */
export const emptyAnswer = (status: number): Answer => ({ status, content: { kind: 'none' } });

/** An answer with a page of conversations. */
export const pageAnswer = (page: AnswerPage): Answer => ({ status: 200, content: { kind: 'page', page } });

/** What a platform error says. */
export interface PlatformErrorFacts {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly headers?: AnswerHeaders;
  /** Further fields of the body: limit, messageWithParams. */
  readonly more?: WireObject;
}

/** The platform's error body. Source: ErrorBody, genesys-cloud-api.md section 6. */
export const platformError = (correlationId: string, facts: PlatformErrorFacts): Answer =>
  jsonAnswer(
    facts.status,
    { message: facts.message, code: facts.code, status: facts.status, ...facts.more, contextId: correlationId, details: [], errors: [] },
    facts.headers,
  );

/** 404 as the platform answers a path that it does not know. */
export const notFound = (correlationId: string, message = 'The requested resource was not found.', code = 'not.found'): Answer =>
  platformError(correlationId, { status: 404, code, message });

/** 400 for a request that cannot be read or served. */
export const badRequest = (correlationId: string, message: string, code = 'bad.request'): Answer =>
  platformError(correlationId, { status: 400, code, message });

/** 400 for a value outside an enumeration. Source: real text. */
export const invalidValue = (correlationId: string, value: string, field: string, allowed: readonly string[]): Answer =>
  badRequest(correlationId, `Value [${value}] is not valid for field type [${field}]. Allowable values are: ${allowed.join(', ')}`, 'invalid.value');

/**
 * The JSON text of a page in UTF-8: conversations first, then what stands beside them.
 *
 * Why conversation by conversation: one character beyond Latin-1 makes a joined text twice as long in memory and slow to encode.
 */
export const pageBytes = ({ rowsKey, rows, envelope, omitRowsWhenEmpty }: AnswerPage): Buffer => {
  const rest = JSON.stringify(envelope).slice(1, -1);
  if (rows.length === 0 && omitRowsWhenEmpty) return Buffer.from(`{${rest}}`);
  const parts: Buffer[] = [Buffer.from(`{"${rowsKey}":[`)];
  rows.forEach((row, i) => {
    if (i > 0) parts.push(COMMA);
    parts.push(Buffer.from(row));
  });
  parts.push(Buffer.from(rest === '' ? ']}' : `],${rest}}`));
  return Buffer.concat(parts);
};
