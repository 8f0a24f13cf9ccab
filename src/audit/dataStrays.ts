import type { Findings } from './findings.js';
import type { KnownPartitions } from './publishedStrays.js';
import { lookAt, namesIn, type Subject } from './subject.js';

/** Younger files may belong to a run that has not committed yet. Source: RELIABILITY section 3, garbage. */
const YOUNG_MS = 72 * 3_600_000;

/**
 * Reports data files that no manifest names and that are too old to belong to a run under way: space, not rows.
 *
 * @param referenced paths that manifests of any version name; partitions whose chain is damaged must not be asked about.
 */
export const findDataStrays = async (
  subject: Subject,
  referenced: ReadonlySet<string>,
  known: Pick<KnownPartitions, 'isWanted'>,
  nowMs: number,
  findings: Findings,
): Promise<void> => {
  const walk = async (folder: string): Promise<void> => {
    for (const name of await namesIn(subject, folder)) {
      subject.signal?.throwIfAborted();
      const path = `${folder}/${name}`;
      const facts = await lookAt(subject, path);
      if (facts?.kind === 'folder') await walk(path);
      else if (facts !== undefined && !referenced.has(path) && known.isWanted(folder.slice(folder.indexOf('/') + 1)) && nowMs - facts.modifiedMs > YOUNG_MS) {
        findings.note('stray-data', path, `no manifest names it (${String(facts.size)} bytes)`, 'Delete it, or leave it to a later run’s cleaning: no reader sees it.');
      }
    }
  };
  for (const root of ['_data', '_rejects']) await walk(root);
};
