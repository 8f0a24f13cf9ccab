import * as z from 'zod';
import { HttpError, PositionGoneError } from '../../model/errors.js';
import { describeRefusal, factsOf, readApiError, refusal, safeMessage } from '../apiError.js';
import { pauseFor } from '../interruption.js';
import { parseSmall } from '../smallAnswer.js';
import { saysTooManyResults } from './askForLess.js';
import { isGone, JOBS_PATH } from './pagerContext.js';
import type { PagerContext } from './pagerContext.js';

/** Source: AsyncQueryStatus. States that are unknown count as not ready: the enum grows. */
const Status = z.looseObject({ state: z.string(), errorMessage: z.string().nullish() });

const GROWTH = 1.5;
const LONGEST_PAUSE_MS = 30_000;
const LABEL = 'conversation details job, state';

const look = async (context: PagerContext, jobId: string, signal: AbortSignal | undefined): Promise<z.infer<typeof Status>> => {
  const response = await context.send({ method: 'GET', url: `${context.baseUrl}${JOBS_PATH}/${encodeURIComponent(jobId)}`, label: LABEL }, signal);
  if (response.status === 200) return parseSmall(Status, response, LABEL);
  const error = readApiError(response);
  if (isGone(response)) throw new PositionGoneError(`${describeRefusal(LABEL, response.status, error)}: job ${jobId} is no longer known`, factsOf(response.status, error));
  throw refusal(response, LABEL);
};

/**
 * Waits until a job's results can be read; looks again after `pollMs`, and after pauses that grow to half a minute.
 *
 * Why a failed job counts as gone: its id is in the checkpoint, and every later run would find the same failure; another job may succeed.
 * @returns the failure of a job that found more than the API gives, for which a shorter window is the remedy; undefined where it can be read.
 * @throws PositionGoneError where the job failed otherwise, is cancelled, expired or unknown · HttpError where it takes longer than `jobTimeoutMs`
 */
export const awaitJob = async (context: PagerContext, jobId: string, signal?: AbortSignal): Promise<HttpError | undefined> => {
  const { clock, options } = context;
  const startedMs = clock.monotonicMs();
  let pauseMs = options.pollMs;
  for (;;) {
    const { state, errorMessage } = await look(context, jobId, signal);
    if (state === 'FULFILLED') return undefined;
    if (state === 'FAILED') {
      const why = errorMessage === undefined || errorMessage === null ? '' : ` «${safeMessage(errorMessage)}»`;
      const message = `${LABEL}: job ${jobId} failed${why}`;
      const remedy = 'Run again; if it keeps failing, use a shorter window or other filters.';
      if (saysTooManyResults(errorMessage ?? '')) return new HttpError(message, { remedy });
      throw new PositionGoneError(message, { remedy });
    }
    if (state === 'CANCELLED' || state === 'EXPIRED') throw new PositionGoneError(`${LABEL}: job ${jobId} is ${state.toLowerCase()}`);
    const spentMs = clock.monotonicMs() - startedMs;
    if (spentMs + pauseMs > options.jobTimeoutMs) {
      throw new HttpError(`${LABEL}: job ${jobId} was not ready within ${String(Math.round(options.jobTimeoutMs / 1000))} s`, { remedy: 'Raise source.jobTimeout, or use a shorter window.' });
    }
    context.log.debug('job not ready', { jobId, spentMs: Math.round(spentMs) });
    await pauseFor(clock, pauseMs, LABEL, signal);
    pauseMs = Math.min(Math.round(pauseMs * GROWTH), Math.max(LONGEST_PAUSE_MS, options.pollMs));
  }
};
