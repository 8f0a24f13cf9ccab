import { ConfigError } from '../model/errors.js';
import type { Manifest } from '../model/manifest.js';
import { partitionPath, type Partition } from '../model/partition.js';
import { partitionReader, type Cut } from './partitions.js';

type CommittedWindows = ReadonlyMap<string, Pick<Manifest, 'window'>>;

/** Paths of committed partitions whose windows are not what the job's `window` and `timezone` make of their names, oldest first. */
export const cutOtherwise = (cut: Cut, committed: CommittedWindows): readonly string[] => {
  const read = partitionReader(cut);
  const others: string[] = [];
  for (const [path, { window }] of committed) {
    const now = read(path)?.window;
    if (now?.startMs !== Date.parse(window.from) || now.endMs !== Date.parse(window.to)) others.push(path);
  }
  return others.sort();
};

/** What is to be said of such partitions. */
export const otherCutsText = (others: readonly string[], committed: CommittedWindows): string => {
  const [first = ''] = others;
  const window = committed.get(first)?.window;
  const example = window === undefined ? first : `${first} is ${window.from} to ${window.to}`;
  return `${String(others.length)} committed ${others.length === 1 ? 'partition was' : 'partitions were'} cut by another window or timezone (${example}): beside new ones, hours would be missing or counted twice; set them back, or give the job a new name`;
};

/**
 * Makes sure that what stays committed beside the given partitions was cut as the job cuts time now.
 *
 * Why: of a job whose `window` or `timezone` was changed, conversations at the seams would be in two partitions, or in none.
 * @throws ConfigError
 */
export const refuseOtherCuts = (cut: Cut, due: readonly Partition[], committed: CommittedWindows): void => {
  const replaced = new Set(due.map(partitionPath));
  const others = cutOtherwise(cut, committed).filter((path) => !replaced.has(path));
  if (others.length > 0) throw new ConfigError([{ where: `job ${cut.name}: window, timezone`, what: otherCutsText(others, committed) }]);
};
