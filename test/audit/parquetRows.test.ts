import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readParquetRows } from '../../src/audit/parquetRows.js';
import { Unreadable } from '../../src/audit/unreadable.js';
import type { Column, Row, Table } from '../../src/model/table.js';
import { diskFiles } from '../support/diskFiles.js';
import { parquetBytes } from '../support/parquetBytes.js';

const column = (name: string, type: Column['type'], nullable = false): Column => ({ name, type, nullable, doc: '' });
const tableOf = (columns: readonly Column[], key: readonly string[]): Table => ({ name: 'participants', doc: '', key, columns, needsAttributes: false, parts: {}, rows: () => [] });

const EVENTS = tableOf([column('id', 'string'), column('n', 'int32'), column('conversation_start', 'timestamp', true)], ['id', 'n']);

describe('readParquetRows', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gcx-parquet-rows-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const read = async (path: string, table: Table): Promise<{ keys: (string | undefined)[]; starts: number[]; batches: number; defects: string[] }> => {
    const found = { keys: [] as (string | undefined)[], starts: [] as number[], batches: 0, defects: [] as string[] };
    const file = await diskFiles.open(path, 'read');
    try {
      const request = { file, size: (await stat(path)).size, table, report: (_: string, what: string) => found.defects.push(what) };
      for await (const batch of readParquetRows(request)) {
        found.batches++;
        for (let row = 0; row < batch.rowCount; row++) {
          found.keys.push(batch.key(row));
          found.starts.push(batch.startMs(row));
        }
      }
    } finally {
      await file.close();
    }
    return found;
  };

  const write = async (name: string, bytes: Uint8Array): Promise<string> => {
    await writeFile(join(folder, name), bytes);
    return join(folder, name);
  };

  it('gives keys and starts, a row group at a time', async () => {
    const rows: Row[] = Array.from({ length: 25 }, (_, i) => [`\ufeffc${String(i)}`, i, i === 3 ? null : 1000 + i]);
    const found = await read(await write('groups.parquet', parquetBytes(EVENTS.columns, rows, 10)), EVENTS);
    expect(found.batches).toBe(3);
    expect(found.defects).toEqual([]);
    expect(found.keys).toEqual(rows.map((row) => `${String(String(row[0]).length)}:${String(row[0])}${String(String(row[1]).length)}:${String(row[1])}`));
    expect(found.starts).toEqual(rows.map((row) => row[2] ?? Number.NaN));
  });

  it('reads lists and maps that another writer made', async () => {
    const path = join(folder, 'nested.parquet');
    const connection = await (await DuckDBInstance.create()).connect();
    await connection.run(`COPY (SELECT 'a' AS id, ['x', NULL] AS media, MAP {'k': 'v', '__proto__': 'p'} AS attributes UNION ALL SELECT 'b', [], MAP {}) TO '${path}' (FORMAT parquet)`);
    connection.closeSync();
    const nested = tableOf([column('id', 'string'), column('media', 'list'), column('attributes', 'map')], ['id']);
    expect(await read(path, nested)).toMatchObject({ keys: ['1:a', '1:b'], defects: [] });
  });

  it('finds a timestamp that is not UTC milliseconds', async () => {
    const path = join(folder, 'micros.parquet');
    const connection = await (await DuckDBInstance.create()).connect();
    await connection.run(`COPY (SELECT 'a' AS id, 1::INTEGER AS n, TIMESTAMP '2026-01-05 00:00:00' AS conversation_start) TO '${path}' (FORMAT parquet)`);
    connection.closeSync();
    expect((await read(path, EVENTS)).defects).toEqual(['column conversation_start is not of type timestamp']);
  });

  it('calls a file that is cut anywhere unreadable, never empty', async () => {
    const whole = parquetBytes(EVENTS.columns, [['a', 1, null]]);
    for (let length = 0; length < whole.length; length += 41) {
      await expect(read(await write('cut.parquet', whole.subarray(0, length)), EVENTS), `length ${String(length)}`).rejects.toThrow(Unreadable);
    }
  });
});
