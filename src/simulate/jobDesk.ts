import { SeededRandom } from './seededRandom.js';
import type { Selection } from './selection.js';

/** States of an asynchronous query. Source: AsyncQueryStatus. */
export type JobState = 'QUEUED' | 'PENDING' | 'FAILED' | 'CANCELLED' | 'FULFILLED' | 'EXPIRED';

/** What a finished job answers: fixed when it is done, whatever happens later. */
export interface JobSnapshot {
  readonly selection: Selection;
  /** The lake's watermark at that time. */
  readonly asOfMs: number;
}

/** A job. */
export interface Job {
  readonly id: string;
  readonly submittedMs: number;
  readonly doneMs: number;
  expiresMs: number;
  /** Cursors of earlier generations are dead. */
  generation: number;
  cancelled: boolean;
  failure: string | undefined;
  /** Looks into the lake as it is at the given instant. */
  readonly look: (atMs: number) => JobSnapshot;
  snapshot: JobSnapshot | undefined;
}

/** The state of a job at an instant. */
export const jobState = (job: Job, nowMs: number): JobState => {
  if (job.cancelled) return 'CANCELLED';
  if (job.failure !== undefined) return 'FAILED';
  if (nowMs >= job.expiresMs) return 'EXPIRED';
  if (nowMs >= job.doneMs) return 'FULFILLED';
  return nowMs >= job.submittedMs + (job.doneMs - job.submittedMs) / 2 ? 'PENDING' : 'QUEUED';
};

/** What a done job holds: looked up in the lake as it was when the job was done. */
export const jobSnapshot = (job: Job): JobSnapshot => (job.snapshot ??= job.look(job.doneMs));

/** The jobs of a simulator. */
export class JobDesk {
  private readonly jobs = new Map<string, Job>();
  private readonly random: SeededRandom;

  constructor(seed: number) {
    this.random = new SeededRandom(seed, 0x70, 0xb5);
  }

  /** Jobs that count against the limit of concurrent ones. */
  live(nowMs: number): number {
    let count = 0;
    for (const job of this.jobs.values()) if (!job.cancelled && job.failure === undefined && nowMs < job.expiresMs) count += 1;
    return count;
  }

  submit(nowMs: number, delayMs: number, lifetimeMs: number, look: Job['look']): Job {
    const job: Job = {
      id: this.random.uuid(),
      submittedMs: nowMs,
      doneMs: nowMs + delayMs,
      expiresMs: nowMs + lifetimeMs,
      generation: 0,
      cancelled: false,
      failure: undefined,
      look,
      snapshot: undefined,
    };
    this.jobs.set(job.id, job);
    return job;
  }

  find(id: string): Job | undefined {
    return this.jobs.get(id);
  }

  /** Cancels a job that runs; forgets one that does not. */
  remove(job: Job, nowMs: number): void {
    const state = jobState(job, nowMs);
    if (state === 'QUEUED' || state === 'PENDING') job.cancelled = true;
    else this.jobs.delete(job.id);
  }

  expireAll(nowMs: number): void {
    for (const job of this.jobs.values()) job.expiresMs = Math.min(job.expiresMs, nowMs);
  }

  expireCursors(): void {
    for (const job of this.jobs.values()) job.generation += 1;
  }

  failUnfinished(message: string, nowMs: number): void {
    for (const job of this.jobs.values()) if (nowMs < job.doneMs) job.failure = message;
  }
}
