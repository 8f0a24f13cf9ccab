import { backfillCommand } from '../model/backfillCommand.js';
import { EXIT, SinkError, StateError } from '../model/errors.js';
import type { Followed } from '../model/glance.js';
import type { Job } from '../model/job.js';
import type { Look } from '../model/look.js';
import { sumOfChanges, type Manifest } from '../model/manifest.js';
import { dayOf } from '../model/partition.js';
import type { Log } from '../model/ports.js';
import { calendarOf, isShort, stateOfPartition } from '../plan/calendar.js';
import { awaitedBy } from '../plan/state.js';
import type { CurrentManifest } from '../run/partitionPorts.js';
import type { FilesLook } from '../sink/committedFiles.js';
import { manifestPath } from '../sink/layout.js';
import type { LedgerContent } from '../sink/ledgerFile.js';
import type { FoundFailure } from '../state/failures.js';
import type { JobStore } from './jobStore.js';
import { summaryOf, totalsOf } from './ledgerSummary.js';
import type { JobStatus, PartitionStatus } from './openedJob.js';

/** What is wanted of a job, as partition paths. */
export interface WantedPartitions {
  /** Every partition that should be there by now, oldest first. */
  readonly partitions: readonly string[];
  /** Runs of them that are missing; both ends included. */
  readonly gaps: JobStatus['gaps'];
}

/** What a status is about. */
export interface StatusQuestion {
  readonly job: Pick<Job, 'name' | 'source' | 'settleMs' | 'lookbackMs' | 'completeness'>;
  readonly followed: JobStatus['followed'];
  readonly notices: JobStatus['notices'];
  /** As the store has them. */
  readonly failures: readonly FoundFailure[];
  /** Settled partitions that the next run exports again. */
  readonly changed: Followed['due'];
  readonly wanted: WantedPartitions;
  /** Units: UTC epoch milliseconds. */
  readonly nowMs: number;
  readonly log: Log;
}

const failureFact = (found: FoundFailure | undefined): PartitionStatus['failure'] => {
  if (found === undefined) return null;
  if (found.kind === 'unreadable') return { error: 'StateError', message: `the record of a failure cannot be read: ${found.path}`, remedy: 'Run the job again.', exitCode: EXIT.incomplete, at: '' };
  const { error, message, remedy, exitCode, at } = found.failure;
  return { error, message, remedy: remedy ?? undefined, exitCode, at };
};

const committed = async (store: JobStore, manifest: Manifest): Promise<Pick<PartitionStatus, 'committedAt' | 'files'>> => {
  const facts = await store.files.look(`${store.folder}/${manifestPath(manifest.partition, manifest.version)}`);
  return {
    committedAt: facts === undefined ? null : new Date(facts.modifiedMs).toISOString(),
    files: manifest.files.map(({ publishedAs, table, format, rows, bytes, sha256 }) => ({ path: `${store.folder}/${publishedAs}`, table, format, rows, bytes, sha256 })),
  };
};

/** The current version; where it is damaged, what is wrong with it: one damaged partition must not hide the others. */
const readOrFailure = async (store: JobStore, partition: string): Promise<CurrentManifest | NonNullable<PartitionStatus['failure']> | undefined> => {
  try {
    return await store.manifests.read(partition);
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    return { error: error.name, message: error.message, remedy: error.remedy, exitCode: error.exitCode, at: '' };
  }
};

/** What the disk says of a committed version's files, as a failure: a run puts it right. */
const filesFailure = async (store: JobStore, manifest: Manifest): Promise<PartitionStatus['failure']> => {
  let look: FilesLook;
  try {
    look = await store.lookAt(manifest);
  } catch (error) {
    if (!(error instanceof SinkError)) throw error;
    return { error: error.name, message: error.message, remedy: error.remedy, exitCode: error.exitCode, at: '' };
  }
  const { standing, path } = look;
  if (standing === 'whole') return null;
  const what = standing === 'unpublished' ? 'it is committed and not published as it should be' : 'it is committed and missing, or of another size';
  const remedy =
    standing === 'lost'
      ? 'Restore it from a backup, or run again: the day is exported again, if the API still gives as much.'
      : 'Run again: it is put back from what is there.';
  return { error: SinkError.name, message: `${store.folder}/${path ?? ''}: ${what}`, remedy: `${remedy} Days before what \`run\` looks at: ${backfillCommand(manifest.job, dayOf(manifest.partition))}`, exitCode: EXIT.incomplete, at: '' };
};

/** The ledger tells how looks went; without it everything else is still true. */
const readLedger = async (store: JobStore, log: Log): Promise<LedgerContent> => {
  try {
    return await store.ledger.read();
  } catch (error) {
    if (!(error instanceof SinkError)) throw error;
    log.warn('ledger cannot be read', { reason: error.message });
    return { looks: [], unreadable: ['_ledger'] };
  }
};

const lookFact = (look: Look | undefined): PartitionStatus['lastLook'] =>
  look === undefined ? null : { at: new Date(look.lookedAtMs).toISOString(), result: look.result, calls: look.calls, elapsedMs: look.elapsedMs };

const freshness = (manifest: Manifest, { job, nowMs }: StatusQuestion): Pick<PartitionStatus, 'asOf' | 'asOfOrigin' | 'waitsFor'> => {
  const { at, origin } = manifest.sourceAsOf;
  const window = { startMs: Date.parse(manifest.window.from), endMs: Date.parse(manifest.window.to) };
  return { asOf: at, asOfOrigin: origin, waitsFor: manifest.state === 'settled' ? null : awaitedBy({ partition: { window }, sourceAsOf: { ms: Date.parse(at), origin }, nowMs, job }) };
};

const NOTHING: Omit<PartitionStatus, 'partition' | 'state' | 'failure' | 'lastLook'> = {
  version: null, rows: {}, conversations: null, counts: null, changes: null, dueFor: null, isShort: false, asOf: null, asOfOrigin: null, waitsFor: null, committedAt: null, filesAtFault: null, files: [],
};

const calendar = (partitions: readonly PartitionStatus[]): JobStatus['calendar'] =>
  calendarOf(
    partitions.map(({ partition, state, failure, isShort: short }) => ({
      dt: dayOf(partition),
      state: stateOfPartition({ committed: state === 'settled' || state === 'provisional' ? state : undefined, hasFailed: failure !== null, isShort: short }),
    })),
  );

/** Reads what is on disk of a job and holds it against what is wanted. Asks the API for nothing. */
export const readJobStatus = async (store: JobStore, question: StatusQuestion): Promise<JobStatus> => {
  const { job, wanted } = question;
  const failures = new Map(question.failures.map((found) => [found.partition, found]));
  const ledger = await readLedger(store, question.log);
  const looks = new Map(ledger.looks.map((look) => [look.partition, look]));
  const dueFor = new Map(question.changed.map(({ partition, reason }) => [partition, reason]));
  const onDisk = await store.manifests.partitions();
  const paths = [...new Set([...onDisk, ...wanted.partitions, ...failures.keys()])].sort();
  const partitions: PartitionStatus[] = [];
  for (const partition of paths) {
    const failure = failureFact(failures.get(partition));
    const lastLook = lookFact(looks.get(partition));
    const current = await readOrFailure(store, partition);
    if (current === undefined || 'message' in current) {
      const unread = current === undefined ? ({ state: 'missing', failure } as const) : ({ state: 'damaged', failure: current } as const);
      partitions.push({ ...NOTHING, partition, ...unread, lastLook });
      continue;
    }
    const { manifest } = current;
    const { state, version, counts } = manifest;
    const filesAtFault = await filesFailure(store, manifest);
    const counted = { rows: counts.rows, conversations: counts.unique, counts, changes: sumOfChanges(manifest), dueFor: state === 'settled' ? (dueFor.get(partition) ?? null) : null, isShort: isShort(counts, job.completeness.tolerance) };
    partitions.push({ partition, state, version, ...counted, ...freshness(manifest, question), failure: failure ?? filesAtFault, filesAtFault: filesAtFault?.message ?? null, lastLook, ...(await committed(store, manifest)) });
  }
  return { job: job.name, source: job.source.kind, folder: store.folder, partitions, gaps: wanted.gaps, totals: totalsOf(partitions), followed: question.followed, ledger: summaryOf(ledger), notices: question.notices, calendar: calendar(partitions) };
};
