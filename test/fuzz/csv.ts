import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import fc from 'fast-check';
import { CsvRecords } from '../../src/audit/csvRecords.js';
import { Unreadable } from '../../src/audit/unreadable.js';
import { formatInstant } from '../../src/model/instant.js';
import type { Column, Row, Value } from '../../src/model/table.js';
import { anyRow, EVERY_COLUMN } from '../support/anyRows.js';
import { askDuckdb } from '../support/duckdb.js';
import { everyTable } from '../support/hostileRows.js';
import { batchOf, writeRowFile } from '../support/sinkFile.js';
import { fuzzTarget, type FuzzTarget } from './fuzzTarget.js';

const table = { ...everyTable, columns: EVERY_COLUMN };

const asText = (value: Value, { type }: Column): string | null => {
  if (value === null) return null;
  if (type === 'timestamp') return formatInstant(Number(value));
  if (value instanceof Map) return `{${[...value].map(([key, item]) => `${JSON.stringify(key)}:${JSON.stringify(item)}`).join(',')}}`;
  return Array.isArray(value) ? JSON.stringify(value) : String(value);
};
const expected = (rows: readonly Row[]): (string | null)[][] => rows.map((row) => row.map((value, i) => asText(value, EVERY_COLUMN[i]!)));

const rows = fc.array(anyRow, { maxLength: 6 });

/** What no CSV that DuckDB reads can hold: NUL, and a mark of byte order at the very front. */
const isForDuckdb = (some: readonly Row[]): boolean => !some.some((row) => row.some((value) => JSON.stringify(value instanceof Map ? [...value] : value, (_key, item: unknown) => (typeof item === 'bigint' ? 0 : item)).includes('\\u0000'))) && !some.some(([first]) => String(first).startsWith('\ufeff'));

const DUCKDB_OPTIONS = "header = true, all_varchar = true, nullstr = '', allow_quoted_nulls = false, quote = '\"', escape = '\"', delim = ',', new_line = '\\n', strict_mode = true, auto_detect = false";

/** CSV round trips in a folder, read by this program's own audit and by DuckDB; and text that is no CSV. */
export const csvTargets = (folder: string): readonly FuzzTarget[] => {
  const withFile = async (some: readonly Row[], work: (path: string) => Promise<void>): Promise<void> => {
    const { path } = await writeRowFile(folder, table, [batchOf(table, some)], { format: 'csv' });
    await work(path);
    await rm(path);
  };
  return [
    fuzzTarget('CSV, read back by the audit', fc.tuple(rows, fc.integer({ min: 1, max: 200 })), ([some, piece]) =>
      withFile(some, async (path) => {
        const bytes = await readFile(path);
        const parser = new CsvRecords();
        const records = [];
        for (let at = 0; at < bytes.length; at += piece) records.push(...parser.push(bytes.subarray(at, at + piece)));
        parser.finish();
        assert.deepEqual(records.slice(1), expected(some));
      }), 5),
    fuzzTarget('CSV, read back by DuckDB', rows.filter(isForDuckdb), (some) =>
      withFile(some, async (path) => {
        const columns = EVERY_COLUMN.map(({ name }) => `'${name}': 'VARCHAR'`).join(', ');
        // As hex: DuckDB's client drops marks of byte order.
        const hex = EVERY_COLUMN.map(({ name }) => `hex("${name}")`).join(', ');
        const wanted = expected(some).map((record) => record.map((text) => (text === null ? null : Buffer.from(text).toString('hex').toUpperCase())));
        assert.deepEqual(await askDuckdb(`SELECT ${hex} FROM read_csv('${path}', ${DUCKDB_OPTIONS}, columns = {${columns}})`), wanted);
      }), 20),
    fuzzTarget('CSV that is none', fc.oneof(fc.uint8Array({ maxLength: 60 }), fc.array(fc.constantFrom('"', ',', '\n', '\r', 'a', '""', '\ufeff'), { maxLength: 20 }).map((parts) => new TextEncoder().encode(parts.join('')))), (bytes) => {
      const parser = new CsvRecords(40);
      try {
        for (const record of parser.push(bytes)) assert.ok(record.length > 0);
        parser.finish();
      } catch (error) {
        assert.ok(error instanceof Unreadable, String(error));
      }
    }),
  ];
};
