import { LEDGER_COLUMNS, type Look } from '../model/look.js';
import { TABLE_NAMES, type Row, type Value } from '../model/table.js';

/** A look as a row of the ledger, in the order of `LEDGER_COLUMNS`. */
export const rowOfLook = (look: Look): Row => {
  const { counts } = look;
  const cells: Readonly<Record<string, Value>> = {
    look_id: look.lookId,
    run_id: look.runId,
    looked_at: look.lookedAtMs,
    partition: look.partition,
    window_from: look.window.startMs,
    window_to: look.window.endMs,
    source_kind: look.source,
    result: look.result,
    version: look.version,
    state: look.state,
    source_as_of: look.sourceAsOf.ms,
    source_as_of_origin: look.sourceAsOf.origin,
    calls: look.calls,
    pages_fetched: look.pagesFetched,
    pages: counts?.pages ?? null,
    fetched: counts?.fetched ?? null,
    conversations: counts?.unique ?? null,
    duplicates: counts?.duplicates ?? null,
    refetched: counts?.refetched ?? null,
    outside_window: counts?.outsideWindow ?? null,
    rejects: counts?.rejects ?? null,
    open: counts?.open ?? null,
    with_attributes: counts?.withAttributes ?? null,
    source_total: counts?.sourceTotal ?? null,
    ...Object.fromEntries(TABLE_NAMES.map((name) => [`rows_${name}`, counts?.rows[name] ?? null])),
    rows_changed: look.changes?.changed ?? null,
    rows_appeared: look.changes?.appeared ?? null,
    rows_vanished: look.changes?.vanished ?? null,
    files: look.files,
    bytes: look.bytes,
    elapsed_ms: Math.round(look.elapsedMs),
    exporter_version: look.exporterVersion,
    error: look.error,
  };
  return LEDGER_COLUMNS.map(({ name }) => cells[name] ?? null);
};
