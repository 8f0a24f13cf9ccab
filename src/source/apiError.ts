import * as z from 'zod';
import { HttpError, RequestRefusedError } from '../model/errors.js';
import type { HttpFacts } from '../model/errors.js';
import type { ApiRequest, ApiResponse } from '../model/send.js';

/** The platform's error body, the fields that we use. Source: ErrorBody of the platform API. */
const ErrorBody = z.looseObject({
  message: z.string().nullish(),
  code: z.string().nullish(),
  contextId: z.string().nullish(),
  messageParams: z.record(z.string(), z.unknown()).nullish(),
  limit: z.looseObject({ key: z.string().nullish() }).nullish(),
});

/** What an answer says of its failure, fit to be shown. */
export interface ApiError {
  readonly apiCode?: string;
  /** Redacted excerpt of the API's message. */
  readonly message?: string;
  readonly correlationId?: string;
  /** Which limit was reached, by the platform's name: `details.jobs.concurrent.access.max`. */
  readonly limitKey?: string;
  /** Permission names (`analytics:conversationDetail:view`) that the answer says are missing. */
  readonly permissions: readonly string[];
}

const MAX_ERROR_BYTES = 64 * 1024;
const MAX_MESSAGE = 200;
const PERMISSION = /\b[a-zA-Z][\w-]{0,63}:[\w*-]{1,64}:[\w*-]{1,64}/g;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * An excerpt of the API's own message that may be shown: control characters and line breaks become spaces, query strings and
 * anything that could be a token or cursor (20 or more characters with a digit, no UUID) become `[…]`, 200 characters at most.
 */
export const safeMessage = (text: string): string =>
  text
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
    .replace(/\?[^\s"']{8,}/g, '?[…]')
    .replace(/[A-Za-z0-9+/=_.~-]{20,}/g, (word) => (/\d/.test(word) && !UUID.test(word) ? '[…]' : word))
    .trim()
    .slice(0, MAX_MESSAGE);

const parseBody = (response: ApiResponse): z.infer<typeof ErrorBody> | undefined => {
  if (response.body.byteLength === 0 || response.body.byteLength > MAX_ERROR_BYTES) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(response.body));
  } catch {
    // Gateways in front of the API answer in HTML; the status says enough then.
    return undefined;
  }
  const parsed = ErrorBody.safeParse(value);
  return parsed.success ? parsed.data : undefined;
};

/** The id to quote to Genesys support, where the answer has one of the expected form. */
export const correlationIdOf = (response: Pick<ApiResponse, 'headers'>): string | undefined => {
  const id = response.headers['inin-correlation-id'];
  return id !== undefined && /^[\w-]{1,64}$/.test(id) ? id : undefined;
};

/** Reads the platform's error body; an answer without one gives no more than its correlation id. */
export const readApiError = (response: ApiResponse): ApiError => {
  const body = parseBody(response);
  const contextId = body?.contextId;
  const correlationId = correlationIdOf(response) ?? (typeof contextId === 'string' && /^[\w-]{1,64}$/.test(contextId) ? contextId : undefined);
  const code = body?.code;
  const limitKey = body?.limit?.key;
  const message = body?.message;
  const params = Object.values(body?.messageParams ?? {}).filter((value): value is string => typeof value === 'string');
  const permissions = [message ?? '', ...params].flatMap((text) => text.slice(0, 4096).match(PERMISSION) ?? []);
  return {
    permissions: [...new Set(permissions)],
    ...(typeof code === 'string' && /^[\w.-]{1,100}$/.test(code) ? { apiCode: code } : {}),
    ...(typeof limitKey === 'string' && /^[\w.-]{1,100}$/.test(limitKey) ? { limitKey } : {}),
    ...(typeof message === 'string' && message !== '' ? { message: safeMessage(message) } : {}),
    ...(correlationId === undefined ? {} : { correlationId }),
  };
};

/** Whether a 429 says that there are as many export jobs as the organisation may have: another token, or a pause, does not help, only a job that ends. */
export const saysTooManyJobs = (response: ApiResponse): boolean => {
  if (response.status !== 429) return false;
  const { limitKey, message = '' } = readApiError(response);
  return limitKey === undefined ? /\bconcurrent jobs\b/i.test(message) : /\bjobs\.concurrent\b/.test(limitKey);
};

/** Who answers a request, as messages name it. */
export const serviceOf = ({ service }: Pick<ApiRequest, 'service'>): string => (service === 'login' ? 'the login service' : 'the API');

/** `label: the API answered 400 bad.request «message» (correlation id …)`. */
export const describeRefusal = (label: string, status: number, error: ApiError, service = 'the API'): string => {
  const code = error.apiCode === undefined ? '' : ` ${error.apiCode}`;
  const message = error.message === undefined ? '' : ` «${error.message}»`;
  const correlation = error.correlationId === undefined ? '' : ` (correlation id ${error.correlationId})`;
  return `${label}: ${service} answered ${String(status)}${code}${message}${correlation}`;
};

/** What an HttpError keeps of a refusal. */
export const factsOf = (status: number, error: ApiError): HttpFacts => ({
  status,
  ...(error.apiCode === undefined ? {} : { apiCode: error.apiCode }),
  ...(error.correlationId === undefined ? {} : { correlationId: error.correlationId }),
});

const REFUSED = new Set([400, 404, 405, 406, 410, 413, 414, 415, 422]);

/**
 * The error for an answer that is no success and is not worth another try.
 *
 * Shape: RequestRefusedError where the request itself is at fault, HttpError for the rest (redirects, 409, 501, 505, …).
 */
export const refusal = (response: ApiResponse, label: string): HttpError => {
  const { status } = response;
  const error = readApiError(response);
  const facts = factsOf(status, error);
  if (status >= 300 && status < 400) {
    return new HttpError(`${label}: the server redirects (${String(status)}); redirects are not followed with a token`, { ...facts, remedy: 'Set genesys.baseUrl to the final address.' });
  }
  const message = describeRefusal(label, status, error);
  if (!REFUSED.has(status)) return new HttpError(message, { ...facts, remedy: 'Run again later; with the correlation id, Genesys support can look the request up.' });
  const remedy = status === 404 || status === 405 || status === 410 ? 'Check genesys.baseUrl, and whether this server speaks the protocol named in source.kind.' : 'Check source.filters and source.pageSize of the job.';
  return new RequestRefusedError(message, { ...facts, remedy });
};
