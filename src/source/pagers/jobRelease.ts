import type { ConversationSource } from '../../model/page.js';
import type { ApiResponse } from '../../model/send.js';
import { readApiError } from '../apiError.js';
import { patiently } from '../interruption.js';
import { JOBS_PATH, type PagerContext } from './pagerContext.js';

/** The protocol of asynchronous jobs. */
export const JOB_CURSOR = 'job-cursor';

/** What a job's id looks like; it becomes part of a path. */
export const JOB_ID = /^[\w.-]{1,128}$/;

/** Why a warning, and only one: what is never given back fills the organisation's limit in the end, and every other job meets the same answer. */
const tellForbidden = ({ log, jobLine }: PagerContext, jobId: string, response: ApiResponse): void => {
  const { permissions, correlationId } = readApiError(response);
  const facts = { jobId, status: response.status, ...(permissions.length === 0 ? {} : { permission: permissions.join(', ') }), ...(correlationId === undefined ? {} : { correlationId }) };
  if (jobLine.isFirstKept()) log.warn('export jobs may not be deleted by this OAuth client: they count against the limit of the organisation until they expire', facts);
  else log.debug('job not released', facts);
};

/** Gives a job back. Never fails: one that cannot be deleted expires by itself. */
export const deleteJob = async (context: PagerContext, jobId: string, signal: AbortSignal | undefined): Promise<void> => {
  const request = { method: 'DELETE', url: `${context.baseUrl}${JOBS_PATH}/${encodeURIComponent(jobId)}`, label: 'conversation details job, deletion', maxAttempts: 3, isCourtesy: true } as const;
  try {
    const response = await patiently(context.clock, signal, (patient) => context.send(request, patient));
    if (response.status === 403) tellForbidden(context, jobId, response);
    else context.log.debug('job released', { jobId, status: response.status });
  } catch (error) {
    context.log.debug('job not released', { jobId, error: error instanceof Error ? error.message : 'unknown' });
  }
  context.jobLine.left(jobId);
  context.jobLine.ended();
};

/** Gives back what jobs a position names, whatever the source is now: it may have been another when the position was saved. */
export const releaseJobs = (context: PagerContext): ConversationSource['release'] => async ({ kind, jobId, readJob }, signal) => {
  for (const id of [readJob, jobId]) if (kind === JOB_CURSOR && typeof id === 'string' && JOB_ID.test(id)) await deleteJob(context, id, signal);
};
