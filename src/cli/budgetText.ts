import { countText, durationText } from './figures.js';
import type { HttpStats } from './openedJob.js';

/** Below so many permitted requests a share says nothing: a run of seconds has not used a minute's budget. */
const TELLING = 50;

/** The share of the permitted requests that was used, 0 to 1; undefined where too few were permitted to tell. */
export const shareUsed = ({ requests, permitted }: Pick<HttpStats, 'requests' | 'permitted'>): number | undefined =>
  permitted < TELLING ? undefined : Math.min(1, Math.round((requests / permitted) * 1000) / 1000);

/** What requests cost, on a line: `1,200, 0 throttled, 3m 20s waited, 98 % of the rate limit used`. */
export const budgetText = (http: HttpStats): string => {
  const share = shareUsed(http);
  const clients = http.clients === 1 ? 'the rate limit' : `the rate limits of ${countText(http.clients)} clients`;
  const used = share === undefined ? '' : `, ${String(Math.round(share * 100))} % of ${clients} used`;
  return `${countText(http.requests)}, ${countText(http.throttled)} throttled, ${durationText(http.waitedMs)} waited${used}`;
};
