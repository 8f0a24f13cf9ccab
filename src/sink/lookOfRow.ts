import * as z from 'zod';
import { SOURCE_KINDS } from '../model/job.js';
import { LOOK_RESULTS, type Look } from '../model/look.js';
import type { PartitionCounts } from '../model/manifest.js';
import { isPartitionPath } from '../model/partition.js';
import { TABLE_NAMES, type TableName } from '../model/table.js';

/** Parquet readers give 64-bit integers as bigints. */
const Count = z.bigint().min(0n).max(BigInt(Number.MAX_SAFE_INTEGER)).transform(Number);
const Maybe = Count.nullable();
const Instant = z.date().transform((date) => date.getTime());
const Text = z.string().min(1);

const Shape = z.object({
  look_id: Text,
  run_id: Text,
  looked_at: Instant,
  partition: z.string().refine(isPartitionPath),
  window_from: Instant,
  window_to: Instant,
  source_kind: z.enum(SOURCE_KINDS),
  result: z.enum(LOOK_RESULTS),
  version: Maybe,
  state: z.enum(['settled', 'provisional']).nullable(),
  source_as_of: Instant,
  source_as_of_origin: z.enum(['availability', 'date-header']),
  calls: Count,
  pages_fetched: Count,
  pages: Maybe,
  fetched: Maybe,
  conversations: Maybe,
  duplicates: Maybe,
  refetched: Maybe,
  outside_window: Maybe,
  rejects: Maybe,
  open: Maybe,
  with_attributes: Maybe,
  source_total: Maybe,
  // Files of before these were counted have no such columns.
  rows_changed: Maybe.default(null),
  rows_appeared: Maybe.default(null),
  rows_vanished: Maybe.default(null),
  files: Maybe,
  bytes: Maybe,
  elapsed_ms: Count,
  exporter_version: z.string(),
  error: z.string().nullable(),
});

const Rows = z.partialRecord(z.enum(TABLE_NAMES), Count);

const rowsByTable = (cells: Readonly<Record<string, unknown>>): Readonly<Partial<Record<TableName, number>>> | undefined =>
  Rows.safeParse(Object.fromEntries(TABLE_NAMES.flatMap((name) => (cells[`rows_${name}`] == null ? [] : [[name, cells[`rows_${name}`]]])))).data;

const countsOf = (row: z.infer<typeof Shape>, rows: PartitionCounts['rows']): PartitionCounts | null => {
  const { pages, fetched, conversations, duplicates, refetched, outside_window: outsideWindow, rejects, open, with_attributes: withAttributes } = row;
  if (pages === null || fetched === null || conversations === null || duplicates === null || refetched === null) return null;
  if (outsideWindow === null || rejects === null || open === null || withAttributes === null) return null;
  return { pages, fetched, unique: conversations, duplicates, refetched, outsideWindow, open, withAttributes, rejects, replacedText: 0, repeatedKeys: 0, rows, sourceTotal: row.source_total };
};

const changesOf = ({ rows_changed: changed, rows_appeared: appeared, rows_vanished: vanished }: z.infer<typeof Shape>): Look['changes'] =>
  changed === null || appeared === null || vanished === null ? null : { changed, appeared, vanished };

/** A row of the ledger as a Parquet reader gives it; undefined where it is none. The counts of replaced text and repeated keys are not kept. */
export const lookOfRow = (cells: Readonly<Record<string, unknown>>): Look | undefined => {
  const parsed = Shape.safeParse(cells);
  const rows = rowsByTable(cells);
  if (!parsed.success || rows === undefined) return undefined;
  const row = parsed.data;
  return {
    lookId: row.look_id,
    runId: row.run_id,
    lookedAtMs: row.looked_at,
    partition: row.partition,
    window: { startMs: row.window_from, endMs: row.window_to },
    source: row.source_kind,
    result: row.result,
    version: row.version,
    state: row.state,
    sourceAsOf: { ms: row.source_as_of, origin: row.source_as_of_origin },
    calls: row.calls,
    pagesFetched: row.pages_fetched,
    counts: countsOf(row, rows),
    changes: changesOf(row),
    files: row.files,
    bytes: row.bytes,
    elapsedMs: row.elapsed_ms,
    exporterVersion: row.exporter_version,
    error: row.error,
  };
};
