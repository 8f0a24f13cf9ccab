import { expect } from 'vitest';
import type { Job } from '../../src/model/job.js';
import { aJob } from './exportRig.js';
import { startFaultRig, type FaultCase, type FaultRig, type FaultRigOptions } from './faultRig.js';
import { publishedHashes } from './treeOf.js';

/** Protocols that have parts. */
export type PartsKind = 'next-page-url' | 'job-cursor';
/** Conversations of a day in parts. */
export const CONVERSATIONS = 130;
/** Where conversations are queried. */
export const QUERY = '/api/v2/analytics/conversations/details/query';
/** Where jobs live. */
export const JOBS = '/api/v2/analytics/conversations/details/jobs';

/** What a job is to differ in so that a day of some eighty to a hundred and thirty conversations is read in parts: small pages, and readers to spare. */
export const jobInParts = (kind: PartsKind, concurrency: number): Partial<Job> => ({ concurrency, source: { ...aJob(kind).source, pageSize: kind === 'job-cursor' ? 1 : 2 } });

/** A simulator whose day is large enough. */
export const startPartsRig = (options: FaultRigOptions = {}): Promise<FaultRig> =>
  startFaultRig({ ...options, dataset: { conversationsPerDay: CONVERSATIONS, ...options.dataset }, settings: { recordBodies: true, ...options.settings } });

/** A day of enough pages to be read in parts: five over next-page-url, three jobs. */
export const inParts = (rig: FaultRig, kind: PartsKind = 'next-page-url', concurrency = 6): Promise<FaultCase> => rig.newCase(kind, jobInParts(kind, concurrency));

/** The published files of the same day, read as a whole. */
export const asAWhole = async (rig: FaultRig, kind: PartsKind = 'next-page-url'): Promise<Readonly<Record<string, string>>> => {
  const one = await inParts(rig, kind, 1);
  expect((await one.run()).exitCode).toBe(0);
  return publishedHashes(one.folder);
};

/** A request, with its body. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
}

/** What was asked for since a request. */
export const askedSince = (rig: FaultRig, before: number): readonly Asked[] => rig.simulator.requests.slice(before);

/** The hours that queries for pages, or jobs, were made for since a request. */
export const rangesSince = (rig: FaultRig, before: number): string[] =>
  askedSince(rig, before)
    .filter(({ method, path, body = '' }) => method === 'POST' && (path === JOBS || (path === QUERY && body.includes('"dateRange"') && !body.includes('"pageSize":1}'))))
    .map(({ body = '' }) => /"(?:from|interval)":"[\d-]+T(\d\d:\d\d)/.exec(body)?.[1] ?? body);

/** The jobs of all requests so far: made, given back, and held at once at most. */
export const jobsOf = (rig: FaultRig): { readonly made: number; readonly deleted: number; readonly most: number } => {
  let [made, deleted, most] = [0, 0, 0];
  for (const { method, path, status } of rig.simulator.requests) {
    if (method === 'POST' && path === JOBS && status === 202) made++;
    if (method === 'DELETE' && path.startsWith(JOBS) && status === 204) deleted++;
    most = Math.max(most, made - deleted);
  }
  return { made, deleted, most };
};
