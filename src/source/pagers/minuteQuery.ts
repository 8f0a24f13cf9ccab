import { formatInstant } from '../../model/instant.js';
import type { ApiRequest } from '../../model/send.js';
import { postJson, QUERY_PATH } from './pagerContext.js';
import { publicQuery } from './publicQuery.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/**
 * A query for a page of one over a minute of yesterday, in either body style: the smallest question that needs what a job needs.
 *
 * Why by the caller's clock: nothing is concluded from which minute it is.
 */
export const minuteQuery = (kind: 'next-page-url' | 'page-number', baseUrl: string, nowMs: number, label: string): ApiRequest => {
  const fromMs = Math.floor((nowMs - DAY_MS) / MINUTE_MS) * MINUTE_MS;
  const toMs = fromMs + MINUTE_MS;
  const body =
    kind === 'page-number'
      ? publicQuery({}, [fromMs, toMs], { pageSize: 1, pageNumber: 1 }, false)
      : { view: 'details', dateRange: { from: formatInstant(fromMs), to: formatInstant(toMs) }, groupBy: ['conversationId'], select: ['conversationId'], pageSize: 1 };
  return postJson(`${baseUrl}${QUERY_PATH}`, body, label);
};
