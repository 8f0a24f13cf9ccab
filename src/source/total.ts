import * as z from 'zod';
import type { SourceOptions } from '../model/job.js';
import type { Send } from '../model/send.js';
import type { Window } from '../model/window.js';
import { refusal } from './apiError.js';
import { postJson, QUERY_PATH } from './pagers/pagerContext.js';
import { publicFilters, publicQuery } from './pagers/publicQuery.js';
import { parseSmall } from './smallAnswer.js';

const DAY_MS = 86_400_000;
const Counted = z.looseObject({ totalHits: z.int().min(0) });

/**
 * The API's own count of conversations that started in the window, by the public query with a page of one.
 *
 * Why the filter on the start: the interval selects whole UTC days; a window of whole UTC days needs none.
 * @throws RequestRefusedError where the server does not speak the public query · DecodeError where it does not count.
 */
export const countStarted = async (send: Send, baseUrl: string, options: SourceOptions, window: Window, signal?: AbortSignal): Promise<number> => {
  const label = 'conversation count';
  const wholeDays = window.startMs % DAY_MS === 0 && window.endMs % DAY_MS === 0;
  const body = publicQuery(publicFilters(options.filters), [window.startMs, window.endMs], { pageSize: 1, pageNumber: 1 }, !wholeDays);
  const response = await send(postJson(`${baseUrl}${QUERY_PATH}`, body, label), signal);
  if (response.status !== 200) throw refusal(response, label);
  return parseSmall(Counted, response, label).totalHits;
};
