import * as z from 'zod';
import { PositionGoneError } from '../../model/errors.js';
import type { SourceOptions } from '../../model/job.js';
import type { DecodePage, PageEnvelope, PageRequest, WholeEvent, WholeSource } from '../../model/page.js';
import type { ApiResponse } from '../../model/send.js';
import type { Window } from '../../model/window.js';
import { describeRefusal, factsOf, readApiError, refusal } from '../apiError.js';
import { patiently, throwIfInterrupted } from '../interruption.js';
import { glanceByJobs } from '../glanceByJobs.js';
import { parseSmall } from '../smallAnswer.js';
import { availability } from '../sourceAsOf.js';
import { countStarted } from '../total.js';
import { cutFirst, slicesOf, tooMuchOf } from './askForLess.js';
import type { TooMuch } from './askForLess.js';
import { awaitJob } from './jobState.js';
import { deleteJob, JOB_CURSOR, JOB_ID, releaseJobs } from './jobRelease.js';
import { createLoopGuard } from './loopGuard.js';
import { halfPage, isGone, JOBS_PATH, pageLabel, postJson } from './pagerContext.js';
import type { PagerContext } from './pagerContext.js';
import { publicFilters } from './publicQuery.js';
import { instant, readPosition, span } from './savedPosition.js';
import { formatInterval } from './slices.js';
import type { Slice } from './slices.js';

const JobCursorPosition = z.strictObject({
  kind: z.literal(JOB_CURSOR),
  from: instant,
  to: instant,
  /** What is left of the window, the part being read first; empty at the end. */
  slices: z.array(span),
  /** The job of the first slice, null: yet to be made; at the end the last one. */
  jobId: z.string().regex(JOB_ID).nullable(),
  /** Pages of the job read so far. */
  page: z.int().min(0),
  /** The next page; null: the first. */
  cursor: z.string().nullable(),
  pageSize: z.int().min(1),
  /** The job of a slice that was read to its end, which is still to be given back. */
  readJob: z.string().regex(JOB_ID).optional(),
});
type JobCursorPosition = z.infer<typeof JobCursorPosition>;

const Accepted = z.looseObject({ jobId: z.string().regex(JOB_ID) });

const startOf = (window: Window, { pageSize, maxIntervalMs }: SourceOptions): JobCursorPosition => ({
  kind: JOB_CURSOR, from: window.startMs, to: window.endMs, slices: slicesOf(window, maxIntervalMs), jobId: null, page: 0, cursor: null, pageSize,
});

/** The same place with its first slice cut, for which a new job is to be made; undefined where it cannot get shorter. */
const inShorterSlices = (at: JobCursorPosition, tooMuch: TooMuch): JobCursorPosition | undefined => {
  const slices = cutFirst(at.slices, tooMuch);
  return slices === undefined ? undefined : { ...at, slices, jobId: null, page: 0, cursor: null };
};

/** Makes the job of the first slice, or cuts it where the API says that it is too much. */
const withJob = async (context: PagerContext, at: JobCursorPosition, slice: Slice, signal: AbortSignal | undefined): Promise<JobCursorPosition> => {
  const label = 'conversation details job';
  const body = { ...publicFilters(context.options.filters), interval: formatInterval(slice), order: 'asc', orderBy: 'conversationStart' };
  const post = (): Promise<ApiResponse> => {
    throwIfInterrupted(signal, label);
    // Cut off, it would leave a job that nobody knows the id of.
    return patiently(context.clock, signal, (patient) => context.send({ ...postJson(`${context.baseUrl}${JOBS_PATH}`, body, label), makesJob: true }, patient));
  };
  const response = await context.jobLine.make(context, post, label, signal);
  if (response.status === 202 || response.status === 200) return { ...at, jobId: parseSmall(Accepted, response, label).jobId };
  const tooMuch = tooMuchOf(response);
  const shorter = tooMuch === undefined ? undefined : inShorterSlices(at, tooMuch);
  if (shorter === undefined) throw refusal(response, label);
  return shorter;
};

const resultsUrl = (context: PagerContext, at: JobCursorPosition, jobId: string): string => {
  const cursor = at.cursor === null ? '' : `&cursor=${encodeURIComponent(at.cursor)}`;
  return `${context.baseUrl}${JOBS_PATH}/${encodeURIComponent(jobId)}/results?pageSize=${String(at.pageSize)}${cursor}`;
};

/** Where to go on after an answer that is no page. @throws where there is nowhere. */
const afterRefusal = (at: JobCursorPosition, response: ApiResponse, label: string): JobCursorPosition => {
  const tooMuch = tooMuchOf(response);
  const pageSize = tooMuch === undefined ? undefined : halfPage(at.pageSize);
  if (pageSize !== undefined) return { ...at, pageSize };
  const shorter = tooMuch === undefined ? undefined : inShorterSlices(at, tooMuch);
  if (shorter !== undefined) return shorter;
  const error = readApiError(response);
  if (isGone(response)) throw new PositionGoneError(`${describeRefusal(label, response.status, error)}: the job or its cursor is no longer known`, factsOf(response.status, error));
  throw refusal(response, label);
};

/** After the last page of a slice the next one's job is to be made; that of the last slice stays named, so that it can be released. */
const afterPage = (at: JobCursorPosition, { cursor }: PageEnvelope): JobCursorPosition => {
  if (cursor !== undefined) return { ...at, page: at.page + 1, cursor };
  const slices = at.slices.slice(1);
  if (slices.length === 0) return { ...at, slices, page: at.page + 1, cursor: null };
  return { ...at, slices, jobId: null, page: 0, cursor: null, ...(at.jobId === null ? {} : { readJob: at.jobId }) };
};

/** Jobs count against a limit of the organization: one that is read to its end is not kept until the window is. It is named until then, so that no crash forgets it. */
const withoutReadJob = async (context: PagerContext, { readJob, ...at }: JobCursorPosition, signal: AbortSignal | undefined): Promise<JobCursorPosition> => {
  if (readJob !== undefined) await deleteJob(context, readJob, signal);
  return at;
};

async function* pagesOfJobs<T>(context: PagerContext, { window, position, isPart, signal }: PageRequest, decode: DecodePage<T>): AsyncGenerator<WholeEvent<T>, void, void> {
  let guard = createLoopGuard();
  let at: JobCursorPosition = position === undefined ? startOf(window, context.options) : readPosition(JobCursorPosition, position, JOB_CURSOR, window);
  if (at.cursor !== null) guard.follow(at.cursor, 'conversation details job results');
  while (at.slices[0] !== undefined) {
    at = await withoutReadJob(context, at, signal);
    const { jobId } = at;
    if (jobId === null) {
      guard = createLoopGuard();
      at = await withJob(context, at, at.slices[0]!, signal);
      if (at.jobId !== null) yield { type: 'position', position: at };
      continue;
    }
    const failed = at.page === 0 && at.cursor === null ? await awaitJob(context, jobId, signal) : undefined;
    if (failed !== undefined) {
      const shorter = inShorterSlices(at, { of: 'window' });
      if (shorter === undefined) throw failed;
      at = shorter;
      await deleteJob(context, jobId, signal);
      continue;
    }
    const label = pageLabel('conversation details job results', at.page + 1, { window, isPart });
    const response = await context.send({ method: 'GET', url: resultsUrl(context, at, jobId), label }, signal);
    if (response.status !== 200) {
      at = afterRefusal(at, response, label);
      if (at.jobId === null) await deleteJob(context, jobId, signal);
      continue;
    }
    const { envelope, listHash, content } = await decode(response.body, JOB_CURSOR, label);
    const next = afterPage(at, envelope);
    if (next.cursor !== null) {
      guard.follow(next.cursor, label);
      guard.arrived({ number: next.page, listHash, conversationCount: envelope.conversationCount }, label);
    }
    yield { type: 'page', content, envelope, position: next };
    at = next;
  }
  yield { type: 'end', position: at };
}

/** The pages, and the line for jobs told which job is being read. */
async function* readPages<T>(context: PagerContext, request: PageRequest, decode: DecodePage<T>): AsyncGenerator<WholeEvent<T>, void, void> {
  const saved = request.position?.['jobId'];
  let read = typeof saved === 'string' ? saved : undefined;
  // Until its first page comes nothing is told of a job that is gone on with.
  if (read !== undefined) context.jobLine.begun(read);
  try {
    for await (const event of pagesOfJobs(context, request, decode)) {
      const { jobId } = event.position;
      if (read !== undefined && read !== jobId) context.jobLine.left(read);
      read = typeof jobId === 'string' ? jobId : undefined;
      if (read !== undefined) context.jobLine.begun(read);
      yield event;
    }
  } finally {
    if (read !== undefined) context.jobLine.left(read);
  }
}

/**
 * The asynchronous job: made once a slice, polled, read by cursors; its answers carry participant attributes.
 *
 * Invariant: a job's id is handed out as a position before the job is polled, and the request that makes it is not cut off by a signal at once: only a crash in the midst of that request forgets it.
 * A window is asked for in slices of at most `maxInterval`, each by a job of its own; what is too much in shorter ones.
 * Selects conversations that were active in a slice, so those that began before it are delivered too, and some by two slices; startOfDayIntervalMatching stays off.
 * @throws PositionGoneError where the job or its cursor has expired · DecodeError
 */
export const createJobCursorSource = (context: PagerContext): WholeSource => ({
  kind: JOB_CURSOR,
  carriesAttributes: true,
  holdsJob: true,
  sourceAsOf: async (signal) => availability(context.send, context.baseUrl, signal),
  pages: (request, decode) => readPages(context, request, decode),
  release: releaseJobs(context),
  glance: async (wishes, signal) => glanceByJobs(context, wishes, createJobCursorSource, signal),
  total: async (window, signal) => countStarted(context.send, context.baseUrl, context.options, window, signal),
});
