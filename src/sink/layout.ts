import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { Format } from '../model/job.js';
import type { TableName } from '../model/table.js';

const PLAIN = /^[A-Za-z0-9_-]+$/;

/**
 * Text as one path segment: every byte outside `[A-Za-z0-9_-]` becomes `%XX`, so that `..`, `/`, NUL and a trailing dot are harmless.
 *
 * Why not encodeURIComponent: it leaves `.` and so `..` as they are. Lone surrogates become U+FFFD.
 */
export const hiveEscape = (text: string): string =>
  PLAIN.test(text)
    ? text
    : [...new TextEncoder().encode(text)].map((byte) => (PLAIN.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)).join('');

/** The segments of a partition's path, escaped: `dt=2026-01-05/hr=13` stays as it is, anything else cannot leave its folder. */
const partitionSegments = (partition: string): string =>
  partition
    .split('/')
    .map((segment) => segment.split('=').map(hiveEscape).join('='))
    .map((segment) => (segment === '' ? '__HIVE_DEFAULT_PARTITION__' : segment))
    .join('/');

const partNumber = (part: number): string => String(part).padStart(5, '0');

/** Where readers find a part, relative to the job's folder: `parquet/conversations/dt=2026-01-05/part-00000.parquet`. */
export const publishedPath = (format: Format, table: TableName, partition: string, part: number): string =>
  `${publishedFolder(format, table, partition)}/part-${partNumber(part)}.${format}`;

/** Folder of a partition's published files of one format and table, relative to the job's folder. */
export const publishedFolder = (format: Format, table: TableName, partition: string): string => `${format}/${table}/${partitionSegments(partition)}`;

/** Name of an immutable data file: unique to an attempt, and to its content by the first 16 digits of its hash. */
export const dataFileName = (attemptId: string, table: TableName, part: number, sha256: string, ext: string): string =>
  `${hiveEscape(attemptId)}-${table}-${partNumber(part)}-${hiveEscape(sha256.slice(0, 16))}.${hiveEscape(ext)}`;

/** Folder of a partition's data files, relative to the job's folder: `_data/dt=2026-01-05`. */
export const dataFolder = (partition: string): string => `_data/${partitionSegments(partition)}`;

/** Folder of a partition's manifests, relative to the job's folder. */
export const manifestFolder = (partition: string): string => `_manifests/${partitionSegments(partition)}`;

/** A version's manifest, relative to the job's folder: `_manifests/dt=2026-01-05/0000000000000001.json`. */
export const manifestPath = (partition: string, version: number): string => `${manifestFolder(partition)}/${String(version).padStart(16, '0')}.json`;

/** The file of an attempt's rejected records, relative to the job's folder. */
export const rejectsPath = (partition: string, attemptId: string): string => `_rejects/${partitionSegments(partition)}/${hiveEscape(attemptId)}.ndjson`;

/** Whether a path, once resolved, lies below a folder. By names only: symbolic links are not followed. */
export const isUnder = (root: string, path: string): boolean => {
  if (path.includes('\0')) return false;
  const below = relative(resolve(root), resolve(root, path));
  return below !== '' && below !== '..' && !below.startsWith(`..${sep}`) && !isAbsolute(below);
};
