import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseJob } from '../../src/config/job.js';
import { configJsonSchema, jobJsonSchema } from '../../src/config/jsonSchema.js';
import type { JsonSchema } from '../../src/config/jsonSchema.js';
import { parseSettings } from '../../src/config/settings.js';

const file = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

const checker = (schema: JsonSchema): z.ZodType => z.fromJSONSchema(schema as unknown as Parameters<typeof z.fromJSONSchema>[0]);

describe('the JSON Schemas', () => {
  it.each(['config.yaml', 'jobs/nightly.yaml', 'jobs/nightly-async.yaml', 'jobs/backfill.yaml'])('take %s as it comes with the product', (path) => {
    const text = file(path);
    const schema = path === 'config.yaml' ? configJsonSchema() : jobJsonSchema();
    expect(checker(schema).safeParse(parse(text)).error?.issues ?? []).toEqual([]);
  });

  it.each([
    { source: { kind: '${KIND}', pageSize: '${SIZE:-100}' } },
    { source: { kind: 'job-cursor', pageSize: null }, csv: null, settle: '${SETTLE:-2h}', participants: { purposes: 'all' } },
  ])('take what the loader takes: variables, and keys without a value: %j', (job) => {
    expect(checker(jobJsonSchema()).safeParse(job).success).toBe(true);
  });

  it.each([{}, { source: {} }, { source: { kind: 'other' } }, { source: { kind: 'job-cursor' }, setle: '2h' }, { source: { kind: 'job-cursor' }, settle: '2 hours' }, { source: { kind: 'job-cursor' }, concurrency: 99 }])(
    'refuse %j',
    (job) => {
      expect(checker(jobJsonSchema()).safeParse(job).success).toBe(false);
    },
  );

  const ENV = { A: 'conversations', CSV: 'csv', N: '50', ID: 'x' };
  const source = { kind: 'job-cursor' };

  it.each([
    { source, tables: ['${A}', 'participants'], formats: ['${CSV}'] },
    { source, tables: '${A}' },
    { source, formats: '${CSV}' },
    { source: { ...source, filters: '${A}' } },
    { source: { ...source, pageSize: '50', parts: 'false' } },
    { source: { ...source, pageSize: '${N}' } },
    { source: { ...source, pageSize: 'fifty' } },
    { source: { ...source, parts: 'yes' } },
    { source, completeness: { tolerance: '0.5' }, csv: { escapeFormulas: 'true' }, parquet: { rowGroupRows: '1000' }, concurrency: '4' },
    { source, completeness: { tolerance: 'half' } },
    { source, participants: { purposes: ['${ID}'] } },
    { source, tables: [null] },
    { source, tables: [] },
  ])('say of a job what the program says: %j', (job) => {
    const isRead = 'value' in parseJob({ text: JSON.stringify(job), file: 'job.yaml', name: 'job', env: ENV });
    expect(checker(jobJsonSchema()).safeParse(job).success).toBe(isRead);
  });

  it.each([
    { genesys: { clients: [{ clientId: '${ID}', clientSecret: null, clientSecretFile: 'secret' }] } },
    { genesys: { clients: [{ clientId: 'x', clientSecret: '${ID}', clientSecretFile: null }] } },
    { genesys: { clients: [{ clientId: null, clientSecret: 'x' }] } },
    { genesys: { clients: ['${ID}'] } },
    { genesys: { clients: '${ID}' } },
    { http: { requestsPerMinute: '200', budgetShare: '0.5', maxAttempts: '3' } },
    { http: { requestsPerMinute: 'many' } },
    { http: '${ID}' },
  ])('say of a configuration what the program says: %j', async (config) => {
    // Offline: a file of a secret that is not there is no fault of the text.
    const isRead = 'value' in (await parseSettings({ text: JSON.stringify(config), file: 'config.yaml', folder: '/nowhere', env: ENV, output: undefined, offline: true }));
    expect(checker(configJsonSchema()).safeParse(config).success).toBe(isRead);
  });
});
