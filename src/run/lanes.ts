import type { Reject } from '../model/journal.js';
import type { Format, SourceKind } from '../model/job.js';
import type { EncodeLooks } from '../model/look.js';
import type { ManifestFile } from '../model/manifest.js';
import type { DecodedPage } from '../model/page.js';
import type { TableName } from '../model/table.js';
import type { RowOrder } from './rowOrder.js';

/** What a page became: its rows as a block (model/columns/blockCodec.ts), and what was noticed on the way. */
export interface PageContent {
  readonly block: Uint8Array<ArrayBuffer>;
  /** Rows over all tables. */
  readonly rows: number;
  readonly rejects: readonly Reject[];
  readonly replacedText: number;
  /** Keys that stood twice in one object of the answer; the last of them counted. */
  readonly repeatedKeys: number;
}

/** The data files of one table of a partition, or of a piece of it, to be written from journaled blocks. */
export interface TableJob {
  readonly table: TableName;
  readonly format: Format;
  readonly attemptId: string;
  readonly partition: string;
  readonly order: RowOrder;
  /** Which of the partition's pieces the order is, from 0, and how many there are. */
  readonly piece: { readonly index: number; readonly of: number };
}

/** A data file that was written: durable, and not yet named by a manifest. Where readers find it depends on what comes before it in the partition. */
export type WrittenPart = Omit<ManifestFile, 'publishedAs'>;

/**
 * Does the work that burns CPU: turns pages into blocks, and blocks into data files.
 *
 * Why an interface: in the product it is a pool of worker threads, in tests it may be this thread; both do the same work (laneWork.ts).
 */
export interface Lanes {
  /** A page is on its way: what takes time to start may start. */
  prepare(): void;
  /** Takes ownership of the bytes. The block is for `release` when it is no longer read. @throws DecodeError where the answer is no page; records that did not decode are among what it gives */
  decodePage(body: Uint8Array<ArrayBuffer>, kind: SourceKind, label: string): Promise<DecodedPage<PageContent>>;
  /** Writes the rows in order, one file after the other; none where there are no rows. @throws SinkError · the signal's reason where it fires before the table is begun */
  writeTable(job: TableJob, signal: AbortSignal): Promise<readonly WrittenPart[]>;
  /** No page is on its way any more: what is left is writing. */
  allRead(): void;
  /** For the ledger, where what encodes Parquet is loaded already. */
  readonly encodeLooks: EncodeLooks;
  /** Takes a block's memory back, for one to come. */
  release(block: Uint8Array<ArrayBuffer>): void;
  /** Nothing more is asked for. Doing it again does nothing. */
  close(): Promise<void>;
}
