import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { duck } from '../support/duck.js';
import { digestOf, filesBelow, publishedTree, readManifests, type ReadManifest } from './jobFolder.js';
import type { DayTruth } from './truth.js';

/** What a finished export is held against. */
export interface Expectation {
  readonly days: readonly DayTruth[];
  readonly formats: readonly ('parquet' | 'csv')[];
  /** Whether the protocol carries participant attributes. */
  readonly attributes: boolean;
  /** The published files of an unbroken run, by path. */
  readonly reference: ReadonlyMap<string, string> | undefined;
}

const listed = (items: readonly string[], most = 3): string => `${items.slice(0, most).join(', ')}${items.length > most ? `, … (${String(items.length)})` : ''}`;

const compare = (what: string, actual: readonly string[], expected: readonly string[]): string[] => {
  const [has, wants] = [new Set(actual), new Set(expected)];
  const missing = expected.filter((item) => !has.has(item));
  const surplus = actual.filter((item) => !wants.has(item));
  return [
    ...(missing.length > 0 ? [`${what}: missing ${listed(missing)}`] : []),
    ...(surplus.length > 0 ? [`${what}: not in the truth ${listed(surplus)}`] : []),
    ...(missing.length === 0 && surplus.length === 0 && actual.length !== expected.length ? [`${what}: ${String(actual.length)} rows, ${String(expected.length)} are true`] : []),
  ];
};

const headerOf = async (path: string): Promise<string[]> => {
  const file = await open(path);
  try {
    for await (const line of file.readLines()) return line.split(',');
    return [];
  } finally {
    await file.close();
  }
};

/** A file as DuckDB reads it. CSV: every column as text, by the names of its header. */
const relationOf = async (path: string): Promise<string> => {
  if (path.endsWith('.parquet')) return `read_parquet('${path}')`;
  const columns = await headerOf(path);
  const types = columns.map((name) => `'${name}': 'VARCHAR'`).join(', ');
  const texts = columns.filter((name) => name === 'name' || name === 'value');
  const notNull = texts.length === 0 ? '' : `, force_not_null = [${texts.map((name) => `'${name}'`).join(', ')}]`;
  return `read_csv('${path}', header = true, auto_detect = false, delim = ',', quote = '"', escape = '"', strict_mode = true, columns = {${types}}${notNull})`;
};

const column = async (sql: string): Promise<string[]> => (await duck(sql)).map((row) => String(Object.values(row)[0]));

const unionOf = async (paths: readonly string[]): Promise<string> => (await Promise.all(paths.map(async (path) => `SELECT * FROM ${await relationOf(path)}`))).join(' UNION ALL ');

const checkDay = async (folder: string, { files }: ReadManifest, truth: DayTruth, { formats, attributes }: Expectation): Promise<string[]> => {
  const problems: string[] = [];
  for (const format of formats) {
    const pathsOf = (table: string): string[] => files.filter((file) => file.format === format && file.table === table).map((file) => join(folder, file.publishedAs));
    const what = `${format} ${truth.day}`;
    const ids = await column(`SELECT conversation_id FROM (${await unionOf(pathsOf('conversations'))})`);
    problems.push(...compare(`${what} conversations`, ids, truth.conversations));
    const attributeFiles = pathsOf('participant_attributes');
    const rows = attributeFiles.length === 0 ? [] : await column(`SELECT concat_ws(' ', conversation_id, participant_id, hex(name), hex(value)) FROM (${await unionOf(attributeFiles)})`);
    problems.push(...compare(`${what} attributes`, rows, attributes ? truth.attributes : []));
  }
  return problems;
};

/** Each file of each version is there with its size and hash; rows are as counted. */
const checkFiles = async (folder: string, chains: Iterable<readonly ReadManifest[]>): Promise<string[]> => {
  const problems: string[] = [];
  for (const manifest of [...chains].flat()) {
    for (const file of manifest.files) {
      const actual = await digestOf(join(folder, file.path)).catch(() => undefined);
      if (actual === undefined) problems.push(`${file.path}: is missing`);
      else if (actual.bytes !== file.bytes || actual.sha256 !== file.sha256) problems.push(`${file.path}: is not what its manifest says`);
      else {
        const rows = await column(`SELECT count(*) FROM ${await relationOf(join(folder, file.path))}`);
        if (rows[0] !== String(file.rows)) problems.push(`${file.path}: has ${String(rows[0])} rows, its manifest says ${String(file.rows)}`);
      }
    }
  }
  return problems;
};

/** Files that nothing accounts for, beside the published ones. */
const straysIn = async (folder: string, chains: Iterable<readonly ReadManifest[]>): Promise<string[]> => {
  const named = new Set([...chains].flat().flatMap(({ files }) => files.map(({ path }) => path)));
  return (await filesBelow(folder))
    .filter((path) => path.startsWith('_') && !named.has(path) && !/^_manifests\/[^.]+\/\d{16}\.json$|^_ledger\/(?:looks-\d{6}\.parquet|totals\.json|followed\.json)$/.test(path))
    .map((path) => `${path}: is a stray file`);
};

const checkTree = (what: string, actual: ReadonlyMap<string, string>, expected: ReadonlyMap<string, string>): string[] => {
  const problems: string[] = [];
  for (const [path, hash] of expected) {
    if (!actual.has(path)) problems.push(`${path}: is in ${what}, and not published`);
    else if (actual.get(path) !== hash) problems.push(`${path}: differs from ${what}`);
  }
  for (const path of actual.keys()) if (!expected.has(path)) problems.push(`${path}: is published, and not in ${what}`);
  return problems;
};

/**
 * Holds a finished export against the truth, its own manifests and an unbroken run. Shares no code with the writer.
 *
 * @returns what is wrong; nothing where all is well.
 */
export const checkExport = async (folder: string, expectation: Expectation): Promise<readonly string[]> => {
  const { chains, problems } = await readManifests(folder);
  const current = new Map([...chains.values()].flatMap((chain) => chain.at(-1)?.files ?? []).map((file) => [file.publishedAs, file.sha256]));
  const published = await publishedTree(folder);
  const found = [...problems, ...(await checkFiles(folder, chains.values())), ...(await straysIn(folder, chains.values())), ...checkTree('the manifests', published, current)];
  if (expectation.reference !== undefined) found.push(...checkTree('the unbroken run', published, expectation.reference));
  for (const truth of expectation.days) {
    const manifest = chains.get(`dt=${truth.day}`)?.at(-1);
    if (manifest === undefined) found.push(`dt=${truth.day}: was never committed`);
    else found.push(...(await checkDay(folder, manifest, truth, expectation)));
  }
  const days = new Set(expectation.days.map(({ day }) => `dt=${day}`));
  return [...found, ...[...chains.keys()].filter((partition) => !days.has(partition)).map((partition) => `${partition}: was not asked for`)];
};
