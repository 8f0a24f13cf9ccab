import * as z from 'zod';
import { PositionGoneError } from '../../model/errors.js';
import type { ConversationSource, DecodePage, PageEnvelope, PageRequest, Position, SourceEvent } from '../../model/page.js';
import type { ApiResponse } from '../../model/send.js';
import type { Window } from '../../model/window.js';
import { describeRefusal, factsOf, readApiError, refusal } from '../apiError.js';
import { parseSmall } from '../smallAnswer.js';
import { availability } from '../sourceAsOf.js';
import { countStarted } from '../total.js';
import { contentHash } from './contentHash.js';
import { awaitJob } from './jobState.js';
import { createLoopGuard } from './loopGuard.js';
import { halfPage, isGone, isTooMuch, JOBS_PATH, postJson } from './pagerContext.js';
import type { PagerContext } from './pagerContext.js';
import { publicFilters } from './publicQuery.js';
import { instant, readPosition } from './savedPosition.js';
import { formatInterval } from './slices.js';

const KIND = 'job-cursor';
const JOB_ID = /^[\w.-]{1,128}$/;

const JobCursorPosition = z.strictObject({
  kind: z.literal(KIND),
  from: instant,
  to: instant,
  jobId: z.string().regex(JOB_ID),
  /** Pages read so far. */
  page: z.int().min(0),
  /** The next page; null: the first, or none once `done`. */
  cursor: z.string().nullable(),
  pageSize: z.int().min(1),
  done: z.boolean(),
});
type JobCursorPosition = z.infer<typeof JobCursorPosition>;

const Accepted = z.looseObject({ jobId: z.string().regex(JOB_ID) });

const createJob = async (context: PagerContext, window: Window, signal: AbortSignal | undefined): Promise<JobCursorPosition> => {
  const label = 'conversation details job';
  const body = { ...publicFilters(context.options.filters), interval: formatInterval([window.startMs, window.endMs]), order: 'asc', orderBy: 'conversationStart' };
  const response = await context.send(postJson(`${context.baseUrl}${JOBS_PATH}`, body, label), signal);
  if (response.status !== 202 && response.status !== 200) throw refusal(response, label);
  const { jobId } = parseSmall(Accepted, response, label);
  return { kind: KIND, from: window.startMs, to: window.endMs, jobId, page: 0, cursor: null, pageSize: context.options.pageSize, done: false };
};

const resultsUrl = (context: PagerContext, at: JobCursorPosition): string => {
  const cursor = at.cursor === null ? '' : `&cursor=${encodeURIComponent(at.cursor)}`;
  return `${context.baseUrl}${JOBS_PATH}/${encodeURIComponent(at.jobId)}/results?pageSize=${String(at.pageSize)}${cursor}`;
};

/** Where to go on after an answer that is no page. @throws where there is nowhere. */
const afterRefusal = (at: JobCursorPosition, response: ApiResponse, label: string): JobCursorPosition => {
  const pageSize = isTooMuch(response) ? halfPage(at.pageSize) : undefined;
  if (pageSize !== undefined) return { ...at, pageSize };
  const error = readApiError(response);
  if (isGone(response)) throw new PositionGoneError(`${describeRefusal(label, response.status, error)}: the job or its cursor is no longer known`, factsOf(response.status, error));
  throw refusal(response, label);
};

const afterPage = (at: JobCursorPosition, envelope: PageEnvelope): JobCursorPosition => ({
  ...at, page: at.page + 1, cursor: envelope.cursor ?? null, done: envelope.cursor === undefined,
});

async function* readPages<T>(context: PagerContext, { window, position, signal }: PageRequest, decode: DecodePage<T>): AsyncGenerator<SourceEvent<T>, void, void> {
  const guard = createLoopGuard(context.maxIdlePages);
  let at: JobCursorPosition;
  if (position === undefined) {
    at = await createJob(context, window, signal);
    yield { type: 'position', position: at };
  } else {
    at = readPosition(JobCursorPosition, position, KIND, window);
  }
  if (!at.done && at.page === 0) await awaitJob(context, at.jobId, signal);
  if (at.cursor !== null) guard.follow(at.cursor, 'conversation details job results');
  while (!at.done) {
    const label = `conversation details job results, page ${String(at.page + 1)}`;
    const response = await context.send({ method: 'GET', url: resultsUrl(context, at), label }, signal);
    if (response.status !== 200) {
      at = afterRefusal(at, response, label);
      continue;
    }
    const hash = contentHash(response.body);
    const { envelope, content } = await decode(response.body, KIND, label);
    const next = afterPage(at, envelope);
    if (next.cursor !== null) {
      guard.follow(next.cursor, label);
      guard.arrived({ number: next.page, hash, conversationCount: envelope.conversationCount }, label);
    }
    yield { type: 'page', content, envelope, position: next };
    at = next;
  }
  yield { type: 'end', position: at };
}

const deleteJob = async (context: PagerContext, position: Position): Promise<void> => {
  const jobId = position['jobId'];
  if (position['kind'] !== KIND || typeof jobId !== 'string' || !JOB_ID.test(jobId)) return;
  try {
    const response = await context.send({ method: 'DELETE', url: `${context.baseUrl}${JOBS_PATH}/${encodeURIComponent(jobId)}`, label: 'conversation details job, deletion' });
    context.log.debug('job released', { jobId, status: response.status });
  } catch (error) {
    context.log.debug('job not released', { jobId, error: error instanceof Error ? error.message : 'unknown' });
  }
};

/**
 * The asynchronous job: made once, polled, read by cursors; its answers carry participant attributes.
 *
 * Invariant: the job's id is handed out as a position before the job is polled, so that no crash forgets it.
 * Selects conversations that were active in the window, so those that began before it are delivered too; startOfDayIntervalMatching stays off.
 * @throws PositionGoneError where the job or its cursor has expired · DecodeError
 */
export const createJobCursorSource = (context: PagerContext): ConversationSource => ({
  kind: KIND,
  carriesAttributes: true,
  sourceAsOf: async (signal) => availability(context.send, context.baseUrl, signal),
  pages: (request, decode) => readPages(context, request, decode),
  release: async (position) => {
    await deleteJob(context, position);
  },
  total: async (window, signal) => countStarted(context.send, context.baseUrl, context.options, window, signal),
});
