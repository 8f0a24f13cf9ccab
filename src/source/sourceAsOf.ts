import * as z from 'zod';
import { DecodeError, HttpError } from '../model/errors.js';
import { parseInstant } from '../model/instant.js';
import type { SourceAsOf } from '../model/page.js';
import type { Send } from '../model/send.js';
import { correlationIdOf, refusal } from './apiError.js';
import { minuteQuery } from './pagers/minuteQuery.js';
import { JOBS_PATH } from './pagers/pagerContext.js';
import { parseSmall } from './smallAnswer.js';
import { parseHttpDate } from './retryAfter.js';

const Availability = z.looseObject({ dataAvailabilityDate: z.string() });

/** The data lake's watermark: what started before it is there. Source: getAnalyticsConversationsDetailsJobsAvailability. */
export const availability = async (send: Send, baseUrl: string, signal?: AbortSignal): Promise<SourceAsOf> => {
  const label = 'data availability';
  const response = await send({ method: 'GET', url: `${baseUrl}${JOBS_PATH}/availability`, label }, signal);
  if (response.status !== 200) throw refusal(response, label);
  const ms = parseInstant(parseSmall(Availability, response, label).dataAvailabilityDate);
  if (ms === undefined) throw new DecodeError(label, 'dataAvailabilityDate', 'is not a timestamp');
  return { ms, origin: 'availability' };
};

/**
 * The server's clock, from the `Date` of the answer to a small query.
 *
 * Why any status will do: every answer carries the date, also one that refuses the query.
 * @throws AuthError where the query is not permitted · HttpError where the answer has no date
 */
export const serverClock = async (send: Send, kind: 'next-page-url' | 'page-number', baseUrl: string, nowMs: number, signal?: AbortSignal): Promise<SourceAsOf> => {
  const label = 'server clock';
  const response = await send(minuteQuery(kind, baseUrl, nowMs, label), signal);
  const ms = parseHttpDate(response.headers['date']);
  if (ms === undefined) {
    const correlationId = correlationIdOf(response);
    throw new HttpError(`${label}: the answer has no Date header that can be read`, {
      status: response.status,
      ...(correlationId === undefined ? {} : { correlationId }),
      remedy: 'A gateway that removes Date hides how fresh the data are: let it pass the header.',
    });
  }
  return { ms, origin: 'date-header' };
};
