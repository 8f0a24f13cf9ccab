import type { JournalStore, Reject } from '../model/journal.js';
import type { Format, Job } from '../model/job.js';
import type { Manifest, ManifestFile, PartitionState, TableChanges } from '../model/manifest.js';
import type { ConversationSource, SourceAsOf } from '../model/page.js';
import type { Partition } from '../model/partition.js';
import type { Clock, Log } from '../model/ports.js';
import type { Table, TableName } from '../model/table.js';
import type { Lanes } from './lanes.js';
import type { RunEvent } from './report.js';

/** The current version of a partition. */
export interface CurrentManifest {
  readonly manifest: Manifest;
  /** Of its file: what the next version names as its predecessor. */
  readonly sha256: string;
}

/** The manifests of a job: the truth about what is exported. */
export interface Manifests {
  /** The highest version, its chain checked; undefined where the partition was never exported. @throws StateError where it is damaged */
  read(partition: string): Promise<CurrentManifest | undefined>;
  /** Creates the next version, durably, or finds that another run was faster. */
  create(manifest: Manifest): Promise<'created' | 'lost-race'>;
}

/** What a partition holds after an attempt at it: committed and published. */
export interface TakenIn {
  readonly partition: string;
  /** How fresh the source was for what was read of it. Units: UTC epoch milliseconds. */
  readonly asOfMs: number;
  /** Its journal is still to be removed. */
  readonly attemptId: string;
}

/** Everything that exporting a partition works with. */
export interface PartitionPorts {
  readonly job: Job;
  /** The job's tables, in its order. */
  readonly tables: readonly Table[];
  readonly source: ConversationSource;
  /** The source's freshness, taken before the run's first page. */
  readonly sourceAsOf: SourceAsOf;
  readonly lanes: Lanes;
  readonly journals: JournalStore;
  readonly manifests: Manifests;
  /** Makes the published tree what the manifest says. */
  publish(manifest: Manifest): Promise<void>;
  /** Removes what an attempt wrote and no manifest names, temporary files included. */
  removeLeftovers(partition: string, attemptId: string): Promise<void>;
  /** Where readers find the n-th file of a table, from 0, relative to the job's folder. */
  publishedPath(format: Format, table: TableName, partition: string, n: number): string;
  /** Makes `_data/<partition>`. */
  prepareData(partition: string): Promise<void>;
  writeRejects(partition: string, attemptId: string, rejects: AsyncIterable<Reject>): Promise<Manifest['rejects']>;
  /** How the rows in files that are to be committed differ from those of the version before; null where that cannot be read. */
  rowChanges(previous: Manifest, files: readonly ManifestFile[]): Promise<TableChanges | null>;
  /** Remembers it. Called before the attempt's journal goes: until then, the next run can do what is left without reading anything again. */
  takenIn(read: TakenIn): Promise<void>;
  /** Whether a partition read at that freshness may still change. */
  stateOf(partition: Partition, asOf: SourceAsOf): PartitionState;
  readonly clock: Clock;
  readonly log: Log;
  /** 128 random bits, hex. */
  newId(): string;
  /** The product's version. */
  readonly version: string;
  onEvent(event: RunEvent): void;
  readonly signal: AbortSignal;
}
