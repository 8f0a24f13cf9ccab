import { forcedBackfill } from '../model/backfillCommand.js';
import { ConfigError } from '../model/errors.js';
import type { Manifest } from '../model/manifest.js';
import { dayOf, partitionPath } from '../model/partition.js';
import type { Window } from '../model/window.js';
import type { DuePartition } from './due.js';
import { boundaryOf, partitionReader, type Cut } from './partitions.js';

type CommittedWindows = ReadonlyMap<string, Pick<Manifest, 'window'>>;

/**
 * Paths of committed partitions that do not fit between the partitions that the job's `window` and `timezone` make, oldest first: their name means another window now, they end or
 * start in the midst of one, or one of the given windows holds what they hold.
 */
export const cutOtherwise = (cut: Cut, committed: CommittedWindows, windows: readonly Window[] = []): readonly string[] => {
  const read = partitionReader(cut);
  const isBoundary = boundaryOf(cut);
  const fits = (path: string, startMs: number, endMs: number): boolean => {
    const now = read(path)?.window;
    if (now !== undefined) return now.startMs === startMs && now.endMs === endMs;
    return isBoundary(startMs) && isBoundary(endMs) && !windows.some((window) => window.startMs < endMs && startMs < window.endMs);
  };
  return [...committed].filter(([path, { window }]) => !fits(path, Date.parse(window.from), Date.parse(window.to))).map(([path]) => path).sort();
};

/** What is to be said of such partitions. */
export const otherCutsText = (cut: Cut, others: readonly string[], committed: CommittedWindows): string => {
  const [first = ''] = others;
  const window = committed.get(first)?.window;
  const example = window === undefined ? first : `${first} is ${window.from} to ${window.to}`;
  const read = partitionReader(cut);
  // Of another window length the new ones would lie beside the old.
  const isReplaceable = others.every((path) => read(path) !== undefined);
  const again = `, or export all of them again, as far as the API still has them: ${forcedBackfill(cut.name, dayOf(first), dayOf(others.at(-1) ?? first))}`;
  return `${String(others.length)} committed ${others.length === 1 ? 'partition was' : 'partitions were'} cut by another window or timezone (${example}): beside new ones, hours would be missing or counted twice; set them back, ${isReplaceable ? '' : 'or '}give the job a new name${isReplaceable ? again : ''}`;
};

/**
 * Makes sure that what stays committed beside the partitions that are due was cut as the job cuts time now. Only those that are forced replace what is there.
 *
 * Why: of a job whose `window` or `timezone` was changed, conversations at the seams would be in two partitions, or in none.
 * @throws ConfigError
 */
export const refuseOtherCuts = (cut: Cut, due: readonly DuePartition[], committed: CommittedWindows): void => {
  const replaced = new Set(due.flatMap(({ partition, reason }) => (reason === 'forced' ? [partitionPath(partition)] : [])));
  const staying = new Map([...committed].filter(([path]) => !replaced.has(path)));
  const others = cutOtherwise(cut, staying, due.map(({ partition }) => partition.window));
  if (others.length > 0) throw new ConfigError([{ where: `job ${cut.name}: window, timezone`, what: otherCutsText(cut, others, committed) }]);
};
