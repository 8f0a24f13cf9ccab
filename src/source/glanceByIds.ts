import type { Glance } from '../model/glance.js';
import type { ApiResponse, Send } from '../model/send.js';
import { refusal } from './apiError.js';
import { AskedGlances, glancesIn } from './glance.js';

const PATH = '/api/v2/analytics/conversations/details';
const LABEL = 'conversation details by id';
/** How many the API takes is not known: 50 ids make an address of 2 KB. Where it refuses them, fewer are asked for. */
const IDS_A_CALL = 50;

const chunked = (ids: readonly string[]): (readonly string[])[] =>
  Array.from({ length: Math.ceil(ids.length / IDS_A_CALL) }, (_, n) => ids.slice(n * IDS_A_CALL, (n + 1) * IDS_A_CALL));

const mayBeTooMany = ({ status }: ApiResponse): boolean => [400, 404, 413, 414, 422].includes(status);

/**
 * Looks at conversations by their ids, many a call. Those that are not there are left out.
 *
 * Source: getAnalyticsConversationsDetails; live data, without participant attributes.
 * @throws RequestRefusedError where the server does not answer this question at all.
 */
export const glanceByIds = async (send: Send, baseUrl: string, ids: readonly string[], signal?: AbortSignal): Promise<ReadonlyMap<string, Glance>> => {
  const seen = new AskedGlances(ids);
  const waiting = chunked(ids);
  let hasAnswered = false;
  for (let chunk = waiting.shift(); chunk !== undefined; chunk = waiting.shift()) {
    const response = await send({ method: 'GET', url: `${baseUrl}${PATH}?id=${chunk.map(encodeURIComponent).join(',')}`, label: LABEL }, signal);
    if (response.status === 200) {
      hasAnswered = true;
      seen.add(glancesIn(response, LABEL).glances);
    } else if (chunk.length > 1 && mayBeTooMany(response)) {
      // The first of all is asked for alone: a server that does not know the question is not asked it fifty times.
      const cut = hasAnswered ? Math.ceil(chunk.length / 2) : 1;
      waiting.unshift(chunk.slice(0, cut), chunk.slice(cut));
    } else if (!hasAnswered || !mayBeTooMany(response)) {
      throw refusal(response, LABEL);
    }
  }
  return seen.found;
};
