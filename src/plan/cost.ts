import type { Job } from '../model/job.js';
import { partitionPath, type Partition } from '../model/partition.js';
import type { TableName } from '../model/table.js';
import { countByReason, type Due, type DueReason } from './due.js';
import { observedRatios, type Observed, type Ratios } from './ratios.js';

/** What exporting one partition would cost. */
export interface PartitionCost {
  readonly partition: string;
  readonly reason: DueReason;
  readonly calls: number;
  readonly rows: number;
  readonly bytes: number;
}

/** What exporting what is due would cost: estimates, from the job's own history where it has one (`DEFAULT_RATIOS` where not). */
export interface Cost {
  /** Oldest first. */
  readonly partitions: readonly PartitionCost[];
  /** Partitions in range that are not due, by reason. */
  readonly notDue: Readonly<Record<string, number>>;
  readonly calls: number;
  /** How long so many calls take at the rate limit, when nothing else holds them up. */
  readonly minutes: number;
  readonly rows: number;
  /** On disk, compressed, all formats. */
  readonly bytes: number;
}

/** What an estimate needs. */
export interface CostQuestion {
  readonly job: Pick<Job, 'source' | 'tables' | 'formats' | 'parquet'>;
  readonly due: Due;
  /** By partition path. */
  readonly committed: ReadonlyMap<string, Observed>;
  readonly requestsPerMinute: number;
}

const DAY_MS = 86_400_000;
/** Looks at a job's state until it is done. Source: pauses grow from 2 s; a job of a day takes seconds to minutes. */
const POLLS = 5;

/** Calls beside those that bring pages. */
const overhead = ({ kind }: Job['source']): number => {
  switch (kind) {
    case 'next-page-url':
      return 0;
    // The page without conversations, which is the end.
    case 'page-number':
      return 1;
    // Submitting the job, waiting for it, deleting it.
    case 'job-cursor':
      return 2 + POLLS;
  }
};

const rowsIn = (table: TableName, conversations: number, ratios: Ratios, { kind }: Job['source']): number =>
  kind === 'page-number' && table === 'participant_attributes' ? 0 : Math.round(conversations * ratios.rowsPerConversation[table]);

const costOfPartition = (partition: Partition, ratios: Ratios, { job, committed }: CostQuestion): Omit<PartitionCost, 'reason'> => {
  const path = partitionPath(partition);
  const before = committed.get(path)?.counts;
  const days = (partition.window.endMs - partition.window.startMs) / DAY_MS;
  const conversations = before?.unique ?? days * ratios.conversationsPerDay;
  const fetched = before?.fetched ?? conversations * ratios.fetchedPerConversation;
  const ofTables = job.tables.map((table) => ({ table, rows: rowsIn(table, conversations, ratios, job.source) }));
  return {
    partition: path,
    calls: Math.max(1, Math.ceil(fetched / job.source.pageSize)) + overhead(job.source),
    rows: ofTables.reduce((sum, { rows }) => sum + rows, 0),
    bytes: Math.round(ofTables.reduce((sum, { table, rows }) => sum + job.formats.reduce((all, format) => all + rows * ratios.bytesPerRow[format][table], 0), 0)),
  };
};

/** What exporting what is due would cost. A partition exported before is taken to hold as many conversations as then; others the job's mean. */
export const costOf = (question: CostQuestion): Cost => {
  const { job, due, committed, requestsPerMinute } = question;
  const ratios = observedRatios(committed, job.parquet.compression);
  const partitions = due.due.map(({ partition, reason }) => ({ ...costOfPartition(partition, ratios, question), reason }));
  const sum = (of: (cost: PartitionCost) => number): number => partitions.reduce((all, cost) => all + of(cost), 0);
  const calls = sum((cost) => cost.calls);
  return {
    partitions,
    notDue: countByReason(due.notDue),
    calls,
    minutes: calls / requestsPerMinute,
    rows: sum((cost) => cost.rows),
    bytes: sum((cost) => cost.bytes),
  };
};
