import type { ParticipantPolicy } from './participantPolicy.js';
import type { TableName } from './table.js';

/** The three protocols a job can read by (CONTRACT section 4). */
export const SOURCE_KINDS = ['next-page-url', 'page-number', 'job-cursor'] as const;
/** One of the three protocols. */
export type SourceKind = (typeof SOURCE_KINDS)[number];

/** File formats a job can write. */
export const FORMATS = ['parquet', 'csv'] as const;
/** One of the file formats. */
export type Format = (typeof FORMATS)[number];

/** Parquet writers a job can choose (ENGINES: `arrow` is several times faster and the default). */
export const PARQUET_ENGINES = ['arrow', 'parquetjs-lite'] as const;
/** One of the Parquet writers. */
export type ParquetEngine = (typeof PARQUET_ENGINES)[number];

/** Parquet compression codecs. parquetjs-lite knows no `zstd`. */
export const COMPRESSIONS = ['zstd', 'snappy', 'gzip', 'none'] as const;
/** One of the compression codecs. */
export type Compression = (typeof COMPRESSIONS)[number];

/** Partition lengths, in the job's time zone. */
export const WINDOW_LENGTHS = ['1d', '1h'] as const;
/** One of the partition lengths. */
export type WindowLength = (typeof WINDOW_LENGTHS)[number];

/** Where a job's conversations come from. */
export interface SourceOptions {
  readonly kind: SourceKind;
  /** Conversations a page. */
  readonly pageSize: number;
  /** Passed through to the request body; keys are those of the API's query (`conversationFilters`, `segmentFilters`, `filter`, …). */
  readonly filters: Readonly<Record<string, unknown>>;
  /** page-number: results one interval may hold before it is split (the API's cap is 100,000). */
  readonly maxResults: number;
  /** The longest interval asked for at once, in milliseconds (the API's cap is 7 or 31 days). */
  readonly maxIntervalMs: number;
  /** Whether large windows may be read in parts, several at the same time. */
  readonly parts: boolean;
  /** job-cursor: first pause between two looks at a job's state, in milliseconds; later ones are longer, up to half a minute or as long as this. */
  readonly pollMs: number;
  /** job-cursor: how long a job may take before it is given up, in milliseconds. */
  readonly jobTimeoutMs: number;
}

/** Parquet settings of a job. */
export interface ParquetOptions {
  readonly engine: ParquetEngine;
  readonly compression: Compression;
  readonly rowGroupRows: number;
}

/** CSV settings of a job. */
export interface CsvOptions {
  /** Puts `'` before text that a spreadsheet would take for a formula, or that begins with `'` itself. Changes data (`-2` becomes `'-2`): off by default. */
  readonly escapeFormulas: boolean;
}

/** When the daemon wakes a job. */
export interface ScheduleOptions {
  readonly cron: string;
  readonly timezone: string;
}

/** How a partition's count is held against the API's own. */
export interface CompletenessOptions {
  /** Asks the API how many conversations started in the window: one call a partition. */
  readonly checkTotal: boolean;
  /** Share of the API's count that may be missing or too many before the partition fails. */
  readonly tolerance: number;
  /** Holds the totals that answers give themselves against what came with them. */
  readonly answerTotals: boolean;
}

/** How conversations that are open when their partition settles are followed. */
export interface OpenConversationOptions {
  /** Until the partition's end is this long ago; 0: not at all. Units: milliseconds. */
  readonly maxAgeMs: number;
}

/** A job as the rest of the product sees it: parsed, defaulted, units in names. */
export interface Job {
  /** The file's name without its ending; a safe path segment. */
  readonly name: string;
  readonly source: SourceOptions;
  /** First local day `run` looks at, `YYYY-MM-DD`; absent: yesterday. */
  readonly start: string | undefined;
  readonly window: WindowLength;
  /** IANA time zone in which `dt` and `hr` are reckoned. */
  readonly timezone: string;
  /** A partition is not exported before its end plus this. */
  readonly settleMs: number;
  /** Partitions that ended less than this ago are provisional and exported again. */
  readonly lookbackMs: number;
  readonly tables: readonly TableName[];
  readonly formats: readonly Format[];
  readonly parquet: ParquetOptions;
  readonly csv: CsvOptions;
  readonly participants: ParticipantPolicy;
  readonly schedule: ScheduleOptions | undefined;
  /** What becomes of a conversation that does not decode: stop the partition, or set it aside in `_rejects`. */
  readonly onBadRecord: 'fail' | 'reject';
  readonly completeness: CompletenessOptions;
  readonly openConversations: OpenConversationOptions;
  /** Partitions exported at the same time. */
  readonly concurrency: number;
}
