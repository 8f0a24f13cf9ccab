import type { SeenRequest } from './simulatorProcess.js';

const QUERY = '/api/v2/analytics/conversations/details/query';
const DETAILS = '/api/v2/analytics/conversations/details';
const JOBS = '/api/v2/analytics/conversations/details/jobs';
const MINUTE_MS = 60_000;

/** What a request was for. */
export type Purpose = 'page' | 'look' | 'look-job' | 'job-made' | 'job-state' | 'job-deleted' | 'token' | 'freshness' | 'count' | 'other';

/** A query over one minute asks for the server's clock, a longer one for a page of one for the API's count: they bring no page. */
const purposeOfQuery = (body: string): Purpose => {
  const { dateRange, interval, paging } = JSON.parse(body) as { dateRange?: { from: string; to: string }; interval?: string; paging?: { pageSize: number } };
  const [from = '', to = ''] = dateRange === undefined ? (interval ?? '').split('/') : [dateRange.from, dateRange.to];
  if (Date.parse(to) - Date.parse(from) <= MINUTE_MS) return 'freshness';
  return paging?.pageSize === 1 ? 'count' : 'page';
};

/** A job that is filtered by ids looks at conversations that were open. */
const purposeOfJob = (body: string): Purpose => (body.includes('"dimension":"conversationId"') ? 'look-job' : 'job-made');

/** By method, path and body alone. */
export const purposeOf = ({ method, path, body }: SeenRequest): Purpose => {
  if (path === DETAILS && method === 'GET') return 'look';
  if (path === '/oauth/token') return 'token';
  if (path === `${JOBS}/availability`) return 'freshness';
  if (path === QUERY) return method === 'POST' ? purposeOfQuery(body ?? '{}') : 'page';
  if (path === JOBS && method === 'POST') return purposeOfJob(body ?? '');
  if (!path.startsWith(`${JOBS}/`)) return 'other';
  if (path.endsWith('/results')) return 'page';
  return method === 'DELETE' ? 'job-deleted' : 'job-state';
};

/** The requests of a round, counted. */
export interface RequestCounts {
  readonly total: number;
  /** Requests for pages, and those that made jobs: what a kill may repeat. */
  readonly work: number;
  /** Of these: answered 429 or 503, reset, cut off or damaged. */
  readonly retried: number;
  /** Of these: refused because the position is no longer known. */
  readonly gone: number;
  readonly byPurpose: Readonly<Record<Purpose, number>>;
  /** Jobs made and not deleted. */
  readonly jobsLeft: number;
}

const isGone = (status: number): boolean => status === 400 || status === 404 || status === 410;
const isRetried = (status: number): boolean => status === 0 || status === 429 || status >= 500;

/** Counts them. */
export const countRequests = (requests: readonly SeenRequest[]): RequestCounts => {
  const byPurpose: Record<Purpose, number> = { page: 0, look: 0, 'look-job': 0, 'job-made': 0, 'job-state': 0, 'job-deleted': 0, token: 0, freshness: 0, count: 0, other: 0 };
  let [retried, gone, jobsLeft] = [0, 0, 0];
  for (const request of requests) {
    const purpose = purposeOf(request);
    byPurpose[purpose] += 1;
    if ((purpose === 'job-made' || purpose === 'look-job') && request.status === 202) jobsLeft += 1;
    if (purpose === 'job-deleted' && request.status === 204) jobsLeft -= 1;
    if (purpose !== 'page' && purpose !== 'job-made') continue;
    if (isGone(request.status)) gone += 1;
    else if (isRetried(request.status)) retried += 1;
  }
  return { total: requests.length, work: byPurpose.page + byPurpose['job-made'], retried, gone, byPurpose, jobsLeft };
};
