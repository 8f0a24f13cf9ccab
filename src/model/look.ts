import type { SourceKind } from './job.js';
import type { PartitionCounts, PartitionState, RowChanges } from './manifest.js';
import type { SourceAsOf } from './page.js';
import type { Column } from './table.js';
import { TABLE_NAMES } from './table.js';
import type { Window } from './window.js';

/** What came of looking at a partition: a new version · every row as before · the source no fresher than what is committed · nothing, by an error. */
export const LOOK_RESULTS = ['committed', 'unchanged', 'current', 'failed'] as const;
/** One of the results. */
export type LookResult = (typeof LOOK_RESULTS)[number];

/** One look at a partition by one run. Never holds a value, an id of a conversation, a message or a secret. */
export interface Look {
  /** Unique: the run's id, and the look's number in it. */
  readonly lookId: string;
  readonly runId: string;
  /** When it ended. Units: UTC epoch milliseconds. */
  readonly lookedAtMs: number;
  readonly partition: string;
  readonly window: Window;
  readonly source: SourceKind;
  readonly result: LookResult;
  /** What is committed after the look; null where nothing is. */
  readonly version: number | null;
  readonly state: PartitionState | null;
  readonly sourceAsOf: SourceAsOf;
  /** Requests of the look, repeated tries of one not counted; of them, those that brought pages. */
  readonly calls: number;
  readonly pagesFetched: number;
  /** What the pages of the look held, also where nothing had changed; null where none were read to the end. */
  readonly counts: PartitionCounts | null;
  /** How the version's rows differ from those of the version before, all tables; null where the look made none, or it is the first, or that cannot be told. */
  readonly changes: RowChanges | null;
  /** Of the version's data files, all formats; null where the look made none. */
  readonly files: number | null;
  readonly bytes: number | null;
  readonly elapsedMs: number;
  readonly exporterVersion: string;
  /** Class of the error; null where the look did not fail. */
  readonly error: string | null;
}

const text = (name: string, doc: string, nullable = false): Column => ({ name, type: 'string', nullable, doc });
const word = (name: string, doc: string, nullable = false): Column => ({ name, type: 'string', nullable, repeats: 'anywhere', doc });
const time = (name: string, doc: string): Column => ({ name, type: 'timestamp', nullable: false, doc });
const count = (name: string, doc: string, nullable = true): Column => ({ name, type: 'int64', nullable, doc });

/** Looks as the bytes of a file of the ledger. @throws SinkError */
export type EncodeLooks = (looks: readonly Look[]) => Promise<Uint8Array<ArrayBuffer>>;

/** The ledger's columns: one row a look. */
export const LEDGER_COLUMNS: readonly Column[] = [
  text('look_id', 'Unique key of the row: the run’s id and the look’s number in it.'),
  word('run_id', 'The run that looked; all its looks share it.'),
  time('looked_at', 'When the look ended, by the exporter’s clock.'),
  text('partition', 'The partition: `dt=2026-01-05` or `dt=2026-01-05/hr=13`.'),
  time('window_from', 'First instant of the partition.'),
  time('window_to', 'First instant after it.'),
  word('source_kind', 'The protocol: next-page-url, page-number or job-cursor.'),
  word('result', '`committed`: a new version · `unchanged`: read again, every row as before · `current`: what is committed stays, the source or its answer is no fresher, or another run was faster · `failed`.'),
  count('version', 'The version that is committed after the look; NULL where none is, or the look failed.'),
  word('state', '`settled` or `provisional`; NULL where nothing is committed, or the look failed.', true),
  time('source_as_of', 'How fresh the source was, by its own word, before the look’s first page.'),
  word('source_as_of_origin', '`availability`: the data lake’s watermark · `date-header`: the server’s clock, as the source reads live data.'),
  count('calls', 'Requests of the look; further tries of one request are not counted.', false),
  count('pages_fetched', 'Of them, those that brought pages.', false),
  count('pages', 'Pages that the rows come from, those kept from an earlier, broken run included.'),
  count('fetched', 'Conversations in the answers, repetitions included: the sum of the next five.'),
  count('conversations', 'Distinct conversations inside the window: what is written.'),
  count('duplicates', 'Repetitions dropped.'),
  count('refetched', 'Asked for again after the API had forgotten our position, and dropped again.'),
  count('outside_window', 'Started outside the window: not written.'),
  count('rejects', 'Did not decode, and are set aside in `_rejects`.'),
  count('open', 'Written conversations that had not ended.'),
  count('with_attributes', 'Written conversations with at least one participant attribute.'),
  count('source_total', 'The API’s own count of the window, where the job asks for it.'),
  ...TABLE_NAMES.map((name) => count(`rows_${name}`, `Rows of the table ${name}; NULL where the job does not write it.`)),
  count('rows_changed', 'Rows of the version whose key the version before has with other values, all tables; NULL where the look made none, it is the first, or the one before cannot be read.'),
  count('rows_appeared', 'Rows whose key the version before does not have.'),
  count('rows_vanished', 'Rows of the version before whose key is there no more.'),
  count('files', 'Data files of the version, all formats; NULL where the look made none.'),
  count('bytes', 'Their size.'),
  count('elapsed_ms', 'How long the look took, in milliseconds.', false),
  word('exporter_version', 'The program’s version.'),
  word('error', 'Class of the error of a look that failed; what it said is in `_failures` and `gcx status`.', true),
];
