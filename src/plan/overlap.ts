import { ConfigError, type Problem } from '../model/errors.js';
import { parseInstant } from '../model/instant.js';
import type { Manifest } from '../model/manifest.js';
import { partitionPath, type Partition } from '../model/partition.js';

const NAMED = 5;

interface Span {
  readonly path: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** Windows of what stays committed while the given partitions are exported, by their start. */
const standing = (due: readonly Partition[], committed: ReadonlyMap<string, Pick<Manifest, 'window'>>): Span[] => {
  const replaced = new Set(due.map(partitionPath));
  const spans: Span[] = [];
  for (const [path, { window }] of committed) {
    const startMs = parseInstant(window.from);
    const endMs = parseInstant(window.to);
    if (!replaced.has(path) && startMs !== undefined && endMs !== undefined) spans.push({ path, startMs, endMs });
  }
  return spans.sort((a, b) => a.startMs - b.startMs);
};

/**
 * Makes sure that no partition about to be exported covers time that another committed one covers.
 *
 * Why: a job whose `window` or `timezone` was changed cuts time elsewhere; conversations at the seams would be in two partitions, and a reader counts them twice.
 * @throws ConfigError naming the first few pairs.
 */
export const refuseOverlaps = (job: string, due: readonly Partition[], committed: ReadonlyMap<string, Pick<Manifest, 'window'>>): void => {
  const spans = standing(due, committed);
  const problems: Problem[] = [];
  let next = 0;
  for (const partition of [...due].sort((a, b) => a.window.startMs - b.window.startMs)) {
    const { startMs, endMs } = partition.window;
    while (next < spans.length && spans[next]!.endMs <= startMs) next++;
    for (let i = next; i < spans.length && spans[i]!.startMs < endMs; i++) {
      const span = spans[i]!;
      if (span.endMs > startMs) {
        problems.push({
          where: `job ${job}: window, timezone`,
          what: `${partitionPath(partition)} would hold conversations that the committed ${span.path} holds, too: it was cut by another window or timezone; set them back, or give the job a new name`,
        });
      }
      if (problems.length >= NAMED) throw new ConfigError(problems);
    }
  }
  if (problems.length > 0) throw new ConfigError(problems);
};
