import type { Manifest } from '../model/manifest.js';
import { parseInstant } from '../model/instant.js';
import type { Findings } from './findings.js';
import type { Subject } from './subject.js';

/** What of a manifest matters here. */
export type Placed = Pick<Manifest, 'partition' | 'window'>;

const startOf = (manifest: Placed): number => parseInstant(manifest.window.from) ?? Number.NaN;
const endOf = (manifest: Placed): number => parseInstant(manifest.window.to) ?? Number.NaN;

/**
 * Reports current partitions whose windows overlap, as after a change of `window` or `timezone`: both hold the conversations of the overlap.
 *
 * @param current every partition's current version, wanted or not: an overlap takes two.
 */
export const checkOverlaps = (subject: Subject, current: readonly Placed[], isWanted: (partition: string) => boolean, findings: Findings): void => {
  let latest: Placed | undefined;
  for (const manifest of [...current].sort((a, b) => startOf(a) - startOf(b) || endOf(a) - endOf(b))) {
    if (latest !== undefined && startOf(manifest) < endOf(latest) && (isWanted(manifest.partition) || isWanted(latest.partition))) {
      findings.error(
        'overlap',
        `_manifests/${manifest.partition}`,
        `its window overlaps that of ${latest.partition}: conversations of the overlap are exported twice`,
        `Export into a fresh output folder, or move all folders of one of the two out of ${subject.jobFolder}: a job keeps its \`window\` and \`timezone\`.`,
      );
    }
    if (latest === undefined || endOf(manifest) > endOf(latest)) latest = manifest;
  }
};
