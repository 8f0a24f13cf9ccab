import type { Manifest } from '../model/manifest.js';
import type { Log } from '../model/ports.js';
import { failureOf } from './failureOf.js';
import type { JobReport, PartitionOutcome } from './report.js';

/** What repairing works with. */
export interface RepairPorts {
  /** Puts a version's files back from what is there, or says that only another export can. @throws SinkError */
  mend(manifest: Manifest): Promise<'whole' | 'mended' | 'lost'>;
  readonly log: Log;
}

/** What was found of the committed partitions. */
export interface Repaired {
  /** Paths of partitions whose files are gone: they are due again. */
  readonly lost: ReadonlySet<string>;
  /** Partitions that could not even be looked at or put right: each is to be told. */
  readonly failed: readonly PartitionOutcome[];
}

/** Looks are waits for the disk: some at a time. */
const AT_ONCE = 8;

/**
 * Looks at the files of committed partitions, by name and size, and puts right what needs no export: a file that was removed or cut short is published again from its data, or
 * gets its data back from its published name. What is gone altogether is to be exported again.
 */
export const repair = async ({ mend, log }: RepairPorts, manifests: Iterable<Manifest>): Promise<Repaired> => {
  const lost = new Set<string>();
  const failed: PartitionOutcome[] = [];
  const one = async (manifest: Manifest): Promise<void> => {
    const { partition } = manifest;
    try {
      const result = await mend(manifest);
      if (result === 'lost') lost.add(partition);
      if (result !== 'whole') log.warn(result === 'lost' ? 'committed files are gone, exporting again' : 'committed files put back', { partition });
    } catch (error) {
      failed.push({ result: 'failed', partition, failure: failureOf(error), pagesFetched: 0 });
    }
  };
  const queue = [...manifests];
  const taker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await one(next);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, taker));
  return { lost, failed };
};

/**
 * A report that also tells what could not be put right, in the order of the partitions, unless the partition's own export failed too or replaced what is damaged.
 *
 * @param due paths of the partitions that the report counts as due; others that are told are counted beside them.
 */
export const withDamaged = (report: JobReport, damaged: ReadonlyMap<string, PartitionOutcome>, due: ReadonlySet<string>): JobReport => {
  const replaced = new Set(report.outcomes.flatMap(({ partition, result }) => (result === 'committed' || result === 'failed' ? [partition] : [])));
  const told = [...damaged.values()].filter(({ partition }) => !replaced.has(partition));
  const paths = new Set(told.map(({ partition }) => partition));
  const others = told.filter(({ partition }) => !due.has(partition)).length;
  return { ...report, due: report.due + others, outcomes: [...report.outcomes.filter(({ partition }) => !paths.has(partition)), ...told].sort((a, b) => (a.partition < b.partition ? -1 : 1)) };
};
