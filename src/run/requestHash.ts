import { createHash } from 'node:crypto';
import type { Job } from '../model/job.js';
import type { Partition } from '../model/partition.js';
import type { Table } from '../model/table.js';

/** JSON with keys in one order, so that equal values give equal text. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item) ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1))) : item,
  );

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Identifies the columns of the tables; changes with any of them. Shape: SHA-256, hex. */
export const schemaHash = (tables: readonly Table[]): string =>
  sha256(canonical(tables.map(({ name, columns }) => ({ name, columns: columns.map(({ name: column, type, nullable }) => ({ column, type, nullable })) }))));

/**
 * Identifies what is asked for and what becomes of it: an export with another hash is another export of the same partition. Shape: SHA-256, hex.
 *
 * Why the page size is not in it: it changes nothing about the rows.
 */
export const requestHash = (job: Job, partition: Partition, tables: readonly Table[]): string => requestHasher(job, tables)(partition);

/** The same for many partitions of a job. */
export const requestHasher = (job: Job, tables: readonly Table[]): ((partition: Partition) => string) => {
  const schema = schemaHash(tables);
  return ({ window }) => sha256(
    canonical({
      window,
      source: job.source.kind,
      filters: job.source.filters,
      tables: schema,
      formats: job.formats,
      parquet: job.formats.includes('parquet') ? job.parquet : null,
      csv: job.formats.includes('csv') ? job.csv : null,
      participants: job.participants,
      onBadRecord: job.onBadRecord,
    }),
  );
};
