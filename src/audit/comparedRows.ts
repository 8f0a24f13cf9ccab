import { formatInstant, parseInstant } from '../model/instant.js';
import type { ManifestFile } from '../model/manifest.js';
import type { Column, Table } from '../model/table.js';
import { CsvRecords } from './csvRecords.js';
import { chunksOf } from './fileHash.js';
import { comparedColumns } from './parquetColumns.js';
import { groupsOf, MAP_MARK, openParquet, readColumn, type ParquetCell } from './parquetGroups.js';
import { parsedJson } from './parsedJson.js';
import { absolute, type Subject } from './subject.js';
import { Unreadable } from './unreadable.js';

/** A row as text, the same whatever format and engine wrote it: a cell for every column of the table, null for NULL. */
export type ComparedRow = readonly (string | null)[];

/** What to read. */
export interface ComparedFile {
  readonly subject: Subject;
  readonly entry: ManifestFile;
  readonly table: Table;
  /** A CSV file has a `'` before text that a spreadsheet would take for a formula, or that begins with `'`: it is dropped. */
  readonly marksFormulas?: boolean;
}

const asRecord = (value: unknown): Readonly<Record<string, unknown>> => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : {});

/** A map's text: JSON pairs in the order of their keys, as the order of a map says nothing. */
const mapText = (pairs: readonly (readonly [string, unknown])[]): string => JSON.stringify([...pairs].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));

const unmarked = (text: string): string => text.slice(MAP_MARK.length);

const parquetText = (column: Column, cell: ParquetCell): string | null => {
  if (cell === null || cell === undefined) return null;
  if (column.type === 'timestamp') return formatInstant(Number(cell));
  if (column.type === 'list') return JSON.stringify(cell);
  if (column.type === 'map') return mapText(Object.entries(asRecord(cell)).map(([key, value]) => [unmarked(key), unmarked(String(value))]));
  return String(cell);
};

const csvText = (column: Column, field: string | null): string | null => {
  if (field === null) return null;
  if (column.type === 'timestamp') {
    const ms = parseInstant(field);
    if (ms === undefined) throw new Unreadable(`column ${column.name} holds what is no timestamp`);
    return formatInstant(ms);
  }
  if (column.type === 'list') return JSON.stringify(parsedJson(field));
  if (column.type === 'map') return mapText(Object.entries(asRecord(parsedJson(field))));
  return field;
};

/** Earlier versions wrote no mark before `'`: what they left alone is left alone. */
const FORMULA_MARK = /^'(?=[=+\-@\t\r\0'])/;

async function* readParquet({ subject, entry, table }: ComparedFile): AsyncGenerator<ComparedRow, void, void> {
  const file = await subject.files.open(absolute(subject, entry.path), 'read');
  try {
    const source = await openParquet(file, entry.bytes);
    const readable = new Set(comparedColumns(source.metadata, table, (_kind, what) => {
      throw new Unreadable(what);
    }));
    for (const group of groupsOf(source.metadata)) {
      subject.signal?.throwIfAborted();
      const cells: (readonly ParquetCell[] | undefined)[] = [];
      for (const column of table.columns) cells.push(readable.has(column) ? await readColumn(source, column, group) : undefined);
      for (let row = 0; row < group.rowCount; row++) yield table.columns.map((column, i) => parquetText(column, cells[i]?.[row]));
    }
  } finally {
    await file.close();
  }
}

async function* readCsv({ subject, entry, table }: ComparedFile): AsyncGenerator<ComparedRow, void, void> {
  const file = await subject.files.open(absolute(subject, entry.path), 'read');
  try {
    const parser = new CsvRecords();
    let width: number | undefined;
    for await (const chunk of chunksOf(file, subject.signal)) {
      for (const record of parser.push(chunk)) {
        if (width === undefined) {
          width = record.length;
          if (record.some((name, i) => name !== table.columns[i]?.name)) throw new Unreadable(`its header is not ${table.columns.map((column) => column.name).join(',')}`);
        } else {
          if (record.length !== width) throw new Unreadable('a record has more or fewer fields than the header');
          yield table.columns.map((column, i) => csvText(column, record[i] ?? null));
        }
      }
    }
    parser.finish();
  } finally {
    await file.close();
  }
}

/**
 * Every row of a data file, in its order and in bounded memory: a row group, or some megabytes of text.
 *
 * A file of an older version may lack the last columns: they are NULL.
 * @throws Unreadable where the file is not of its format or has not the rows that its manifest says.
 */
export async function* comparedRows(file: ComparedFile): AsyncGenerator<ComparedRow, void, void> {
  const isMarked = file.marksFormulas === true && file.entry.format === 'csv';
  const texts = new Set(file.table.columns.flatMap((column, i) => (column.type === 'string' ? [i] : [])));
  const unmark = (row: ComparedRow): ComparedRow => row.map((cell, i) => (texts.has(i) ? (cell?.replace(FORMULA_MARK, '') ?? null) : cell));
  let rows = 0;
  for await (const row of file.entry.format === 'parquet' ? readParquet(file) : readCsv(file)) {
    rows++;
    yield isMarked ? unmark(row) : row;
  }
  if (rows !== file.entry.rows) throw new Unreadable(`it holds ${String(rows)} rows, its manifest says ${String(file.entry.rows)}`);
}
