import type { Compression, Format, SourceKind } from '../model/job.js';
import type { Look } from '../model/look.js';
import type { Manifest } from '../model/manifest.js';
import { TABLE_NAMES, type TableName } from '../model/table.js';

/** What estimates multiply by. */
export interface Ratios {
  readonly conversationsPerDay: number;
  /** Conversations in the answers for each that is written: repetitions, and what an answer holds beyond the window. */
  readonly fetchedPerConversation: number;
  /** The same without repetitions. */
  readonly distinctPerConversation: number;
  readonly rowsPerConversation: Readonly<Record<TableName, number>>;
  /** Bytes on disk a row, compressed. */
  readonly bytesPerRow: Readonly<Record<Format, Readonly<Record<TableName, number>>>>;
}

/**
 * What is assumed of a job that has exported nothing yet.
 *
 * Source: rows and bytes measured on 4,000 conversations of the bundled imitation (4.1 kB of JSON each), Parquet with zstd.
 * Voice conversations of large flows have been seen at 7 to 21 kB: then expect several times as much. Conversations a day are a guess.
 */
export const DEFAULT_RATIOS: Ratios = {
  conversationsPerDay: 5_000,
  fetchedPerConversation: 1,
  distinctPerConversation: 1,
  rowsPerConversation: { participant_attributes: 6.3, conversations: 1, participants: 3.1, sessions: 3.1, segments: 6.2, session_metrics: 7.1 },
  bytesPerRow: {
    parquet: { participant_attributes: 14, conversations: 33, participants: 51, sessions: 60, segments: 30, session_metrics: 26 },
    csv: { participant_attributes: 153, conversations: 176, participants: 268, sessions: 229, segments: 238, session_metrics: 176 },
  },
};

/** Size of Parquet files by codec, where zstd is 1. Source: the same measurement, the six tables together. */
const CODEC_FACTORS: Readonly<Record<Compression, number>> = { zstd: 1, gzip: 1.07, snappy: 1.8, none: 2.5 };

/** What ratios are learnt from. */
export type Observed = Pick<Manifest, 'counts' | 'files'>;

const HOURS_A_DAY = 24;

/** Conversations in a partition's answers, each counted once. */
export const distinctIn = ({ fetched, duplicates, refetched }: Observed['counts']): number => fetched - duplicates - refetched;

/** Sums that grow by one manifest after another. */
interface Sums {
  days: number;
  unique: number;
  fetched: number;
  distinct: number;
  /** By table: rows, and the conversations of the partitions that have the table. */
  readonly rows: Map<TableName, { rows: number; conversations: number }>;
  /** By `format table`. */
  readonly files: Map<string, { bytes: number; rows: number }>;
}

const sumUp = (observed: ReadonlyMap<string, Observed>): Sums => {
  const sums: Sums = { days: 0, unique: 0, fetched: 0, distinct: 0, rows: new Map(), files: new Map() };
  for (const [path, { counts, files }] of observed) {
    sums.days += path.includes('/hr=') ? 1 / HOURS_A_DAY : 1;
    sums.unique += counts.unique;
    sums.fetched += counts.fetched - counts.refetched;
    sums.distinct += distinctIn(counts);
    for (const name of TABLE_NAMES) {
      const rows = counts.rows[name];
      const known = sums.rows.get(name) ?? { rows: 0, conversations: 0 };
      if (rows !== undefined) sums.rows.set(name, { rows: known.rows + rows, conversations: known.conversations + counts.unique });
    }
    for (const { table, format, bytes, rows } of files) {
      const known = sums.files.get(`${format} ${table}`) ?? { bytes: 0, rows: 0 };
      sums.files.set(`${format} ${table}`, { bytes: known.bytes + bytes, rows: known.rows + rows });
    }
  }
  return sums;
};

const eachTable = (ratio: (name: TableName) => number): Record<TableName, number> => ({
  participant_attributes: ratio('participant_attributes'),
  conversations: ratio('conversations'),
  participants: ratio('participants'),
  sessions: ratio('sessions'),
  segments: ratio('segments'),
  session_metrics: ratio('session_metrics'),
});

/**
 * The ratios of what a job has exported so far; where it says nothing of one, the default.
 *
 * @param observed by partition path
 */
export const observedRatios = (observed: ReadonlyMap<string, Observed>, compression: Compression): Ratios => {
  const { days, unique, fetched, distinct, rows, files } = sumUp(observed);
  const bytesOf = (format: Format, factor: number) =>
    eachTable((name) => {
      const known = files.get(`${format} ${name}`);
      return known === undefined || known.rows === 0 ? DEFAULT_RATIOS.bytesPerRow[format][name] * factor : known.bytes / known.rows;
    });
  return {
    conversationsPerDay: days > 0 ? unique / days : DEFAULT_RATIOS.conversationsPerDay,
    fetchedPerConversation: unique > 0 ? fetched / unique : DEFAULT_RATIOS.fetchedPerConversation,
    distinctPerConversation: unique > 0 ? distinct / unique : DEFAULT_RATIOS.distinctPerConversation,
    rowsPerConversation: eachTable((name) => {
      const known = rows.get(name);
      return known === undefined || known.conversations === 0 ? DEFAULT_RATIOS.rowsPerConversation[name] : known.rows / known.conversations;
    }),
    bytesPerRow: { parquet: bytesOf('parquet', CODEC_FACTORS[compression]), csv: bytesOf('csv', 1) },
  };
};

/** The newest looks are what the next ones will be like. */
export const LEARNT_FROM = 200;

/**
 * Calls of a look beside those that brought pages, the mean of the newest looks that read a partition by this protocol; undefined where there are none.
 *
 * Why not for page-number: what it asks beside its pages depends on how often a window is cut.
 * @param looks oldest first
 */
export const observedExtraCalls = (looks: readonly Pick<Look, 'source' | 'result' | 'calls' | 'pagesFetched'>[], kind: SourceKind): number | undefined => {
  if (kind === 'page-number') return undefined;
  const read = looks.filter(({ source, result, pagesFetched }) => source === kind && pagesFetched > 0 && (result === 'committed' || result === 'unchanged')).slice(-LEARNT_FROM);
  return read.length === 0 ? undefined : read.reduce((sum, { calls, pagesFetched }) => sum + calls - pagesFetched, 0) / read.length;
};
