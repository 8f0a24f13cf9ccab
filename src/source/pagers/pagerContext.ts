import { formatInstant } from '../../model/instant.js';
import type { SourceOptions } from '../../model/job.js';
import type { PageRequest } from '../../model/page.js';
import type { Clock, Log } from '../../model/ports.js';
import type { ApiRequest, ApiResponse, Send } from '../../model/send.js';
import type { JobLine } from './jobLine.js';

/** What every pager works with. */
export interface PagerContext {
  /** With token, pace and retries. */
  readonly send: Send;
  readonly clock: Clock;
  readonly log: Log;
  /** Origin of the API. */
  readonly baseUrl: string;
  readonly options: SourceOptions;
  readonly jobLine: JobLine;
}

/** Where conversations are queried. Source: postAnalyticsConversationsDetailsQuery. */
export const QUERY_PATH = '/api/v2/analytics/conversations/details/query';
/** Where jobs live. Source: postAnalyticsConversationsDetailsJobs. */
export const JOBS_PATH = '/api/v2/analytics/conversations/details/jobs';

/** Names a request for a page in messages; of a window that is a part of another one, its start too. */
export const pageLabel = (what: string, page: number, { window, isPart }: Pick<PageRequest, 'window' | 'isPart'>): string =>
  `${what}${isPart === true ? ` from ${formatInstant(window.startMs)}` : ''}, page ${String(page)}`;

/** A POST with a JSON body. */
export const postJson = (url: string, body: Readonly<Record<string, unknown>>, label: string): ApiRequest => ({
  method: 'POST',
  url,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
  label,
});

/** Whether an answer says that it would be too large: ask for fewer at a time. */
export const isTooMuch = (response: Pick<ApiResponse, 'status'>): boolean => response.status === 413 || response.status === 422;

/** Whether an answer to a link or cursor says that the server knows it no longer. */
export const isGone = (response: Pick<ApiResponse, 'status'>): boolean => response.status === 400 || response.status === 404 || response.status === 410;

/** Below this many conversations a page, asking for fewer does not help any more. */
const SMALLEST_PAGE = 10;

/** Half the page size, or `undefined` where it is small enough already. */
export const halfPage = (pageSize: number): number | undefined => (pageSize <= SMALLEST_PAGE ? undefined : Math.max(SMALLEST_PAGE, Math.floor(pageSize / 2)));
