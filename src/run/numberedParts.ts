import type { Format } from '../model/job.js';
import type { ManifestFile } from '../model/manifest.js';
import type { TableName } from '../model/table.js';
import type { WrittenPart } from './lanes.js';

/** The data files of a partition as readers find them: those of a table and format numbered from 0 in the order given, whichever lane wrote them. */
export const numberedParts = (parts: readonly WrittenPart[], publishedPath: (format: Format, table: TableName, n: number) => string): readonly ManifestFile[] => {
  const counts = new Map<string, number>();
  return parts.map((part) => {
    const key = `${part.format} ${part.table}`;
    const n = counts.get(key) ?? 0;
    counts.set(key, n + 1);
    return { ...part, publishedAs: publishedPath(part.format, part.table, n) };
  });
};
