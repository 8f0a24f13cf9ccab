import type { ChangeReason } from '../model/glance.js';
import type { Job } from '../model/job.js';
import type { Manifest } from '../model/manifest.js';
import { partitionPath, type Partition } from '../model/partition.js';
import type { TableName } from '../model/table.js';
import type { Cost } from '../plan/cost.js';
import { countByReason, due, type Due } from '../plan/due.js';
import { partitionFromPath, partitionsBetween } from '../plan/partitions.js';
import { parseRange } from '../plan/range.js';
import { expectedPartitions, runPartitions } from '../plan/runRange.js';
import type { JobWork } from '../run/exportJob.js';
import type { CurrentManifest } from '../run/partitionPorts.js';
import { TABLES } from '../extract/tables.js';
import { durationText } from './figures.js';

/** What is committed, by partition path. */
export type Committed = ReadonlyMap<string, Manifest>;

/** Reads what is committed of a job. A damaged manifest counts as none here: its partition is then due, and says what is wrong. */
export const readCommitted = async (manifests: { partitions(): Promise<readonly string[]>; read(path: string): Promise<CurrentManifest | undefined> }, onDamaged: (path: string, error: unknown) => void): Promise<Committed> => {
  const committed = new Map<string, Manifest>();
  for (const path of await manifests.partitions()) {
    try {
      const current = await manifests.read(path);
      if (current !== undefined) committed.set(path, current.manifest);
    } catch (error) {
      onDamaged(path, error);
    }
  }
  return committed;
};

/** Which days: those of `run`, or a closed range. */
export interface Scope {
  /** Units: UTC epoch milliseconds, by the source's clock where it is known. */
  readonly nowMs: number;
  readonly range?: { readonly from: string | undefined; readonly to: string | undefined };
  readonly force?: boolean;
  readonly maxPartitions?: number;
  /** Paths of committed partitions whose files are gone. */
  readonly lost?: ReadonlySet<string>;
  /** Settled partitions to export again, and why; of a range none. */
  readonly changed?: ReadonlyMap<string, ChangeReason>;
}

/** The partitions of a scope, oldest first. @throws ConfigError where the range cannot be used */
export const partitionsIn = (job: Job, scope: Scope, committed: Committed): readonly Partition[] => {
  if (scope.range === undefined) return runPartitions(job, scope.nowMs, committed);
  const { fromMs, toMs } = parseRange(scope.range.from, scope.range.to, job, scope.nowMs);
  return partitionsBetween(job, fromMs, toMs);
};

/** What is committed of a scope's partitions, the oldest first. */
export const committedIn = (job: Job, scope: Scope, committed: Committed): readonly Manifest[] => partitionsIn(job, scope, committed).flatMap((partition) => committed.get(partitionPath(partition)) ?? []);

/** The partitions of a scope, and those that changed before it: a job without a start looks at few days. */
const withChanged = (job: Job, scope: Scope, committed: Committed): readonly Partition[] => {
  const partitions = partitionsIn(job, scope, committed);
  const known = new Set(pathsOf(partitions));
  const others = [...(scope.changed ?? new Map<string, ChangeReason>()).keys()].flatMap((path) => (known.has(path) ? [] : (partitionFromPath(job, path) ?? [])));
  return [...partitions, ...others];
};

/** What of a scope is due. */
export const dueIn = (job: Job, scope: Scope, committed: Committed): Due =>
  due({
    job,
    nowMs: scope.nowMs,
    partitions: withChanged(job, scope, committed),
    committed,
    ...(scope.changed === undefined ? {} : { changed: scope.changed }),
    force: scope.force === true,
    ...(scope.lost === undefined ? {} : { lost: scope.lost }),
    ...(scope.maxPartitions === undefined ? {} : { maxPartitions: scope.maxPartitions }),
  });

/** Every partition that should be committed by now, oldest first. */
export const wantedBy = (job: Job, nowMs: number, committed: Committed): readonly Partition[] => {
  const { due: wanted, notDue } = due({ job, nowMs, partitions: expectedPartitions(job, nowMs, committed), committed, force: false });
  return [...wanted, ...notDue.filter(({ reason }) => reason === 'settled')].map(({ partition }) => partition).sort((a, b) => a.window.startMs - b.window.startMs);
};

/** What tables that need no attributes hold in their place. */
const EMPTY_COLUMNS: Readonly<Partial<Record<TableName, string>>> = { participants: 'participants.attributes is empty', conversations: 'conversations.attribute_count is 0' };

/** What the reader should know before the run, e.g. tables that the protocol leaves empty. */
export const noticesFor = (job: Job, carriesAttributes: boolean): readonly string[] => {
  if (carriesAttributes) return [];
  const empty = job.tables.filter((name) => TABLES[name].needsAttributes);
  const notices = empty.map((name) => `${name} stays empty: ${job.source.kind} carries no participant attributes; use source.kind: job-cursor or next-page-url`);
  const reduced = job.tables.flatMap((name) => EMPTY_COLUMNS[name] ?? []);
  return reduced.length === 0 ? notices : [...notices, `${job.source.kind} carries no participant attributes: ${reduced.join(', ')}`];
};

/** Clocks that are so far apart cannot both be right. */
const FAR_APART_MS = 3_600_000;

/** What the reader should know where the server's clock, which decides what is over, and this machine's disagree. Units: UTC epoch milliseconds. */
export const clockNotices = (serverMs: number | undefined, ownMs: number): readonly string[] => {
  if (serverMs === undefined || Math.abs(serverMs - ownMs) < FAR_APART_MS) return [];
  const far = durationText(Math.abs(serverMs - ownMs));
  return [`the server's clock is ${far} ${serverMs > ownMs ? 'ahead of' : 'behind'} this machine's, and decides which days are over; where it is the one that is wrong, export what was exported meanwhile again with --force`];
};

/** A scope as the run's work. */
export const workOf = (job: Job, { due: wanted, notDue }: Due, options: { readonly force: boolean; readonly concurrency?: number; readonly notices: readonly string[]; readonly cost: Pick<Cost, 'partitions'> }): JobWork => ({
  due: wanted.map(({ partition }) => partition),
  notDue: countByReason(notDue),
  force: options.force,
  replace: new Set(wanted.flatMap(({ partition, reason }) => (reason === 'damaged' ? [partitionPath(partition)] : []))),
  concurrency: options.concurrency ?? job.concurrency,
  expected: new Map(options.cost.partitions.filter(({ basis }) => basis !== 'assumed').map((cost) => [cost.partition, cost])),
  notices: options.notices,
});

/** Partition paths, in order. */
export const pathsOf = (partitions: readonly Partition[]): readonly string[] => partitions.map(partitionPath);
