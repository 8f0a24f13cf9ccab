import { formatInstant } from '../model/instant.js';
import type { Job } from '../model/job.js';
import { partitionPath, type Partition } from '../model/partition.js';
import type { TableName } from '../model/table.js';
import { countByReason, type Due, type DueReason } from './due.js';
import { partsOf, readersFor } from './parts.js';
import { distinctIn, observedRatios, type Observed, type Ratios } from './ratios.js';
import { expectedIn, type CountedWindow } from './samples.js';
import { readingOf } from './splits.js';

/**
 * What the size of a partition is taken from: what was exported of it before · the API's own count of it, or of the days around it · the mean of
 * the days that the API counted · the mean of what the job has exported · an assumption.
 */
export type Basis = 'exported' | 'counted' | 'sampled' | 'learnt' | 'assumed';

/** What exporting one partition would cost. */
export interface PartitionCost {
  readonly partition: string;
  readonly window: { readonly from: string; readonly to: string };
  readonly reason: DueReason;
  readonly conversations: number;
  readonly basis: Basis;
  /** Conversations in the answers: with repetitions, and those that started in other partitions. */
  readonly fetched: number;
  /** The same, each counted once: repetitions depend on how the window is cut. */
  readonly distinct: number;
  readonly calls: number;
  /** How often its window would be cut, as the API pages only so far. */
  readonly splits: number;
  readonly rows: number;
  readonly bytes: number;
}

/** What exporting what is due would cost: estimates, from the API's counts and the job's own history where there are any (`DEFAULT_RATIOS` where not). */
export interface Cost {
  /** Oldest first. */
  readonly partitions: readonly PartitionCost[];
  /** Partitions in range that are not due, by reason. */
  readonly notDue: Readonly<Record<string, number>>;
  readonly conversations: number;
  readonly calls: number;
  /** How long so many calls take at the rate limit, when nothing else holds them up. */
  readonly minutes: number;
  readonly splits: number;
  readonly rows: number;
  /** On disk, compressed, all formats. */
  readonly bytes: number;
}

/** What an estimate needs. */
export interface CostQuestion {
  readonly job: Pick<Job, 'source' | 'tables' | 'formats' | 'parquet' | 'completeness' | 'concurrency'>;
  readonly due: Due;
  /** By partition path. */
  readonly committed: ReadonlyMap<string, Observed>;
  readonly requestsPerMinute: number;
  /** By default the job's. */
  readonly concurrency?: number;
  /** What the API counted of windows in the range. */
  readonly counted?: readonly CountedWindow[];
  /** Calls beside those that bring pages, as earlier looks at partitions took them; absent: by the protocol. */
  readonly extraCalls?: number;
}

const DAY_MS = 86_400_000;
/** Looks at a job's state until it is done. Source: pauses grow from 2 s; a job of a day takes seconds to minutes. */
const POLLS = 5;

/** Calls beside those that bring pages. @param pieces that the window is asked for in, each by a job of its own where the protocol has jobs */
const extraCallsOf = ({ source, completeness }: CostQuestion['job'], pieces: number): number =>
  // Submitting a job, waiting for it, deleting it.
  (source.kind === 'job-cursor' ? (2 + POLLS) * pieces : 0) + (completeness.checkTotal ? 1 : 0);

const rowsIn = (table: TableName, conversations: number, ratios: Ratios, { kind }: Job['source']): number =>
  kind === 'page-number' && table === 'participant_attributes' ? 0 : Math.round(conversations * ratios.rowsPerConversation[table]);

const sizeOf = ({ window }: Partition, before: Observed['counts'] | undefined, ratios: Ratios, { committed, counted = [] }: CostQuestion): Pick<PartitionCost, 'conversations' | 'basis'> => {
  if (before !== undefined) return { conversations: before.unique, basis: 'exported' };
  const expected = expectedIn(window, counted);
  if (expected !== undefined) return { conversations: Math.round(expected.conversations), basis: expected.isInside ? 'counted' : 'sampled' };
  return { conversations: Math.round(((window.endMs - window.startMs) / DAY_MS) * ratios.conversationsPerDay), basis: committed.size > 0 ? 'learnt' : 'assumed' };
};

const costOfPartition = (partition: Partition, reason: DueReason, ratios: Ratios, question: CostQuestion): PartitionCost => {
  const { job, committed } = question;
  const { startMs, endMs } = partition.window;
  const before = committed.get(partitionPath(partition))?.counts;
  const { conversations, basis } = sizeOf(partition, before, ratios, question);
  const fetched = before === undefined ? Math.round(conversations * ratios.fetchedPerConversation) : before.fetched - before.refetched;
  const distinct = before === undefined ? Math.round(conversations * ratios.distinctPerConversation) : distinctIn(before);
  const reading = readingOf(job.source, endMs - startMs, fetched);
  const readers = readersFor(job.source, question.concurrency ?? job.concurrency, question.due.due.length);
  const parts = partsOf({ window: partition.window, source: job.source, conversations: distinct, readers }).length;
  const ofTables = job.tables.map((table) => ({ table, rows: rowsIn(table, conversations, ratios, job.source) }));
  return {
    partition: partitionPath(partition),
    window: { from: formatInstant(startMs), to: formatInstant(endMs) },
    reason,
    conversations,
    basis,
    fetched,
    distinct,
    // Each part ends with a page that is half full, as a rule.
    calls: reading.calls + Math.round((question.extraCalls ?? extraCallsOf(job, Math.max(reading.splits + 1, parts))) + parts / 2),
    splits: reading.splits,
    rows: ofTables.reduce((sum, { rows }) => sum + rows, 0),
    bytes: Math.round(ofTables.reduce((sum, { table, rows }) => sum + job.formats.reduce((all, format) => all + rows * ratios.bytesPerRow[format][table], 0), 0)),
  };
};

/** What exporting what is due would cost. A partition exported before is taken to hold as many conversations as then; others as many as the API counts, else the job's mean. */
export const costOf = (question: CostQuestion): Cost => {
  const { job, due, committed, requestsPerMinute } = question;
  const ratios = observedRatios(committed, job.parquet.compression);
  const partitions = due.due.map(({ partition, reason }) => costOfPartition(partition, reason, ratios, question));
  const sum = (of: (cost: PartitionCost) => number): number => partitions.reduce((all, cost) => all + of(cost), 0);
  const calls = sum((cost) => cost.calls);
  return {
    partitions,
    notDue: countByReason(due.notDue),
    conversations: sum((cost) => cost.conversations),
    calls,
    minutes: calls / requestsPerMinute,
    splits: sum((cost) => cost.splits),
    rows: sum((cost) => cost.rows),
    bytes: sum((cost) => cost.bytes),
  };
};
