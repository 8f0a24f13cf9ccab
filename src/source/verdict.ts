import type { ApiRequest, ApiResponse } from '../model/send.js';
import { saysTooManyJobs } from './apiError.js';
import { TransportError } from './transportError.js';

/** Why an outcome is worth another try. */
export interface Trouble {
  readonly kind: 'throttled' | 'transient' | 'content-type' | 'encoding';
  /** For logs and messages; names no content. */
  readonly reason: string;
  /** How often this kind may be tried again; the overall limit applies too. */
  readonly maxRetries: number;
  readonly response?: ApiResponse;
  readonly error?: TransportError;
}

const TRANSIENT = new Set([408, 425, 500, 502, 503, 504]);

const mediaTypeOf = (response: ApiResponse): string | undefined => response.headers['content-type']?.split(';')[0]?.trim().toLowerCase();

const isJson = (mediaType: string): boolean => mediaType === 'application/json' || mediaType === 'text/json' || /^application\/[\w.-]+\+json$/.test(mediaType);

/**
 * What is wrong with an answer that another try may mend: 408, 425, 429, 500, 502, 503, 504, and a success that is no JSON.
 *
 * Shape: `undefined` for every answer that another try would not change, and for a 429 that counts jobs: who makes them waits (pagers/jobLine.ts).
 * Source: the fault catalogue, RELIABILITY section 5.
 */
export const judgeResponse = (response: ApiResponse, { makesJob }: Pick<ApiRequest, 'makesJob'> = {}): Trouble | undefined => {
  const { status } = response;
  if (status === 429 && !(makesJob === true && saysTooManyJobs(response))) return { kind: 'throttled', reason: 'throttled', maxRetries: Number.POSITIVE_INFINITY, response };
  if (TRANSIENT.has(status)) return { kind: 'transient', reason: `status ${String(status)}`, maxRetries: Number.POSITIVE_INFINITY, response };
  if (status >= 200 && status < 300 && response.body.byteLength > 0) {
    const mediaType = mediaTypeOf(response);
    if (mediaType !== undefined && !isJson(mediaType)) {
      return { kind: 'content-type', reason: /^[\w.+/-]{1,60}$/.test(mediaType) ? mediaType : 'of an unreadable media type', maxRetries: 2, response };
    }
  }
  return undefined;
};

/** What is wrong with a failure that another try may mend; `undefined` for certificates, oversized answers, a proxy that refuses and everything that is not the network's. */
export const judgeError = (error: unknown): Trouble | undefined => {
  if (!(error instanceof TransportError)) return undefined;
  if (error.fault === 'certificate' || error.fault === 'too-large' || error.fault === 'proxy') return undefined;
  if (error.fault === 'encoding') return { kind: 'encoding', reason: error.fault, maxRetries: 3, error };
  return { kind: 'transient', reason: error.fault, maxRetries: Number.POSITIVE_INFINITY, error };
};
