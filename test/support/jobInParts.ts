import type { Job } from '../../src/model/job.js';
import { aJob } from './exportRig.js';

/** What a job is to differ in so that a day of some eighty to a hundred and thirty conversations is read in parts: small pages, and readers to spare. */
export const jobInParts = (kind: 'next-page-url' | 'job-cursor', concurrency: number): Partial<Job> => ({ concurrency, source: { ...aJob(kind).source, pageSize: kind === 'job-cursor' ? 1 : 2 } });
