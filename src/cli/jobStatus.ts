import type { Manifest } from '../model/manifest.js';
import type { SourceKind } from '../model/job.js';
import { EXIT, StateError } from '../model/errors.js';
import type { CurrentManifest } from '../run/partitionPorts.js';
import { manifestPath } from '../sink/layout.js';
import type { FoundFailure } from '../state/failures.js';
import type { JobStore } from './jobStore.js';
import type { JobStatus, PartitionStatus } from './openedJob.js';

/** What is wanted of a job, as partition paths. */
export interface WantedPartitions {
  /** Every partition that should be there by now, oldest first. */
  readonly partitions: readonly string[];
  /** Runs of them that are missing; both ends included. */
  readonly gaps: JobStatus['gaps'];
}

const failureFact = (found: FoundFailure | undefined): PartitionStatus['failure'] => {
  if (found === undefined) return null;
  if (found.kind === 'unreadable') return { error: 'StateError', message: `the record of a failure cannot be read: ${found.path}`, remedy: 'Run the job again.', exitCode: EXIT.incomplete, at: '' };
  const { error, message, remedy, exitCode, at } = found.failure;
  return { error, message, remedy: remedy ?? undefined, exitCode: exitCode as (typeof EXIT)['incomplete'], at };
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

/** Reads what is on disk of a job and holds it against what is wanted. Asks the API for nothing. */
export const readJobStatus = async (store: JobStore, job: { readonly name: string; readonly source: SourceKind }, wanted: WantedPartitions): Promise<JobStatus> => {
  const failures = new Map((await store.failures.list()).map((found) => [found.partition, found]));
  const onDisk = await store.manifests.partitions();
  const paths = [...new Set([...onDisk, ...wanted.partitions, ...failures.keys()])].sort();
  const partitions: PartitionStatus[] = [];
  for (const partition of paths) {
    const failure = failureFact(failures.get(partition));
    const current = await readOrFailure(store, partition);
    if (current === undefined || 'message' in current) {
      const unread = current === undefined ? ({ state: 'missing', failure } as const) : ({ state: 'damaged', failure: current } as const);
      partitions.push({ partition, ...unread, version: null, rows: {}, conversations: null, asOf: null, committedAt: null, files: [] });
      continue;
    }
    const { state, version, counts, sourceAsOf } = current.manifest;
    partitions.push({ partition, state, version, rows: counts.rows, conversations: counts.unique, asOf: sourceAsOf.at, failure, ...(await committed(store, current.manifest)) });
  }
  return { job: job.name, source: job.source, folder: store.folder, partitions, gaps: wanted.gaps };
};
