import { parseInstant } from '../model/instant.js';
import type { Column, ColumnType } from '../model/table.js';
import { CsvRecords, type CsvRecord } from './csvRecords.js';
import { chunksOf } from './fileHash.js';
import { parsedJson } from './parsedJson.js';
import { ID_COLUMN, keyText, START_COLUMN, type ReadRequest, type ReportDefect, type RowBatch, type RowReader } from './rowReader.js';

const isTextList = (value: unknown): boolean => Array.isArray(value) && value.every((item) => typeof item === 'string');
const INTEGER = /^-?\d{1,19}$/;

const isInteger = (text: string, bits: 32 | 64): boolean => INTEGER.test(text) && BigInt.asIntN(bits, BigInt(text)) === BigInt(text);

const isOfType: Readonly<Record<ColumnType, (text: string) => boolean>> = {
  string: () => true,
  timestamp: (text) => text.endsWith('Z') && parseInstant(text) !== undefined,
  int64: (text) => isInteger(text, 64),
  int32: (text) => isInteger(text, 32),
  boolean: (text) => text === 'true' || text === 'false',
  list: (text) => isTextList(parsedJson(text)),
  map: (text) => {
    const value = parsedJson(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) && isTextList(Object.values(value));
  },
};

/** Why a cell cannot be of its column; undefined where it can. */
const cellDefect = (column: Column, cell: string | null): string | undefined => {
  if (cell === null) return column.nullable ? undefined : 'is NULL, and the column has none';
  return isOfType[column.type](cell) ? undefined : `is not of type ${column.type}`;
};

/** Counts defects a column, so that a file with a million of them is reported in a line. */
class CellDefects {
  readonly #first = new Map<string, { what: string; count: number }>();

  check(columns: readonly Column[], record: CsvRecord, row: number): void {
    columns.forEach((column, i) => {
      const defect = cellDefect(column, record[i] ?? null);
      if (defect === undefined) return;
      const known = this.#first.get(column.name);
      if (known === undefined) this.#first.set(column.name, { what: `row ${String(row)}, column ${column.name} ${defect}`, count: 1 });
      else known.count++;
    });
  }

  report(report: ReportDefect): void {
    for (const { what, count } of this.#first.values()) report('rows', count === 1 ? what : `${what}, and ${String(count - 1)} more rows of this column`);
  }
}

/** The place of a column; beyond every record where there is none. */
const placeOf = (names: readonly string[], name: string): number => {
  const at = names.indexOf(name);
  return at === -1 ? Number.MAX_SAFE_INTEGER : at;
};

const batchOf = (records: readonly CsvRecord[], key: readonly number[] | undefined, names: readonly string[]): RowBatch => ({
  rowCount: records.length,
  key: (row) => (key === undefined ? undefined : keyText(key.map((i) => records[row]?.[i] ?? ''))),
  startMs: (row) => {
    const text = records[row]?.[placeOf(names, START_COLUMN)];
    return text === null || text === undefined ? Number.NaN : (parseInstant(text) ?? Number.NaN);
  },
  conversationId: (row) => records[row]?.[placeOf(names, ID_COLUMN)] ?? undefined,
});

/** A file may lack the last columns of the declaration, when an older version wrote it. */
const comparedHeader = (header: CsvRecord, columns: readonly Column[], report: ReportDefect): readonly Column[] => {
  const found = columns.slice(0, header.length);
  const fits = header.length <= columns.length && found.every((column, i) => column.name === header[i]);
  if (!fits) report('columns', `its header is not ${columns.map((column) => column.name).join(',')}`);
  return fits ? found : [];
};

/** Reads a CSV file some megabytes at a time and checks every cell against its column's type. */
export const readCsvRows: RowReader = async function* ({ file, table, report, signal }: ReadRequest) {
  const parser = new CsvRecords();
  const defects = new CellDefects();
  let columns: readonly Column[] | undefined;
  let row = 0;
  let ragged = 0;
  for await (const chunk of chunksOf(file, signal)) {
    const records = parser.push(chunk);
    if (columns === undefined && records.length > 0) columns = comparedHeader(records.shift() ?? [], table.columns, report);
    if (columns === undefined || records.length === 0) continue;
    for (const record of records) {
      row++;
      if (columns.length > 0 && record.length !== columns.length) ragged++;
      else defects.check(columns, record, row);
    }
    const names = columns.map((column) => column.name);
    const key = table.key.map((name) => names.indexOf(name));
    yield batchOf(records, key.includes(-1) ? undefined : key, names);
  }
  parser.finish();
  if (columns === undefined) report('columns', 'it has no header row');
  if (ragged > 0) report('rows', `${String(ragged)} records have more or fewer fields than the header`);
  defects.report(report);
};
