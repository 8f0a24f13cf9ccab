import { DuckDBInstance } from '@duckdb/node-api';

let shared: Promise<DuckDBInstance> | undefined;

/** Runs SQL in DuckDB; rows as objects, 64-bit integers as text. */
export const duck = async (sql: string): Promise<Record<string, unknown>[]> => {
  shared ??= DuckDBInstance.create(':memory:');
  const connection = await (await shared).connect();
  try {
    const reader = await connection.runAndReadAll(sql);
    return reader.getRowObjectsJson();
  } finally {
    connection.closeSync();
  }
};
