import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { formatInstant } from '../../../src/model/instant.js';
import type { Column, Row, Table, Value } from '../../../src/model/table.js';
import { CsvKernel, withCsvKernel } from '../../../src/sink/csv/csvKernel.js';
import { anyRow, EVERY_COLUMN } from '../../support/anyRows.js';
import { askDuckdb } from '../../support/duckdb.js';
import { everyTable, hostileRows } from '../../support/hostileRows.js';
import { batchOf, writeRowFile } from '../../support/sinkFile.js';
import { temporaryFolder } from '../../support/temporaryFolder.js';

let folder = '';
beforeAll(async () => {
  folder = await temporaryFolder();
});

const write = async (table: Table, rows: readonly Row[], options: { escapeFormulas?: boolean } = {}): Promise<string> =>
  (await writeRowFile(folder, table, [batchOf(table, rows)], { format: 'csv', ...options })).path;

const written = async (table: Table, rows: readonly Row[], options: { escapeFormulas?: boolean } = {}): Promise<string> => readFile(await write(table, rows, options), 'utf8');

const tableOf = (...columns: readonly Partial<Column>[]): Table => ({
  ...everyTable,
  columns: columns.map((column, i) => ({ name: `c${String(i)}`, type: 'string', nullable: true, doc: '', ...column })),
});

/** What a reader of text sees. */
const asText = (value: Value, { type }: Column): string | null => {
  if (value === null) return null;
  if (type === 'timestamp') return formatInstant(Number(value));
  if (value instanceof Map) return `{${[...value].map(([key, item]) => `${JSON.stringify(key)}:${JSON.stringify(item)}`).join(',')}}`;
  return Array.isArray(value) ? JSON.stringify(value) : String(value);
};

/** Reads RFC 4180 text; NULL is a field without quotes and without characters. Written for this test alone. */
const parseCsv = (text: string): (string | null)[][] => {
  const records: (string | null)[][] = [];
  for (let at = 0; at < text.length; ) {
    const record: (string | null)[] = [];
    for (let isLast = false; !isLast; at++) {
      let value: string | null = '';
      if (text[at] === '"') {
        for (at++; text[at] !== '"' || text[at + 1] === '"'; at++) {
          if (at >= text.length) throw new Error('a quote is not closed');
          if (text[at] === '"') at++;
          value += text[at]!;
        }
        at++;
      } else {
        const end = /[,\n]/g;
        end.lastIndex = at;
        const stop = end.exec(text)?.index ?? text.length;
        value = stop === at ? null : text.slice(at, stop);
        if (/["\r]/.test(value ?? '')) throw new Error('a value that holds a quote or CR has no quotes');
        at = stop;
      }
      if (text[at] !== ',' && text[at] !== '\n') throw new Error('a field has no end');
      record.push(value);
      isLast = text[at] === '\n';
    }
    records.push(record);
  }
  return records;
};

describe('a CSV file', () => {
  it('has a header, `\\n` line ends, and tells NULL from the empty string', async () => {
    const table = tableOf({ name: 'a' }, { name: 'b', repeats: 'anywhere' }, { name: 'c', type: 'boolean' });
    expect(await written(table, [['x', '', true], ['', null, false], [null, 'y', null]])).toBe('a,b,c\nx,"",true\n"",,false\n,y,\n');
  });

  it('quotes what holds a quote, a comma or either line end, and nothing else', async () => {
    const values = ['a"b', 'a,b', 'a\nb', 'a\rb', ' a ', "'", 'é', '\u0000', '=1'];
    expect(await written(tableOf({}, {}), values.map((value) => [value, 'z']))).toBe(`c0,c1\n"a""b",z\n"a,b",z\n"a\nb",z\n"a\rb",z\n a ,z\n',z\né,z\n\u0000,z\n=1,z\n`);
  });

  it('writes instants to the millisecond, integers in full, lists and maps as JSON in their order', async () => {
    const table = tableOf({ type: 'timestamp' }, { type: 'int64' }, { type: 'list' }, { type: 'map' });
    const rows: Row[] = [
      [Date.UTC(2026, 0, 5, 13, 45, 0, 7), 2n ** 63n - 1n, ['b', 'a"'], new Map([['9', 'x'], ['__proto__', 'p'], ['1', 'y']])],
      [-1, -(2n ** 63n), [], new Map()],
      [null, null, null, null],
    ];
    expect(parseCsv(await written(table, rows)).slice(1)).toEqual([
      ['2026-01-05T13:45:00.007Z', '9223372036854775807', '["b","a\\""]', '{"9":"x","__proto__":"p","1":"y"}'],
      ['1969-12-31T23:59:59.999Z', '-9223372036854775808', '[]', '{}'],
      [null, null, null, null],
    ]);
  });

  it('has no byte order mark of its own', async () => {
    expect((await readFile(await write(tableOf({}, {}), [['x', 'y']]))).subarray(0, 2).toString()).toBe('c0');
  });

  it('of no rows has its header', async () => {
    const { path, rows } = await writeRowFile(folder, everyTable, [], { format: 'csv' });
    expect(rows).toBe(0);
    expect(await readFile(path, 'utf8')).toBe(`${everyTable.columns.map(({ name }) => name).join(',')}\n`);
  });

  it('gives back any rows', async () => {
    const table = { ...everyTable, columns: EVERY_COLUMN };
    await fc.assert(
      fc.asyncProperty(fc.array(anyRow, { maxLength: 8 }), async (rows) => {
        expect(parseCsv(await written(table, rows)).slice(1)).toEqual(rows.map((row) => row.map((value, i) => asText(value, EVERY_COLUMN[i]!))));
      }),
      { numRuns: 100 },
    );
  });

  it('is read by DuckDB, hostile values and all, NULL apart from the empty string', async () => {
    // A NUL, and a first field that begins with a BOM, are DuckDB's own limits (ENGINES): the parser above covers them.
    const rows = hostileRows.filter(([text]) => !String(text).includes('\u0000') && !String(text).startsWith('\uFEFF'));
    const path = await write(everyTable, rows);
    const options = "header = true, all_varchar = true, nullstr = '', allow_quoted_nulls = false, quote = '\"', escape = '\"', delim = ',', new_line = '\\n', strict_mode = true, auto_detect = false";
    const columns = everyTable.columns.map(({ name }) => `'${name}': 'VARCHAR'`).join(', ');
    const read = await askDuckdb(`SELECT * FROM read_csv('${path}', ${options}, columns = {${columns}})`);
    expect(read).toEqual(rows.map((row) => row.map((value, i) => asText(value, everyTable.columns[i]!))));
  });

  it('writes the same bytes for the same rows, however they are cut into batches', async () => {
    const whole = await writeRowFile(folder, everyTable, [batchOf(everyTable, hostileRows)], { format: 'csv' });
    const cut = await writeRowFile(folder, everyTable, [batchOf(everyTable, hostileRows.slice(0, 5)), batchOf(everyTable, []), batchOf(everyTable, hostileRows.slice(5))], { format: 'csv' });
    expect(cut.sha256).toBe(whole.sha256);
  });

  it('puts an apostrophe before what a spreadsheet would compute, only when asked', async () => {
    const texts = ['=1', '+49', '-2', '@x', '\tx', '\rx', '\u0000x', '-a,"b"', 'a=1', '', "'", "'=1", "''", "it's"];
    const table = tableOf({}, { repeats: 'anywhere' }, { type: 'int64' }, { type: 'list' });
    const rows = texts.map((text): Row => [text, text, -5n, ['=1']]);
    // One to one: what is escaped can be told from what began with an apostrophe.
    const escaped = texts.map((text) => (/^[=+\-@\t\r\u0000']/.test(text) ? `'${text}` : text));
    expect(parseCsv(await written(table, rows, { escapeFormulas: true })).slice(1)).toEqual(escaped.map((text) => [text, text, '-5', '["=1"]']));
    expect(new Set(escaped).size).toBe(texts.length);
    expect(parseCsv(await written(table, rows)).slice(1)).toEqual(texts.map((text) => [text, text, '-5', '["=1"]']));
  });

  it('is right wherever sixteen bytes meet', async () => {
    const texts = Array.from({ length: 0x80 }, (_, code) => String.fromCharCode(code));
    for (let length = 1; length <= 34; length++) {
      const plain = 'é'.repeat(length >> 1) + 'a'.repeat(length & 1);
      texts.push(plain);
      for (let at = 0; at <= plain.length; at++) for (const special of ['"', ',', '\n', '\r', '\\', '\u0000', '\b', '\t', '\f', '\u001f', '\u007f', '""']) texts.push(plain.slice(0, at) + special + plain.slice(at));
    }
    const rows = texts.map((text): Row => [text, text, [text], new Map([[text, text]])]);
    const columns: Partial<Column>[] = [{}, { repeats: 'anywhere' }, { type: 'list' }, { type: 'map' }];
    const found = parseCsv(await written(tableOf(...columns), rows)).slice(1);
    expect(found).toEqual(rows.map((row) => row.map((value, i) => asText(value, tableOf(...columns).columns[i]!))));
  });

  it('writes every instant and every integer as the language does', async () => {
    const [farthest, day] = [8.64e15, 86_400_000];
    const ends = [0, 1, -1, day, -day, day - 1, -day - 1, farthest, -farthest, Date.UTC(9999, 11, 31, 23, 59, 59, 999), Date.UTC(10_000, 0, 1), Date.parse('0000-01-01T00:00:00Z'), Date.parse('0000-01-01T00:00:00Z') - 1];
    const years = Array.from({ length: 2400 }, (_, i) => i).flatMap((year) => [`-02-28`, '-03-01', '-12-31'].map((rest) => Date.parse(`${String(year).padStart(4, '0')}${rest}T23:59:59.999Z`)));
    const leapDays = [0, 400, 1600, 2000, 2024].map((year) => Date.parse(`${String(year).padStart(4, '0')}-02-29T00:00:00Z`));
    const days = Array.from({ length: 800 }, (_, i) => Date.UTC(2023, 11, 30) + i * (day + 61_001));
    const instants = [...ends, ...years, ...leapDays, ...days, ...fc.sample(fc.integer({ min: -farthest, max: farthest }), 2000)];
    const integers = [...Array.from({ length: 19 }, (_, i) => 10n ** BigInt(i)).flatMap((power) => [power, power - 1n, -power, 1n - power]), ...fc.sample(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), 500)];
    const rows = instants.map((ms, i): Row => [ms, integers[i % integers.length]!, (ms % 2 ** 31) | 0]);
    const text = await written(tableOf({ type: 'timestamp' }, { type: 'int64' }, { type: 'int32' }), rows);
    expect(text.split('\n').slice(1, -1)).toEqual(rows.map(([ms, big, small]) => `${formatInstant(Number(ms))},${String(big)},${String(small)}`));
  });

  it('is right beside another that the same thread writes', async () => {
    const files = [tableOf({}, {}), tableOf({ type: 'list' }, { type: 'int32' })];
    const rows = [Array.from({ length: 30_000 }, (_, i): Row => [`${'x'.repeat(100)}${String(i)}`, '"']), Array.from({ length: 30_000 }, (_, i): Row => [['y'.repeat(90), String(i)], i])];
    const texts = await Promise.all(files.map((table, n) => written(table, rows[n]!)));
    texts.forEach((text, n) => {
      expect(parseCsv(text).slice(1)).toEqual(rows[n]!.map((row) => row.map((value, i) => asText(value, files[n]!.columns[i]!))));
    });
  });

  it('keeps rows whole where JSON outgrows it, and lets that memory go', async () => {
    const item = '\u0001'.repeat(1_500_000);
    expect(parseCsv(await written(tableOf({ type: 'list' }, {}), [[['x'], 'a'], [[item, item], 'b'], [[], 'c']])).slice(1)).toEqual([['["x"]', 'a'], [JSON.stringify([item, item]), 'b'], ['[]', 'c']]);
    expect(parseCsv(await written(tableOf({ type: 'map' }), [[new Map([[item, item]])], [new Map([['k', 'v']])]])).slice(1)).toEqual([[JSON.stringify({ [item]: item })], ['{"k":"v"}']]);
    await withCsvKernel((kernel) => {
      expect(kernel.size).toBeLessThanOrEqual(32 * 1024 * 1024);
      return Promise.resolve();
    });
  });

  it('keeps rows whole where text outgrows the memory it is gathered in', async () => {
    const rows = Array.from({ length: 40 }, (_, i): Row => [`${'ü"'.repeat(40_000)}${String(i)}`, null]);
    rows.push(['"'.repeat(1_500_000), 'x']);
    expect(parseCsv(await written(tableOf({}, {}), rows)).slice(1)).toEqual(rows);
  });

  it('gives out a megabyte at most, also after a row that is larger', () => {
    const { columns } = tableOf({ type: 'list' });
    const rows = [['x'.repeat(2_000_000)], ...Array.from({ length: 3000 }, () => ['y'.repeat(1000)])].map((items): Row => [items]);
    const lengths = Array.from(new CsvKernel().records(columns, batchOf({ columns }, rows), false), ({ length }) => length);
    expect(lengths[0]).toBe(2_000_009);
    expect(Math.max(...lengths.slice(1))).toBeLessThanOrEqual(1024 * 1024 + 64);
  });

  it('keeps to its memory where text ends with it', () => {
    const { columns } = tableOf({ type: 'int64' });
    const batch = batchOf({ columns }, Array.from({ length: 80_000 }, (): Row => [-(2n ** 63n)]));
    const sizeWith = (rowCount: number): number => {
      const kernel = new CsvKernel();
      const data = batch.columns[0]!;
      if (data.kind !== 'int64') throw new Error('int64 expected');
      let bytes = 0;
      for (const piece of kernel.records(columns, { rowCount, columns: [{ ...data, values: data.values.subarray(0, rowCount) }] }, false)) bytes += piece.length;
      expect(bytes).toBe(21 * rowCount);
      return kernel.size;
    };
    // The most rows that leave the memory as it is: then the margin ends with it.
    let [low, high] = [60_000, 60_000 + 8192];
    const size = sizeWith(low);
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (sizeWith(middle) === size) low = middle;
      else high = middle;
    }
  });

  it('keeps rows whole however many columns they have', async () => {
    const { columns } = tableOf(...Array.from({ length: 20_000 }, (): Partial<Column> => ({ type: 'int64' })));
    const rows = Array.from({ length: 3 }, (_, n): Row => columns.map((_column, i) => 10n ** 18n + BigInt(n * 100_000 + i)));
    // A kernel of its own has no memory to spare.
    const pieces = Array.from(new CsvKernel().records(columns, batchOf({ columns }, rows), false), (piece) => Buffer.from(piece).toString());
    expect(pieces).toEqual([rows.slice(0, 2), rows.slice(2)].map((some) => some.map((row) => `${row.map(String).join(',')}\n`).join('')));
  });
});
