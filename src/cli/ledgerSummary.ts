import type { Look, LookResult } from '../model/look.js';
import type { PartitionCounts } from '../model/manifest.js';
import type { TableName } from '../model/table.js';
import type { JobTotals, LedgerSummary, PartitionStatus } from './openedJob.js';

const rowsOf = (all: readonly PartitionCounts[]): JobTotals['rows'] => {
  const rows: Partial<Record<TableName, number>> = {};
  for (const counts of all) for (const [table, count] of Object.entries(counts.rows) as [TableName, number][]) rows[table] = (rows[table] ?? 0) + count;
  return rows;
};

/** What the current versions hold, added up. */
export const totalsOf = (partitions: readonly Pick<PartitionStatus, 'counts' | 'changes' | 'files'>[]): JobTotals => {
  const all = partitions.flatMap(({ counts }) => counts ?? []);
  const sum = (of: (counts: PartitionCounts) => number): number => all.reduce((total, counts) => total + of(counts), 0);
  const changes = partitions.flatMap((partition) => partition.changes ?? []);
  const files = partitions.flatMap((partition) => partition.files);
  return {
    partitions: all.length,
    fetched: sum((c) => c.fetched),
    conversations: sum((c) => c.unique),
    duplicates: sum((c) => c.duplicates),
    refetched: sum((c) => c.refetched),
    outsideWindow: sum((c) => c.outsideWindow),
    open: sum((c) => c.open),
    withAttributes: sum((c) => c.withAttributes),
    rejects: sum((c) => c.rejects),
    rows: rowsOf(all),
    restated: {
      partitions: changes.length,
      changed: changes.reduce((total, { changed }) => total + changed, 0),
      appeared: changes.reduce((total, { appeared }) => total + appeared, 0),
      vanished: changes.reduce((total, { vanished }) => total + vanished, 0),
    },
    files: files.length,
    bytes: files.reduce((total, { bytes }) => total + bytes, 0),
    counted: {
      partitions: all.filter(({ sourceTotal }) => sourceTotal !== null).length,
      sourceTotal: sum((c) => c.sourceTotal ?? 0),
      difference: sum((c) => (c.sourceTotal === null ? 0 : c.unique + c.rejects - c.sourceTotal)),
    },
  };
};

const at = (look: Look | undefined): string | null => (look === undefined ? null : new Date(look.lookedAtMs).toISOString());

/** The ledger, added up. */
export const summaryOf = ({ looks, unreadable }: { readonly looks: readonly Look[]; readonly unreadable: readonly string[] }): LedgerSummary => {
  const results: Record<LookResult, number> = { committed: 0, unchanged: 0, current: 0, failed: 0 };
  for (const { result } of looks) results[result]++;
  return {
    looks: looks.length,
    runs: new Set(looks.map(({ runId }) => runId)).size,
    results,
    calls: looks.reduce((sum, { calls }) => sum + calls, 0),
    elapsedMs: looks.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0),
    firstAt: at(looks[0]),
    lastAt: at(looks.at(-1)),
    unreadable,
  };
};
