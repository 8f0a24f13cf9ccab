import { DuckDBInstance, DuckDBListValue, DuckDBMapValue, DuckDBTimestampTZValue, type DuckDBValue } from '@duckdb/node-api';
import type { Value } from '../../src/model/table.js';

let instance: Promise<DuckDBInstance> | undefined;

const plain = (value: DuckDBValue): Value => {
  if (value instanceof DuckDBTimestampTZValue) return Number(value.micros / 1000n);
  if (value instanceof DuckDBListValue) return value.items.map((item) => plain(item) as string);
  if (value instanceof DuckDBMapValue) return new Map(value.entries.map((entry) => [plain(entry.key) as string, plain(entry.value) as string]));
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return value;
  throw new Error('a type that no column has');
};

/** Rows of a query, as our own values: timestamps are epoch milliseconds, BIGINT a bigint. `$name` parameters are bound. */
export const askDuckdb = async (sql: string, parameters: Readonly<Record<string, DuckDBValue>> = {}): Promise<readonly (readonly Value[])[]> => {
  instance ??= DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await (await instance).connect();
  try {
    await connection.run("SET TimeZone = 'UTC'");
    const result = await connection.runAndReadAll(sql, { ...parameters });
    return result.getRows().map((row) => row.map(plain));
  } finally {
    connection.closeSync();
  }
};
