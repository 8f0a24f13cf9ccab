import { partitionPath, type Partition } from '../model/partition.js';

/** Neighbouring partitions that are wanted and were never committed: `from` and `to` are partition paths, both included. */
export interface Gap {
  readonly from: string;
  readonly to: string;
  readonly partitions: number;
}

/**
 * The runs of wanted partitions that were never committed, oldest first.
 *
 * Invariant: a gap never reaches across a committed partition, nor across time that nobody wants.
 * @param wanted oldest first
 */
export const gapsIn = (wanted: readonly Partition[], committed: { has(path: string): boolean }): readonly Gap[] => {
  const gaps: Gap[] = [];
  let openUntilMs: number | undefined;
  for (const partition of wanted) {
    const path = partitionPath(partition);
    const { startMs, endMs } = partition.window;
    const last = gaps.at(-1);
    if (committed.has(path)) openUntilMs = undefined;
    else {
      if (last !== undefined && openUntilMs === startMs) gaps[gaps.length - 1] = { ...last, to: path, partitions: last.partitions + 1 };
      else gaps.push({ from: path, to: path, partitions: 1 });
      openUntilMs = endMs;
    }
  }
  return gaps;
};
