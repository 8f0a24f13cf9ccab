import type * as z from 'zod';
import { COMPRESSIONS, FORMATS, PARQUET_ENGINES, SOURCE_KINDS, WINDOW_LENGTHS } from '../model/job.js';
import type { Compression, ParquetEngine, SourceKind } from '../model/job.js';
import { TABLE_NAMES } from '../model/table.js';
import { SHORTEST_SLICE_MS } from '../model/window.js';
import { isCron, isRealDate, isTimezone, timezoneNames } from './calendar.js';
import { didYouMean } from './didYouMean.js';
import { checkedText, choice, choices, duration, flag, integer, percentage, section } from './fields.js';
import { filters } from './filters.js';
import { purposes } from './purposes.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const ZONE = 'an IANA time zone name such as Europe/Berlin';

const timezone = (doc: string) =>
  checkedText({
    doc,
    title: 'IANA time zone',
    expected: ZONE,
    wrong: (value) => (isTimezone(value) ? undefined : `expected ${ZONE}${didYouMean(value, timezoneNames())}`),
  });

/** Page sizes of each protocol: what is asked for by default, and the most the API takes. */
export const PAGE_SIZES: Readonly<Record<SourceKind, { readonly fallback: number; readonly max: number }>> = {
  'next-page-url': { fallback: 100, max: 200 },
  'page-number': { fallback: 100, max: 200 },
  'job-cursor': { fallback: 1_000, max: 10_000 },
};

/** The codec a Parquet writer uses where the job names none. */
export const FALLBACK_COMPRESSION: Readonly<Record<ParquetEngine, Compression>> = { arrow: 'zstd', 'parquetjs-lite': 'snappy' };

/** Partitions at the same time where the job does not say: fewer where each holds a job of the organisation, which may have only so many. */
export const CONCURRENCY: Readonly<Record<SourceKind, number>> = { 'next-page-url': 10, 'page-number': 10, 'job-cursor': 6 };

/** Whether the API's own count is asked for where the job does not say. */
export const CHECKS_TOTAL: Readonly<Record<SourceKind, boolean>> = { 'next-page-url': false, 'page-number': true, 'job-cursor': true };

/** Checks that concern several keys are made even where one of the keys is wrong; the section itself may then be missing, or something else. */
const always = { when: () => true };

const isSection = (value: unknown): boolean => typeof value === 'object' && value !== null;

const source = section(
  {
    kind: choice(SOURCE_KINDS, {
      doc: 'The protocol. `next-page-url`: a query whose answers link to the next page, with attributes (gateways). `page-number`: the public query; its answers carry no attributes. `job-cursor`: the public asynchronous job, with attributes.',
    }),
    pageSize: integer({ doc: 'Conversations a page: 100 for queries (200 at most), 1000 for `job-cursor` (10000 at most).', min: 1, max: 10_000 }).optional(),
    filters: filters('Passed through to the request body: `conversationFilters`, `segmentFilters`, …, as the API documents them.').prefault({}),
    maxResults: integer({ doc: "`page-number` only: results an interval may hold before it is split. The API's cap is 100000.", min: 1, max: 400_000 }).prefault(100_000),
    maxInterval: duration({ doc: 'Longest interval asked for at once: a longer window is asked for in slices, with `job-cursor` by a job each. The API caps it at 7 or 31 days. A shorter one makes smaller queries and jobs; what two slices both give is written once.', minMs: SHORTEST_SLICE_MS, maxMs: 31 * DAY }).prefault('7d'),
    parts: flag({ doc: 'Whether a large window may be read in parts of time, several at the same time, where fewer partitions are due than `concurrency`. Off for a gateway that answers whole days whatever hours it is asked for: a run notices that, but only after some pages.' }).prefault(true),
    pollInterval: duration({ doc: "`job-cursor` only: first pause between two looks at the job's state; later ones are longer, up to 30 s or as long as this.", minMs: 10, maxMs: 10 * 60_000 }).prefault('2s'),
    jobTimeout: duration({ doc: '`job-cursor` only: how long the API may work on the job before it is given up for this run.', minMs: 1_000, maxMs: 7 * DAY }).prefault('6h'),
  },
  'Where the conversations come from.',
).superRefine((given: { kind?: unknown; pageSize?: unknown }, context) => {
  if (!isSection(given)) return;
  const kind = SOURCE_KINDS.find((k) => k === given.kind);
  if (kind === undefined || typeof given.pageSize !== 'number' || !Number.isInteger(given.pageSize)) return;
  const { max } = PAGE_SIZES[kind];
  if (given.pageSize > max && given.pageSize <= 10_000) context.addIssue({ code: 'custom', path: ['pageSize'], message: `expected at most ${String(max)} for ${kind}: the API refuses more` });
}, always);

const parquet = section(
  {
    engine: choice(PARQUET_ENGINES, { doc: 'The writer: `arrow` is several times faster and writes statistics; `parquetjs-lite` is pure JavaScript.' }).prefault('arrow'),
    compression: choice(COMPRESSIONS, { doc: 'The codec: `zstd` by default, `snappy` with `parquetjs-lite`, which knows no zstd.' }).optional(),
    rowGroupRows: integer({ doc: 'Most rows a row group. Fewer need less memory; more compress better.', min: 1, max: 1_000_000 }).prefault(100_000),
  },
  'How Parquet files are written.',
).superRefine((given: { engine?: unknown; compression?: unknown }, context) => {
  if (isSection(given) && given.engine === 'parquetjs-lite' && given.compression === 'zstd') {
    context.addIssue({ code: 'custom', path: ['compression'], message: 'parquetjs-lite cannot write zstd: expected snappy, gzip or none, or engine: arrow' });
  }
}, always);

/** The rules of jobs/<name>.yaml. Shape: what zod reads is the file after variables were replaced; what it gives has units read. */
export const JobShape = section(
  {
    source,
    start: checkedText({
      doc: 'The first day `run` looks at, `YYYY-MM-DD` in `timezone`. Without it: yesterday, or the oldest day that is still provisional. Set it, so that days missed in a long outage are found again.',
      title: 'date',
      expected: 'a date such as 2026-01-31',
      wrong: (value) => (isRealDate(value) ? undefined : 'expected a real date such as 2026-01-31'),
      pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$',
    }).optional(),
    window: choice(WINDOW_LENGTHS, { doc: 'The partition, one folder and one manifest each: a day or an hour, in `timezone`. A job that has exported keeps its window.' }).prefault('1d'),
    timezone: timezone('Time zone in which `dt` and `hr` are reckoned, daylight saving included. A job that has exported keeps its time zone.').prefault('UTC'),
    settle: duration({ doc: 'A partition is not exported before its end plus this.', minMs: 0, maxMs: 30 * DAY }).prefault('2h'),
    lookback: duration({
      doc: 'A partition whose end is less than this ago is provisional and exported again by every run: wrap-ups and attributes arrive late.',
      minMs: 0,
      maxMs: 366 * DAY,
    }).prefault('3d'),
    tables: choices(TABLE_NAMES, { doc: 'The tables written.' }).prefault(['participant_attributes', 'conversations']),
    formats: choices(FORMATS, { doc: 'The file formats written, one tree each.' }).prefault(['parquet']),
    parquet: parquet.prefault({}),
    csv: section(
      { escapeFormulas: flag({ doc: "Puts `'` before text that a spreadsheet would take for a formula, and before text that begins with `'` itself. It changes data (`-2` becomes `'-2`): leave it off for loaders." }).prefault(false) },
      'How CSV files are written.',
    ).prefault({}),
    participants: section(
      {
        purposes: purposes('Whose attributes go to `participant_attributes`: a list of purposes, or `all`.').prefault(['customer', 'external', 'user']),
        which: choice(['all', 'first'], { doc: '`all` participants of those purposes, or only the `first`, the earliest in each conversation.' }).prefault('all'),
      },
      'Whose attributes are exported.',
    ).prefault({}),
    schedule: section(
      {
        cron: checkedText({
          doc: 'When `gcx schedule` wakes the job, as a cron expression: `15 2 * * *` is every day at 02:15.',
          title: 'cron expression',
          expected: 'a cron expression such as "15 2 * * *"',
          wrong: (value) => (isCron(value) ? undefined : 'expected a cron expression such as "15 2 * * *" (minute, hour, day, month, weekday)'),
        }),
        timezone: timezone("Time zone of the cron expression. Without it: the job's `timezone`.").optional(),
      },
      'When the daemon runs the job. Without it only `gcx run` does.',
    ).optional(),
    onBadRecord: choice(['fail', 'reject'], {
      doc: 'What becomes of a conversation that cannot be read: `fail` stops its partition, unless it says that it started outside; `reject` sets it aside in `_rejects`, counted in the manifest.',
    }).prefault('fail'),
    completeness: section(
      {
        checkTotal: flag({
          doc: 'Asks the API how many conversations started in the window, one call a partition, and holds the export against it. On for `job-cursor` and `page-number`; off for `next-page-url`, as few gateways answer the public query.',
        }).optional(),
        answerTotals: flag({
          doc: 'Holds the total that answers of `next-page-url` may give (`totalHits`, `total`) against what came with them, without asking for it. Off for a gateway whose totals count something else.',
        }).prefault(true),
        tolerance: percentage({ doc: 'Percent of the API’s count that may be missing or too many before a settled partition fails.', max: 100 }).prefault(0.1),
      },
      'How the export is held against the API’s own count.',
    ).prefault({}),
    openConversations: section(
      {
        maxAge: duration({
          doc: 'How long conversations that are open when their partition settles are followed, from the end of the partition: `run` looks at them by id, a few calls for all, and exports the partitions again in which one ended, changed or came back. `0d`: not at all.',
          minMs: 0,
          maxMs: 366 * DAY,
        }).prefault('30d'),
      },
      'Conversations that outlive their partition.',
    ).prefault({}),
    concurrency: integer({ doc: 'Partitions read at the same time; the files of as many more may be written meanwhile. Where fewer are due, large ones are read in parts, so many in all (`next-page-url` from 24 pages on, `job-cursor` from 80, each part by a job of its own; `page-number` never); `1`: never. 10, or 6 for `job-cursor`, which holds a job of the organisation for each until its files are there. They share one request budget: at 300 requests a minute and 0.8 s a page about 4 requests are under way at any moment, and 6 partitions keep the budget used; several clients need as many each.', min: 1, max: 16 }).optional(),
  },
  'One export job of genesys-conversation-export.',
);

/** jobs/<name>.yaml, parsed and defaulted, before defaults that depend on other keys. */
export type JobContent = z.output<typeof JobShape>;
