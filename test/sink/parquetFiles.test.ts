import { readFile, readdir } from 'node:fs/promises';
import { asyncBufferFromFile, parquetMetadataAsync, parquetQuery, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { SinkError } from '../../src/model/errors.js';
import type { Compression, ParquetEngine } from '../../src/model/job.js';
import type { Row, Table, Value } from '../../src/model/table.js';
import { anyRow, asRead, EVERY_COLUMN } from '../support/anyRows.js';
import { askDuckdb } from '../support/duckdb.js';
import { everyTable, HOSTILE_TEXTS, hostileRows } from '../support/hostileRows.js';
import { batchOf, writeRowFile } from '../support/sinkFile.js';
import { temporaryFolder } from '../support/temporaryFolder.js';

const ENGINES: readonly { readonly engine: ParquetEngine; readonly compression: Compression }[] = [
  ...(['zstd', 'snappy', 'gzip', 'none'] as const).map((compression) => ({ engine: 'arrow', compression }) as const),
  ...(['snappy', 'gzip', 'none'] as const).map((compression) => ({ engine: 'parquetjs-lite', compression }) as const),
];

const TYPES: Readonly<Record<Table['columns'][number]['type'], string>> = {
  string: 'VARCHAR',
  timestamp: 'TIMESTAMP WITH TIME ZONE',
  int64: 'BIGINT',
  int32: 'INTEGER',
  boolean: 'BOOLEAN',
  list: 'VARCHAR[]',
  map: 'MAP(VARCHAR, VARCHAR)',
};

/** Both readers decode text by TextDecoder, which drops a leading BOM; that the file has it is what the predicates below prove. */
const withoutBom = (value: Value): Value => {
  if (typeof value === 'string') return value.replace(/^\uFEFF/, '');
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key.replace(/^\uFEFF/, ''), item.replace(/^\uFEFF/, '')]));
  return Array.isArray(value) ? (value as readonly string[]).map((item) => item.replace(/^\uFEFF/, '')) : value;
};

const expected = (rows: readonly Row[]): readonly Row[] => rows.map((row) => row.map(withoutBom));

/** hyparquet gives maps as objects or entry lists, timestamps as Dates. */
const fromHyparquet = (table: Pick<Table, 'columns'>, record: Readonly<Record<string, unknown>>): Row =>
  table.columns.map(({ name, type }): Value => {
    const value = record[name];
    if (value === null || value === undefined) return null;
    if (value instanceof Date) return value.getTime();
    if (type === 'map') return new Map(Array.isArray(value) ? (value as { key: string; value: string }[]).map((entry) => [entry.key, entry.value]) : Object.entries(value as Record<string, string>));
    return value as Value;
  });

const readByHyparquet = async (path: string, table: Pick<Table, 'columns'> = everyTable): Promise<readonly Row[]> =>
  (await parquetReadObjects({ file: await asyncBufferFromFile(path), compressors })).map((record) => fromHyparquet(table, record));

/** DuckDB's list of a column's type, in the table's order. */
const described = async (path: string): Promise<readonly Value[]> => (await askDuckdb(`SELECT column_type FROM (DESCRIBE SELECT * FROM '${path}')`)).map(([type]) => type!);

let folder = '';
beforeAll(async () => {
  folder = await temporaryFolder();
});

describe.each(ENGINES)('Parquet by $engine, $compression', ({ engine, compression }) => {
  const parquet = { engine, compression };

  it('gives back every hostile value, in DuckDB and in hyparquet', async () => {
    const { path, rows } = await writeRowFile(folder, everyTable, [batchOf(everyTable, hostileRows.slice(0, 20)), batchOf(everyTable, hostileRows.slice(20))], { parquet });
    expect(rows).toBe(hostileRows.length);
    expect(await described(path)).toEqual(everyTable.columns.map(({ type }) => TYPES[type]));
    expect(await askDuckdb(`SELECT * FROM '${path}'`)).toEqual(expected(hostileRows));
    const byHyparquet = await readByHyparquet(path);
    // hyparquet makes an object of a map, which has no place for a key named __proto__: compare what an object can hold.
    const objectlike = (row: Row): Row => row.map((value) => (value instanceof Map ? new Map(Object.entries(Object.fromEntries([...value].filter(([key]) => key !== '__proto__')))) : value));
    expect(byHyparquet.map(objectlike)).toEqual(expected(hostileRows).map(objectlike));
  });

  it('writes a batch as one row group', async () => {
    const batches = [20, 1, 7].map((rows) => batchOf(everyTable, hostileRows.slice(0, rows)));
    const { path } = await writeRowFile(folder, everyTable, batches, { parquet });
    const metadata = await parquetMetadataAsync(await asyncBufferFromFile(path));
    expect(metadata.row_groups.map((group) => Number(group.num_rows))).toEqual([20, 1, 7]);
    expect(metadata.row_groups.every((group) => group.columns.every(({ meta_data }) => meta_data?.codec === { zstd: 'ZSTD', snappy: 'SNAPPY', gzip: 'GZIP', none: 'UNCOMPRESSED' }[compression]))).toBe(true);
  });

  it('writes the same bytes for the same batches, whatever was written before', async () => {
    const batches = [batchOf(everyTable, hostileRows.slice(0, 9)), batchOf(everyTable, hostileRows)];
    const first = await writeRowFile(folder, everyTable, batches, { parquet });
    await writeRowFile(folder, everyTable, batches.slice(1), { parquet });
    const again = await writeRowFile(await temporaryFolder(), everyTable, batches, { parquet });
    expect(await readFile(again.path)).toEqual(await readFile(first.path));
  });

  it('writes a file of no rows that readers take, with its columns', async () => {
    for (const batches of [[], [batchOf(everyTable, [])]]) {
      const { path, rows } = await writeRowFile(folder, everyTable, batches, { parquet });
      expect(rows).toBe(0);
      expect(await askDuckdb(`SELECT count(*) FROM '${path}'`)).toEqual([[0n]]);
      expect(await described(path)).toEqual(everyTable.columns.map(({ type }) => TYPES[type]));
      expect(await readByHyparquet(path)).toEqual([]);
    }
  });

  it('writes columns of nothing but NULL', async () => {
    const row: Row = ['a', null, 'b', null, null, null, null, null, null, null, 'c', null, [], new Map(), 0, true];
    const { path } = await writeRowFile(folder, everyTable, [batchOf(everyTable, Array<Row>(11).fill(row))], { parquet });
    expect(await askDuckdb(`SELECT * FROM '${path}'`)).toEqual(Array<Row>(11).fill(row));
  });
});

describe('Parquet statistics', () => {
  it.each([ENGINES[0]!, ENGINES[4]!])('has no statistics by which a reader would skip a row that is there ($engine)', async (parquet) => {
    const { path } = await writeRowFile(folder, everyTable, [batchOf(everyTable, hostileRows.slice(0, 17)), batchOf(everyTable, hostileRows.slice(17))], { parquet });
    for (const text of HOSTILE_TEXTS) {
      const inDuckdb = await askDuckdb(`SELECT count(*) FROM '${path}' WHERE text = $text AND repeated = $text`, { text });
      expect(inDuckdb, JSON.stringify(text)).toEqual([[1n]]);
      // It decodes by TextDecoder, which drops a leading BOM.
      if (text.startsWith('\uFEFF')) continue;
      const found = await parquetQuery({ file: await asyncBufferFromFile(path), compressors, filter: { text: { $eq: text } } });
      expect(found.length, JSON.stringify(text)).toBe(1);
    }
  });
});

describe('Parquet by arrow', () => {
  it('has bounds by which a reader finds every row that is there, by id, by name beyond ASCII, by instant, by number and by long text', async () => {
    const columns = everyTable.columns.filter(({ name }) => ['text', 'repeated', 'at_always', 'big', 'text_or_null'].includes(name));
    const table: Table = { ...everyTable, columns };
    const names = ['Ärger', 'straße', '日本語', '😀', 'Ω', 'zz', '', '\u{10FFFF}'];
    const prefix = 'ü'.repeat(40);
    const row = (i: number): Row => [`${String((i * 7919) % 2400).padStart(8, '0')}-id`, i % 9 === 0 ? null : `${prefix}${String(i)}`, names[Math.floor(i / 300)]!, BigInt(i - 1200) * 2n ** 40n, Date.UTC(2026, 0, 5) + i * 1000];
    const rows = Array.from({ length: 2400 }, (_, i) => row(i));
    const { path } = await writeRowFile(folder, table, [0, 800, 1600].map((from) => batchOf(table, rows.slice(from, from + 800))));
    for (const i of [0, 1, 299, 300, 799, 800, 1234, 1599, 1600, 2399]) {
      const [id, long, name, big, at] = rows[i]!;
      const filters = { text: { $eq: id }, repeated: { $eq: name }, at_always: { $eq: new Date(Number(at)) }, big: { $eq: big }, ...(long === null ? {} : { text_or_null: { $eq: long } }) };
      for (const [column, filter] of Object.entries(filters)) {
        const wanted = rows.filter((one) => one[columns.findIndex((declared) => declared.name === column)] === (column === 'at_always' ? at : filter.$eq)).length;
        const found = await parquetQuery({ file: await asyncBufferFromFile(path), compressors, filter: { [column]: filter } });
        expect(found.length, `${column} of row ${String(i)} in hyparquet`).toBe(wanted);
        const value = column === 'at_always' ? `make_timestamp(${String(Number(at) * 1000)})::TIMESTAMP AT TIME ZONE 'UTC'` : column === 'big' ? `${String(big)}::BIGINT` : `'${String(filter.$eq)}'`;
        expect(await askDuckdb(`SELECT count(*) FROM '${path}' WHERE ${column} = ${value}`), `${column} of row ${String(i)} in DuckDB`).toEqual([[BigInt(wanted)]]);
      }
    }
    const hour = await askDuckdb(`SELECT count(*) FROM '${path}' WHERE at_always >= TIMESTAMPTZ '2026-01-05 00:10:00+00' AND at_always < TIMESTAMPTZ '2026-01-05 00:20:00+00'`);
    expect(hour).toEqual([[600n]]);
  });

  it('keeps all of int64', async () => {
    const table = { ...everyTable, columns: [{ name: 'big', type: 'int64', nullable: true, doc: '' }] } as const;
    const values = [2n ** 63n - 1n, -(2n ** 63n), 9_007_199_254_740_993n, null, 0n, -1n];
    const { path } = await writeRowFile(folder, table, [batchOf(table, values.map((value) => [value]))]);
    expect(await askDuckdb(`SELECT big FROM '${path}'`)).toEqual(values.map((value) => [value]));
    expect(await readByHyparquet(path, table)).toEqual(values.map((value) => [value]));
  });

  it('gives back any rows, however they are cut into batches', async () => {
    const table = { ...everyTable, columns: EVERY_COLUMN };
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(anyRow, { maxLength: 12 }), { maxLength: 4 }), async (groups) => {
        const { path } = await writeRowFile(folder, table, groups.map((rows) => batchOf(table, rows)));
        expect(await askDuckdb(`SELECT * FROM '${path}'`)).toEqual(expected(groups.flat().map(asRead)));
      }),
      { numRuns: 25 },
    );
  });

  it('has statistics and page indexes that name the right places and bounds', async () => {
    const rows = Array.from({ length: 3000 }, (_, i): Row => [`v${String(i).padStart(6, '0')}`, null, 'x', null, i, BigInt(i), i, true, null, null, 'x', null, [], new Map(), i, false]);
    const { path } = await writeRowFile(folder, everyTable, [rows.slice(0, 1000), rows.slice(1000, 2000), rows.slice(2000)].map((part) => batchOf(everyTable, part)));
    const metadata = await parquetMetadataAsync(await asyncBufferFromFile(path));
    const column = metadata.row_groups.map((group) => group.columns[0]!);
    expect(column.map(({ meta_data }) => [meta_data?.statistics?.min_value, meta_data?.statistics?.max_value])).toEqual([['v000000', 'v000999'], ['v001000', 'v001999'], ['v002000', 'v002999']]);
    const pages = await parquetQuery({ file: await asyncBufferFromFile(path), compressors, filter: { text: { $gte: 'v001500', $lt: 'v001503' } }, useOffsetIndex: true });
    expect(pages.map((record) => record.text)).toEqual(['v001500', 'v001501', 'v001502']);
    const offsets = column.map((chunk) => Number(chunk.offset_index_offset));
    expect(offsets.every((at, i) => i === 0 || at > offsets[i - 1]!)).toBe(true);
  });

  it('says nothing of itself that would make Arrow readers give dictionaries', async () => {
    const { path } = await writeRowFile(folder, everyTable, [batchOf(everyTable, hostileRows)]);
    expect((await parquetMetadataAsync(await asyncBufferFromFile(path))).key_value_metadata ?? []).toEqual([]);
  });
});

describe('Parquet by parquetjs-lite', () => {
  const parquet = { engine: 'parquetjs-lite', compression: 'snappy' } as const;

  it.each([2n ** 53n, -(2n ** 53n), 2n ** 63n - 1n])('refuses %s, which it would round, and leaves nothing behind', async (big) => {
    const table = { ...everyTable, columns: [{ name: 'big', type: 'int64', nullable: false, doc: '' }] } as const;
    const own = await temporaryFolder();
    const writing = writeRowFile(own, table, [batchOf(table, [[1n]]), batchOf(table, [[big]])], { parquet });
    await expect(writing).rejects.toThrow(SinkError);
    await expect(writing).rejects.toThrow(/conversations.*column big/);
    await expect(writing).rejects.not.toThrow(String(big));
    expect(await readdir(own)).toEqual([]);
  });

  it('refuses NULL in a required column', async () => {
    const nullable = { ...everyTable, columns: [{ name: 'value', type: 'string', nullable: true, doc: '' }] } as const;
    const required = { ...nullable, columns: [{ ...nullable.columns[0], nullable: false }] } as const;
    const own = await temporaryFolder();
    await expect(writeRowFile(own, required, [batchOf(nullable, [['a'], [null]])], { parquet })).rejects.toThrow(/column value/);
    expect(await readdir(own)).toEqual([]);
  });

  it('refuses a codec that it does not know, before it makes a file', async () => {
    const own = await temporaryFolder();
    await expect(writeRowFile(own, everyTable, [], { parquet: { engine: 'parquetjs-lite', compression: 'zstd' } })).rejects.toThrow(SinkError);
    expect(await readdir(own)).toEqual([]);
  });

  it('writes what takes several pages', async () => {
    const table: Table = { ...everyTable, columns: everyTable.columns.filter(({ name }) => ['text', 'items', 'big'].includes(name)) };
    const rows = Array.from({ length: 9000 }, (_, i): Row => [`v${String(i)}`, BigInt(-i), i % 3 === 0 ? null : Array.from({ length: i % 4 }, (_unused, k) => String(k))]);
    const { path } = await writeRowFile(folder, table, [batchOf(table, rows)], { parquet });
    expect(await askDuckdb(`SELECT * FROM '${path}'`)).toEqual(rows);
    expect(await readByHyparquet(path, table)).toEqual(rows);
  });

  it('writes neither statistics nor page indexes: its own are wrong', async () => {
    const { path } = await writeRowFile(folder, everyTable, [batchOf(everyTable, hostileRows)], { parquet });
    const metadata = await parquetMetadataAsync(await asyncBufferFromFile(path));
    for (const { meta_data, offset_index_offset, column_index_offset } of metadata.row_groups.flatMap((group) => group.columns)) {
      expect(meta_data?.statistics?.min_value).toBeUndefined();
      expect([offset_index_offset, column_index_offset]).toEqual([undefined, undefined]);
    }
  });
});
