import { createHash } from 'node:crypto';
import { ExportError, InterruptedError, StateError } from '../model/errors.js';
import type { Job } from '../model/job.js';
import type { Log } from '../model/ports.js';
import type { Window } from '../model/window.js';
import { dayOf, partitionPath, type Partition } from '../model/partition.js';
import { calendarOf, isShort, stateOfPartition, type DayState } from '../plan/calendar.js';
import { costOf, type Cost, type CostQuestion } from '../plan/cost.js';
import type { Due } from '../plan/due.js';
import { readersFor } from '../plan/parts.js';
import { LEARNT_FROM, observedExtraCalls } from '../plan/ratios.js';
import { windowsToCount, type CountedWindow } from '../plan/samples.js';
import type { KnownTotal, TotalsCache } from '../state/totalsCache.js';
import { createTotalsCache } from '../state/totalsCache.js';
import type { JobStore } from './jobStore.js';
import type { Committed } from './jobWork.js';
import { settingsNotices } from './jobNotices.js';
import { exportedAsNow } from './otherSettings.js';
import type { JobPlan, PlanOptions, Sampling } from './openedJob.js';

/** A plan asks the API at most so often. */
const MOST_CALLS = 12;

/** What a plan is made of. */
export interface PlanQuestion {
  readonly job: Job;
  readonly store: JobStore;
  readonly due: Due;
  readonly committed: Committed;
  readonly followed: JobPlan['followed'];
  /** Paths of settled partitions that the next run exports again for conversations in them. */
  readonly changed: readonly string[];
  readonly requestsPerMinute: number;
  /** Units: UTC epoch milliseconds. */
  readonly nowMs: number;
  readonly sampling: PlanOptions['sampling'];
  /** The API's count of a window: one call. */
  readonly count: (window: Window) => Promise<number>;
  readonly log: Log;
}

/** The counts kept for a job's filters. */
const totalsCacheOf = (store: JobStore, job: Pick<Job, 'source'>): TotalsCache =>
  createTotalsCache(store.files, store.folder, createHash('sha256').update(JSON.stringify(job.source.filters)).digest('hex').slice(0, 16));

/** Counts windows: the first, and where that can be counted the others at the same time. `reason`: why one could not; `asked`: how many were. */
const countAll = async (windows: readonly Window[], count: PlanQuestion['count'], askedMs: number): Promise<{ readonly totals: readonly KnownTotal[]; readonly asked: number; readonly reason: string | null }> => {
  const totals: KnownTotal[] = [];
  let reason: string | null = null;
  const countOne = async ({ startMs, endMs }: Window): Promise<void> => {
    try {
      totals.push({ startMs, endMs, total: await count({ startMs, endMs }), askedMs });
    } catch (error) {
      if (!(error instanceof ExportError) || error instanceof InterruptedError) throw error;
      reason ??= error.message;
    }
  };
  const [first, ...others] = windows;
  if (first !== undefined) await countOne(first);
  if (reason !== null) return { totals, asked: 1, reason };
  await Promise.all(others.map(countOne));
  return { totals: totals.sort((a, b) => a.startMs - b.startMs), asked: windows.length, reason };
};

/** Keeps counts for the next plan or run, which can do without them. */
const keep = async (cache: TotalsCache, kept: readonly KnownTotal[], totals: readonly KnownTotal[], log: Log): Promise<void> => {
  if (totals.length === 0) return;
  try {
    await cache.write([...kept, ...totals]);
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    log.warn('counts not kept for the next plan', { reason: error.message });
  }
};

const sample = async ({ job, store, due, committed, nowMs, sampling, count, log }: PlanQuestion): Promise<{ readonly counted: readonly CountedWindow[]; readonly sampling: Sampling }> => {
  const cache = totalsCacheOf(store, job);
  const kept = await cache.read(nowMs);
  const unknown = due.due.map(({ partition }) => partition).filter((partition) => !committed.has(partitionPath(partition)));
  if (unknown.length === 0) return { counted: [], sampling: { state: 'not-needed', calls: 0, kept: 0, reason: null } };
  const isInside = ({ window }: Partition, { startMs, endMs }: Window): boolean => startMs <= window.startMs && window.endMs <= endMs;
  const used = kept.filter((total) => unknown.some((partition) => isInside(partition, total))).length;
  if (sampling !== 'allowed') return { counted: kept, sampling: { state: sampling, calls: 0, kept: used, reason: null } };
  // A range that was sampled before is not sampled closer by being planned again.
  const most = MOST_CALLS - used;
  const missing = most <= 0 ? [] : windowsToCount(unknown.filter((partition) => !kept.some((total) => isInside(partition, total))), most);
  const { totals, asked, reason } = await countAll(missing, count, nowMs);
  await keep(cache, kept, totals, log);
  return { counted: [...kept, ...totals], sampling: { state: reason === null ? 'asked' : 'failed', calls: asked, kept: used, reason } };
};

/** What a run's cost is worked out from. */
export interface RunCostQuestion extends Pick<PlanQuestion, 'job' | 'store' | 'due' | 'committed' | 'requestsPerMinute' | 'nowMs' | 'count' | 'log'> {
  readonly concurrency: number;
}

/** Those that might be read in parts: all where they are few, or the last of many. */
const inParts = ({ source }: Pick<Job, 'source'>, due: Due['due'], concurrency: number): Due['due'] => {
  if (readersFor(source, concurrency, due.length) > 1) return due;
  return due.length > concurrency && readersFor(source, concurrency, 1) > 1 ? due.slice(-1) : [];
};

/**
 * What a run is expected to take: by what is known, and by the API's count of partitions of which nothing is and which might be read in parts: few, or the last of many.
 *
 * An API that does not count is no reason to fail: what nothing is known of is read as a whole.
 */
export const costOfRun = async ({ count, nowMs, log, ...question }: RunCostQuestion): Promise<Cost> => {
  const { job, store, due, concurrency } = question;
  const cache = totalsCacheOf(store, job);
  const kept = await cache.read(nowMs);
  const learnt = await extraCallsLearnt(store, job);
  const cost = costOf({ ...question, ...learnt, counted: kept });
  const assumed = new Set(cost.partitions.filter(({ basis }) => basis === 'assumed').map(({ partition }) => partition));
  const unknown = inParts(job, due.due, concurrency).filter(({ partition }) => assumed.has(partitionPath(partition)));
  if (unknown.length === 0) return cost;
  const { totals, reason } = await countAll(unknown.map(({ partition }) => partition.window), count, nowMs);
  if (reason !== null) log.debug('the API does not tell how large a partition is', { reason });
  await keep(cache, kept, totals, log);
  return totals.length === 0 ? cost : costOf({ ...question, ...learnt, counted: [...kept, ...totals] });
};

/** What earlier looks teach about calls; a ledger that cannot be read teaches nothing. */
const extraCallsLearnt = async (store: JobStore, job: Pick<Job, 'source'>): Promise<Pick<CostQuestion, 'extraCalls'>> => {
  try {
    const extraCalls = observedExtraCalls((await store.ledger.read(LEARNT_FROM)).looks, job.source.kind);
    return extraCalls === undefined ? {} : { extraCalls };
  } catch (error) {
    if (!(error instanceof ExportError)) throw error;
    return {};
  }
};

/** How the partitions of a plan stand, and those that are committed or failed in the same months; of other days nothing is known. */
const calendar = ({ job, due, committed }: PlanQuestion, failed: ReadonlySet<string>): JobPlan['calendar'] => {
  const stateOf = (path: string, reason?: Due['due' | 'notDue'][number]['reason']): DayState => {
    const current = committed.get(path);
    const hasFailed = failed.has(path) || reason === 'damaged';
    if (current === undefined && !hasFailed && (reason === 'not-ended' || reason === 'settling')) return 'waiting';
    return stateOfPartition({ committed: current?.state, hasFailed, isShort: current !== undefined && isShort(current.counts, job.completeness.tolerance) });
  };
  const asked = [...due.due, ...due.notDue].map(({ partition, reason }) => ({ dt: partition.dt, path: partitionPath(partition), reason }));
  const paths = new Set(asked.map(({ path }) => path));
  const months = new Set(asked.map(({ dt }) => dt.slice(0, 'YYYY-MM'.length)));
  const beside = [...new Set([...committed.keys(), ...failed])].filter((path) => !paths.has(path) && months.has(dayOf(path).slice(0, 'YYYY-MM'.length)));
  return calendarOf([...asked.map(({ dt, path, reason }) => ({ dt, state: stateOf(path, reason) })), ...beside.map((path) => ({ dt: dayOf(path), state: stateOf(path) }))], 'unseen');
};

/** What a run would refuse to replace. */
const withOtherSettings = ({ job, due, committed }: PlanQuestion): readonly string[] => {
  const isAsNow = exportedAsNow(job);
  const refused = due.due.filter(({ partition, reason }) => {
    const current = committed.get(partitionPath(partition));
    return reason !== 'forced' && current !== undefined && !isAsNow(partition, current);
  });
  return [...new Set(refused.map(({ partition }) => partition.dt))];
};

/** Why a plan has nothing at all. */
const emptyNotices = ({ job, due }: PlanQuestion): readonly string[] => {
  if (due.due.length + due.notDue.length > 0) return [];
  return [job.start === undefined ? 'no partition has ended in this range' : `no partition has ended in this range: the job starts at ${job.start}`];
};

/** What would be exported, why, and what it would cost. Asks the API for at most `MOST_CALLS` counts, of what was never exported. */
export const planJob = async (question: PlanQuestion): Promise<JobPlan> => {
  const { job, store, due, committed, requestsPerMinute } = question;
  const { counted, sampling } = await sample(question);
  const cost = costOf({ job, due, committed, requestsPerMinute, counted, ...(await extraCallsLearnt(store, job)) });
  const failed = new Set((await store.failures.list()).map(({ partition }) => partition));
  const [first] = cost.partitions;
  const last = cost.partitions.at(-1);
  const range = first === undefined || last === undefined ? null : { from: first.window.from, to: last.window.to };
  return { job: job.name, range, requestsPerMinute, sampling, followed: question.followed, ...cost, otherSettings: withOtherSettings(question), notices: [...emptyNotices(question), ...settingsNotices(job, { committed, failed, changed: question.changed })], calendar: calendar(question, failed) };
};
