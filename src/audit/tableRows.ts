import type { Manifest, ManifestFile } from '../model/manifest.js';
import { contains, type Window } from '../model/window.js';
import { parseInstant } from '../model/instant.js';
import type { Format } from '../model/job.js';
import type { TableName } from '../model/table.js';
import { readCsvRows } from './csvRows.js';
import { withFile, type SoundFile } from './dataFiles.js';
import type { Findings } from './findings.js';
import { hashKey, KEYS_AT_ONCE, KeySet } from './keySet.js';
import { readParquetRows } from './parquetRows.js';
import { exportAgain } from './remedies.js';
import type { RowBatch, RowReader } from './rowReader.js';
import type { Subject } from './subject.js';
import { Unreadable } from './unreadable.js';

const READERS: Readonly<Record<Format, RowReader>> = { parquet: readParquetRows, csv: readCsvRows };

/** Which keys a pass over the files looks at: those whose hash falls to its share. */
interface Pass {
  readonly share: number;
  readonly shares: number;
  readonly keys: KeySet;
}

/** Sort key of a row: conversationStart and conversationId. Units: UTC epoch milliseconds, NaN for NULL. */
interface RowPlace {
  readonly startMs: number;
  readonly id: string | undefined;
}

interface FileCounts {
  rows: number;
  outside: number;
  duplicates: number;
  first: RowPlace | undefined;
  last: RowPlace | undefined;
}

/** One table in one format of one partition version. */
export interface TableFiles {
  readonly manifest: Manifest;
  readonly table: TableName;
  readonly format: Format;
  readonly files: readonly SoundFile[];
}

const windowOf = (manifest: Manifest): Window => ({
  startMs: parseInstant(manifest.window.from) ?? Number.NaN,
  endMs: parseInstant(manifest.window.to) ?? Number.NaN,
});

const placeOf = (batch: RowBatch, row: number): RowPlace => ({ startMs: batch.startMs(row), id: batch.conversationId(row) });

/** Whether a row is the one that the manifest names; a CSV file may have `'` before an id (`csv.escapeFormulas`). */
const isAt = (key: ManifestFile['minKey'], place: RowPlace | undefined): boolean => {
  if (key === null || place?.id === undefined) return true;
  const startMs = key[0] === null ? Number.NaN : parseInstant(key[0]);
  return Object.is(startMs, place.startMs) && (place.id === key[1] || place.id === `'${key[1]}`);
};

const readFile = async (subject: Subject, { manifest, table, format }: TableFiles, entry: ManifestFile, pass: Pass, findings: Findings): Promise<FileCounts | undefined> => {
  const again = `Run ${exportAgain(subject, manifest.partition)}; if it recurs, report it.`;
  const window = windowOf(manifest);
  const counts: FileCounts = { rows: 0, outside: 0, duplicates: 0, first: undefined, last: undefined };
  return withFile(subject, entry.path, findings, again, async (file) => {
    const request = {
      file,
      size: entry.bytes,
      table: subject.tables[table],
      signal: subject.signal,
      // Later passes read the same bytes: what they would say has been said.
      report: (kind: 'columns' | 'rows', what: string): void => {
        if (pass.share === 0) findings.error(kind, entry.path, what, again);
      },
    };
    try {
      for await (const batch of READERS[format](request)) {
        counts.rows += batch.rowCount;
        // More rows than the manifest has is a finding of its own; going on would only grow the set.
        if (counts.rows > entry.rows) break;
        if (batch.rowCount > 0) {
          counts.first ??= placeOf(batch, 0);
          counts.last = placeOf(batch, batch.rowCount - 1);
        }
        for (let row = 0; row < batch.rowCount; row++) {
          const startMs = batch.startMs(row);
          if (!Number.isNaN(startMs) && !contains(window, startMs)) counts.outside++;
          const text = batch.key(row);
          if (text === undefined) continue;
          const key = hashKey(text);
          if (key[0]! % pass.shares === pass.share && !pass.keys.add(key)) counts.duplicates++;
        }
      }
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      if (pass.share === 0) findings.error('file-unreadable', entry.path, error.message, again);
      return undefined;
    }
    return counts;
  });
};

/**
 * Reads a table's rows back: as many as the manifest says, inside the window (or without a start), each key once.
 *
 * Invariant: at most about 3 million keys are held at once; a larger table is read once for every 3 million of its rows.
 * @returns rows read.
 * @param keysAtOnce another bound than 3 million.
 */
export const checkTableRows = async (subject: Subject, table: TableFiles, findings: Findings, keysAtOnce = KEYS_AT_ONCE): Promise<number> => {
  const again = `Run ${exportAgain(subject, table.manifest.partition)}; if it recurs, report it.`;
  const expected = table.files.reduce((sum, { entry }) => sum + entry.rows, 0);
  const shares = Math.max(1, Math.ceil(expected / keysAtOnce));
  let rows = 0;
  for (let share = 0; share < shares; share++) {
    const pass: Pass = { share, shares, keys: new KeySet(Math.ceil(expected / shares)) };
    for (const { entry } of table.files) {
      const counts = await readFile(subject, table, entry, pass, findings);
      if (counts === undefined) continue;
      if (counts.duplicates > 0) findings.error('duplicate-key', entry.path, `${String(counts.duplicates)} rows repeat the key of another row`, again);
      if (share > 0) continue;
      rows += counts.rows;
      if (counts.rows !== entry.rows) {
        const read = counts.rows > entry.rows ? `at least ${String(counts.rows)}` : String(counts.rows);
        findings.error('rows', entry.path, `it holds ${read} rows, its manifest says ${String(entry.rows)}`, again);
      }
      else if (!isAt(entry.minKey, counts.first) || !isAt(entry.maxKey, counts.last)) {
        findings.error('rows', entry.path, 'its first or last row is not the one that its manifest names', again);
      }
      if (counts.outside > 0) findings.error('outside-window', entry.path, `${String(counts.outside)} rows start outside the partition's window`, again);
    }
  }
  return rows;
};
