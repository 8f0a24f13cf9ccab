import type { Format, SourceKind } from './job.js';
import type { TableName } from './table.js';

/** Whether a partition may still change at the source. */
export type PartitionState = 'settled' | 'provisional';

/** One data file of a partition version. */
export interface ManifestFile {
  readonly table: TableName;
  readonly format: Format;
  /** The immutable file, relative to the job's folder: `_data/dt=…/…`. */
  readonly path: string;
  /** Where a glob reader finds it, relative to the job's folder: `parquet/<table>/dt=…/part-00000.parquet`. */
  readonly publishedAs: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly rows: number;
  /** First and last row's sort key: conversationStart and conversationId. */
  readonly minKey: readonly [string | null, string] | null;
  readonly maxKey: readonly [string | null, string] | null;
}

/** What an export of a partition counted. */
export interface PartitionCounts {
  readonly pages: number;
  /** Conversations in the answers, repetitions included. */
  readonly fetched: number;
  /** Distinct conversations inside the window: what was written. */
  readonly unique: number;
  /** Repetitions dropped. */
  readonly duplicates: number;
  /** Conversations that were asked for again after the API had forgotten our position, and dropped again. */
  readonly refetched: number;
  /** Conversations that started outside the window: not written. */
  readonly outsideWindow: number;
  /** Written conversations without conversationEnd. */
  readonly open: number;
  /** Written conversations with at least one participant attribute. */
  readonly withAttributes: number;
  readonly rejects: number;
  /** Values in which lone surrogates became U+FFFD. */
  readonly replacedText: number;
  /** Keys that stood twice in one object of an answer: the last of them counted. */
  readonly repeatedKeys: number;
  readonly rows: Readonly<Partial<Record<TableName, number>>>;
  /** The API's own count of the window, where it was asked for. */
  readonly sourceTotal: number | null;
}

/** What became of a table's rows from one version of a partition to the next: same key and other values · a key that was not there · a key that is there no more. */
export interface RowChanges {
  readonly changed: number;
  readonly appeared: number;
  readonly vanished: number;
}

/** Of the tables that both versions have. */
export type TableChanges = Readonly<Partial<Record<TableName, RowChanges>>>;

/** More conversations without an end than these are not listed by id. */
export const MOST_OPEN_IDS = 5_000;

/**
 * One version of a partition: the truth about what is exported (RELIABILITY section 2).
 *
 * Invariant: numbered from 1 without gaps, created once and never changed, chained by `prevSha256`. No secret, no attribute value.
 */
export interface Manifest {
  readonly formatVersion: 1;
  readonly job: string;
  /** `dt=2026-01-05` or `dt=2026-01-05/hr=13`. */
  readonly partition: string;
  readonly window: { readonly from: string; readonly to: string };
  readonly version: number;
  readonly commitId: string;
  readonly attemptId: string;
  /** SHA-256 of the previous version's file; null for version 1. */
  readonly prevSha256: string | null;
  readonly source: SourceKind;
  readonly sourceAsOf: { readonly at: string; readonly origin: 'availability' | 'date-header' };
  readonly requestHash: string;
  readonly schemaHash: string;
  /** Hash of the rows of all tables, in order: equal hashes mean nothing changed. */
  readonly rowsHash: string;
  readonly state: PartitionState;
  readonly files: readonly ManifestFile[];
  readonly counts: PartitionCounts;
  /** Records that did not decode, set aside as NDJSON, relative to the job's folder; null where there are none. */
  readonly rejects: { readonly path: string; readonly bytes: number; readonly sha256: string } | null;
  /** Version this one replaces, and how many rows of each table are other than there (null: its files cannot be read); null for version 1. */
  readonly supersedes: { readonly version: number; readonly changes?: TableChanges | null } | null;
  /** Ids of the written conversations without conversationEnd, in order; null where they are more than `MOST_OPEN_IDS`, absent where the exporter did not list them yet. */
  readonly openIds?: readonly string[] | null;
  readonly exporterVersion: string;
}

/** How a version's rows differ from those of the version before, all tables added up; null for the first, and where it was not counted. */
export const sumOfChanges = ({ supersedes }: Pick<Manifest, 'supersedes'>): RowChanges | null => {
  const changes = supersedes?.changes;
  if (changes === undefined || changes === null) return null;
  const tables = Object.values(changes);
  const sum = (of: (changes: RowChanges) => number): number => tables.reduce((all, one) => all + of(one), 0);
  return { changed: sum((c) => c.changed), appeared: sum((c) => c.appeared), vanished: sum((c) => c.vanished) };
};
