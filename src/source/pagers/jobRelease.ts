import type { ConversationSource } from '../../model/page.js';
import { patiently } from '../interruption.js';
import { JOBS_PATH, type PagerContext } from './pagerContext.js';

/** The protocol of asynchronous jobs. */
export const JOB_CURSOR = 'job-cursor';

/** What a job's id looks like; it becomes part of a path. */
export const JOB_ID = /^[\w.-]{1,128}$/;

/** Gives a job back. Never fails: one that cannot be deleted expires by itself. */
export const deleteJob = async (context: PagerContext, jobId: string, signal: AbortSignal | undefined): Promise<void> => {
  const request = { method: 'DELETE', url: `${context.baseUrl}${JOBS_PATH}/${encodeURIComponent(jobId)}`, label: 'conversation details job, deletion', maxAttempts: 3, isCourtesy: true } as const;
  try {
    const response = await patiently(context.clock, signal, (patient) => context.send(request, patient));
    context.log.debug('job released', { jobId, status: response.status });
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
