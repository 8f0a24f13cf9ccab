import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { z } from 'zod';
import { median } from './exactUsage.js';

/** A question that analysts put to the files. */
interface Question {
  readonly what: string;
  readonly sql: string;
}

/** What a question cost. */
export interface QueryCost {
  readonly what: string;
  readonly sql: string;
  readonly ms: number;
  /** Rows that scans gave on, after their own filters. */
  readonly rowsGiven: number;
  /** Bytes read from files, by the kernel's own account. */
  readonly bytesRead: number;
  /** Bytes of all files of the tables asked. */
  readonly bytesOnDisk: number;
  readonly answerRows: number;
}

interface Node {
  readonly operator_type?: string | undefined;
  readonly operator_cardinality?: number | undefined;
  readonly children?: readonly Node[] | undefined;
}
const ProfileNode: z.ZodType<Node> = z.lazy(() =>
  z.looseObject({
    operator_type: z.string().optional(),
    operator_cardinality: z.number().optional(),
    children: z.array(ProfileNode).optional(),
  }),
);
const Profile = z.looseObject({ children: z.array(ProfileNode) });

const METRICS = JSON.stringify({ OPERATOR_TYPE: 'true', OPERATOR_CARDINALITY: 'true' });

/** Bytes that this process has read so far, page cache or not. Why not DuckDB's own count: it leaves column data out. */
const bytesReadSoFar = (): number => Number(/rchar: (\d+)/.exec(readFileSync('/proc/self/io', 'utf8'))?.[1]);

const scansOf = (nodes: readonly Node[]): readonly Node[] => nodes.flatMap((node) => [...(node.operator_type === 'TABLE_SCAN' ? [node] : []), ...scansOf(node.children ?? [])]);

/** Five typical questions over a month: a lookup, a day, a pivot, a join and a search. */
const questionsFor = async (connection: DuckDBConnection): Promise<readonly Question[]> => {
  const probe = await connection.runAndReadAll("SELECT conversation_id, dt::VARCHAR FROM conversations WHERE dt = (SELECT min(dt) + INTERVAL 12 DAY FROM conversations) ORDER BY conversation_start LIMIT 1 OFFSET 700");
  const [id = '', dt = ''] = (probe.getRows()[0] ?? []) as string[];
  return [
    { what: 'all attributes of one conversation, its day not known', sql: `SELECT name, value FROM participant_attributes WHERE conversation_id = '${id}'` },
    { what: 'conversations an hour of one day', sql: `SELECT date_trunc('hour', conversation_start) AS h, count(*) FROM conversations WHERE dt = '${dt}' GROUP BY 1 ORDER BY 1` },
    { what: 'how often each attribute is set, a month', sql: 'SELECT name, count(*), count(DISTINCT value) FROM participant_attributes GROUP BY 1 ORDER BY 2 DESC' },
    {
      what: 'duration by a chosen attribute, a week, joined',
      sql: `SELECT a.value, count(*), avg(c.duration_ms) FROM participant_attributes a JOIN conversations c USING (conversation_id, dt) WHERE a.name = 'CallReason' AND dt BETWEEN '${dt}'::DATE AND '${dt}'::DATE + 6 GROUP BY 1 ORDER BY 2 DESC`,
    },
    {
      what: 'two hours by timestamp, the folder not named',
      sql: `SELECT count(*), count(DISTINCT conversation_id) FROM participant_attributes WHERE conversation_start >= TIMESTAMPTZ '${dt} 10:00:00+00' AND conversation_start < TIMESTAMPTZ '${dt} 12:00:00+00'`,
    },
  ];
};

/** How many rows the scans of a question give on. */
const rowsGivenBy = async (connection: DuckDBConnection, sql: string, profilePath: string): Promise<number> => {
  await connection.run("PRAGMA enable_profiling = 'json'");
  await connection.run(`PRAGMA profiling_output = '${profilePath}'`);
  await connection.run(`PRAGMA custom_profiling_settings = '${METRICS}'`);
  await connection.run(sql);
  const { children } = Profile.parse(JSON.parse(readFileSync(profilePath, 'utf8')));
  await connection.run('PRAGMA disable_profiling');
  return scansOf(children).reduce((sum, scan) => sum + (scan.operator_cardinality ?? 0), 0);
};

const ask = async (connection: DuckDBConnection, { what, sql }: Question, profilePath: string, runs: number): Promise<Omit<QueryCost, 'bytesOnDisk'>> => {
  const costs: { readonly ms: number; readonly bytesRead: number; readonly answerRows: number }[] = [];
  for (let run = 0; run < runs; run++) {
    const before = bytesReadSoFar();
    const startedMs = performance.now();
    const reader = await connection.runAndReadAll(sql);
    costs.push({ ms: performance.now() - startedMs, bytesRead: bytesReadSoFar() - before, answerRows: reader.currentRowCount });
  }
  return {
    what,
    sql,
    ms: median(costs.map((cost) => cost.ms)),
    bytesRead: median(costs.map((cost) => cost.bytesRead)),
    answerRows: costs[0]!.answerRows,
    rowsGiven: await rowsGivenBy(connection, sql, profilePath),
  };
};

/** Puts the questions to the files of an export. `published`: the folder with one folder a table. */
export const runQueries = async (published: string, folder: string, tableBytes: Readonly<Record<string, number>>, runs: number): Promise<readonly QueryCost[]> => {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const profilePath = join(folder, 'profile.json');
  try {
    for (const table of ['participant_attributes', 'conversations']) {
      await connection.run(`CREATE VIEW ${table} AS SELECT * FROM read_parquet('${published}/${table}/*/*.parquet', hive_partitioning = true)`);
    }
    const questions = await questionsFor(connection);
    await connection.run("SET TimeZone = 'UTC'");
    await connection.run('SET enable_external_file_cache = false');
    const costs: QueryCost[] = [];
    for (const question of questions) {
      const tables = Object.keys(tableBytes).filter((table) => question.sql.includes(table));
      costs.push({ ...(await ask(connection, question, profilePath, runs)), bytesOnDisk: tables.reduce((sum, table) => sum + tableBytes[table]!, 0) });
    }
    return costs;
  } finally {
    connection.closeSync();
  }
};
