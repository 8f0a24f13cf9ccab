import { createHash } from 'node:crypto';
import { SinkError } from '../model/errors.js';
import { sumOfChanges, type Manifest, type ManifestFile, type PartitionCounts } from '../model/manifest.js';
import type { TableName } from '../model/table.js';
import type { IndexCounts } from './partitionIndex.js';
import type { PartitionPorts } from './partitionPorts.js';

/** Rows that were written of each table, whatever the formats. @throws SinkError where the conversations are not those that were read */
export const rowsOfTable = (files: readonly ManifestFile[], counts: IndexCounts, ports: PartitionPorts): PartitionCounts['rows'] => {
  const first = ports.job.formats[0];
  const rows: Partial<Record<TableName, number>> = {};
  for (const table of ports.tables) rows[table.name] = files.filter((file) => file.table === table.name && file.format === first).reduce((sum, file) => sum + file.rows, 0);
  const conversations = rows.conversations;
  if (conversations !== undefined && conversations !== counts.unique) {
    throw new SinkError(`the conversations table has ${String(conversations)} rows, ${String(counts.unique)} conversations were read`);
  }
  return rows;
};

/** Identifies rows by the files that hold them, in order: equal hashes mean that nothing changed. Shape: SHA-256, hex. */
export const rowsHash = (files: readonly ManifestFile[]): string => createHash('sha256').update(files.map((file) => `${file.table} ${file.format} ${file.sha256}\n`).join('')).digest('hex');

const bytesOf = (files: readonly ManifestFile[], ofTable: string, ofFormat: string): string =>
  files.filter(({ table, format }) => table === ofTable && format === ofFormat).map(({ sha256 }) => sha256).join();

/** Whether a table that has other bytes has them in every format: in one alone it is written otherwise than before, e.g. with other marks in CSV. */
const differInAll = (before: readonly ManifestFile[], after: readonly ManifestFile[]): boolean => {
  const formats = [...new Set(after.map(({ format }) => format))];
  return after.every(({ table }) => new Set(formats.map((format) => bytesOf(before, table, format) === bytesOf(after, table, format))).size === 1);
};

/** Whether every row is as in the version before, by key: other bytes are then other orders, of lists and maps, which the API does not promise. Rows are counted by one format only. */
export const movedNothing = (before: Pick<Manifest, 'files'>, next: Pick<Manifest, 'files' | 'supersedes'>): boolean => {
  const changes = sumOfChanges(next);
  return changes !== null && changes.changed + changes.appeared + changes.vanished === 0 && differInAll(before.files, next.files);
};
