import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareJobs, type ComparedJob } from '../../src/audit/compareJobs.js';
import { comparedRows } from '../../src/audit/comparedRows.js';
import type { Comparison } from '../../src/audit/comparison.js';
import { TABLES } from '../../src/extract/tables.js';
import type { Job } from '../../src/model/job.js';
import type { Manifest } from '../../src/model/manifest.js';
import { TABLE_NAMES, type TableName } from '../../src/model/table.js';
import { diskFiles } from '../support/diskFiles.js';
import { aJob, LONG_AFTER, startExportRig, type ExportRig } from '../support/exportRig.js';
import { truthAttributes, truthOf } from '../support/truthRows.js';

const RANGE = { from: '2026-01-05', to: '2026-01-07', force: false };
/** The public query carries no attributes. */
const WITHOUT_ATTRIBUTES = TABLE_NAMES.filter((table) => !['participant_attributes', 'conversations', 'participants'].includes(table));

/** parquetjs-lite refuses integers beyond 2^53, which the imitation's metrics have. */
const EXACT_IN_LITE: readonly TableName[] = TABLE_NAMES.filter((table) => table !== 'session_metrics');

const JOBS: readonly Job[] = [
  aJob('next-page-url', { name: 'plain' }),
  aJob('job-cursor', { name: 'csv', formats: ['csv'] }),
  aJob('next-page-url', { name: 'lite', tables: EXACT_IN_LITE, parquet: { engine: 'parquetjs-lite', compression: 'snappy', rowGroupRows: 37 } }),
  aJob('job-cursor', { name: 'hourly', window: '1h', formats: ['parquet', 'csv'] }),
  aJob('next-page-url', { name: 'escaped', formats: ['csv'], csv: { escapeFormulas: true } }),
  aJob('page-number', { name: 'bare' }),
  aJob('next-page-url', { name: 'narrow', participants: { purposes: ['customer'], which: 'first' } }),
];

let rig: ExportRig;
beforeAll(async () => {
  rig = await startExportRig({ dataset: { conversationsPerDay: 80 } });
  for (const job of JOBS) {
    const report = await rig.withJob(job, (opened) => opened.backfill(RANGE));
    expect(report.outcomes.filter((outcome) => outcome.result !== 'committed')).toEqual([]);
  }
}, 120_000);
afterAll(() => rig.close());

const jobNamed = (name: string): Job => {
  const job = JOBS.find((candidate) => candidate.name === name);
  if (job === undefined) throw new Error(`no job ${name}`);
  return job;
};

const side = (name: string): ComparedJob => {
  const job = jobNamed(name);
  return { files: diskFiles, job: name, jobFolder: join(rig.root, name), tables: TABLES, tableNames: job.tables, escapesFormulas: job.csv.escapeFormulas };
};

const compare = (here: string, there: string, more: { readonly tables?: readonly TableName[]; readonly showValues?: boolean } = {}): Promise<Comparison> =>
  compareJobs({ here: side(here), there: side(there), from: RANGE.from, to: RANGE.to, limit: 5, showValues: false, ...more });

const counted = ({ tables }: Comparison): Record<string, number> => Object.fromEntries(tables.map(({ table, rows }) => [table, rows.onlyHere + rows.onlyThere + rows.differing]));

describe('exports of the same data are equal', () => {
  it.each([
    ['over another source and as CSV', 'plain', 'csv'],
    ['by the other Parquet engine', 'plain', 'lite'],
    ['by the hour', 'plain', 'hourly'],
    ['with marks of formulas in one', 'plain', 'escaped'],
    ['by the other engine and as CSV', 'lite', 'csv'],
  ])('%s', async (_how, here, there) => {
    const comparison = await compare(here, there);
    const tables = [here, there].includes('lite') ? EXACT_IN_LITE : TABLE_NAMES;
    expect(counted(comparison)).toEqual(Object.fromEntries(tables.map((table) => [table, 0])));
    expect(comparison.skipped.map(({ table }) => table)).toEqual(TABLE_NAMES.filter((table) => !tables.includes(table)));
    expect(comparison).toMatchObject({ equal: true, days: 2, uneven: [], ignoresFormulaMarks: there === 'escaped' });
    expect(comparison.tables.every((table) => table.rowsHere > 0 && table.rowsHere === table.rowsThere)).toBe(true);
  });

  it('in the tables that a protocol without attributes fills', async () => {
    expect(await compare('plain', 'bare', { tables: WITHOUT_ATTRIBUTES })).toMatchObject({ equal: true });
  });
});

describe('exports that differ', () => {
  it('do so where a protocol carries no attributes', async () => {
    const comparison = await compare('plain', 'bare');
    const [attributes, conversations] = comparison.tables;
    expect(attributes).toMatchObject({ rowsThere: 0, rows: { onlyThere: 0, differing: 0 } });
    expect(attributes?.rows.onlyHere).toBe(attributes?.rowsHere);
    expect(conversations?.rows).toMatchObject({ onlyHere: 0, onlyThere: 0 });
    expect(conversations?.listed.every((difference) => difference.columns.join() === 'attribute_count')).toBe(true);
  });

  it('do so by just the attributes that a policy left out', async () => {
    const { tables } = await compare('plain', 'narrow');
    const [attributes] = tables;
    expect(attributes?.rows).toEqual({ onlyHere: (attributes?.rowsHere ?? 0) - (attributes?.rowsThere ?? 0), onlyThere: 0, differing: 0 });
  });

  it('name no attribute value unless asked', async () => {
    const values = new Set(truthAttributes(truthOf(rig.dataset, RANGE.from, LONG_AFTER)).map(({ value }) => value).filter((value) => value.length > 12));
    const text = JSON.stringify(await compare('plain', 'bare'));
    expect([...values].filter((value) => text.includes(JSON.stringify(value).slice(1, -1)))).toEqual([]);
  });
});

describe('a map read back', () => {
  const manifestOf = async (job: string): Promise<Manifest> => {
    const text = await readFile(join(rig.root, job, '_manifests', 'dt=2026-01-05', '0000000000000001.json'), 'utf8');
    return JSON.parse(text.slice(0, text.indexOf('\n'))) as Manifest;
  };

  it.each(['plain', 'lite', 'csv'])('has every attribute, whatever its name, in job %s', async (job) => {
    const { files } = await manifestOf(job);
    const column = TABLES.participants.columns.findIndex(({ name }) => name === 'attributes');
    const found = new Map<string, unknown>();
    for (const entry of files.filter(({ table }) => table === 'participants')) {
      for await (const row of comparedRows({ subject: side(job), entry, table: TABLES.participants })) {
        found.set(`${String(row[0])} ${String(row[1])}`, JSON.parse(row[column] ?? '[]'));
      }
    }
    const truth = new Map<string, [string, string][]>();
    for (const { conversation_id: conversation, participant_id: participant, name, value } of truthAttributes(truthOf(rig.dataset, '2026-01-05', LONG_AFTER))) {
      const key = `${conversation} ${participant}`;
      truth.set(key, [...(truth.get(key) ?? []), [name, value]]);
    }
    expect([...truth.values()].flat().map(([name]) => name)).toContain('__proto__');
    for (const [key, pairs] of truth) expect(found.get(key)).toEqual([...pairs].sort(([a], [b]) => (a < b ? -1 : 1)));
  });
});

describe('one byte of difference', () => {
  it('is found', async () => {
    const { files } = JSON.parse((await readFile(join(rig.root, 'csv', '_manifests', 'dt=2026-01-05', '0000000000000001.json'), 'utf8')).split('\n')[0] ?? '') as Manifest;
    const path = join(rig.root, 'csv', files.find(({ table }) => table === 'sessions')?.path ?? '');
    const before = await readFile(path);
    const text = before.toString();
    const at = text.indexOf('inbound');
    await writeFile(path, text.slice(0, at) + 'inbuond' + text.slice(at + 7));
    const comparison = await compare('plain', 'csv', { showValues: true });
    await writeFile(path, before);
    expect(counted(comparison)).toMatchObject({ sessions: 1, segments: 0, conversations: 0 });
    expect(comparison.tables.find(({ table }) => table === 'sessions')?.listed).toMatchObject([{ columns: ['direction'], values: [{ here: 'inbound', there: 'inbuond' }] }]);
  });
});
