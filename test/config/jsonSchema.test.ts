import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { configJsonSchema, jobJsonSchema } from '../../src/config/jsonSchema.js';
import type { JsonSchema } from '../../src/config/jsonSchema.js';

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
});
