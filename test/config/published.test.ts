import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configReference } from '../../src/config/configReference.js';
import { configJsonSchema, jobJsonSchema } from '../../src/config/jsonSchema.js';

const repository = join(import.meta.dirname, '../..');
const committed = (path: string): Promise<string> => readFile(join(repository, path), 'utf8');
const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** Every leaf of a schema, by its path. */
const leaves = (node: unknown, path: readonly string[] = []): readonly { readonly path: string; readonly node: Readonly<Record<string, unknown>> }[] => {
  const schema = node as Readonly<Record<string, unknown>>;
  const properties = schema['properties'];
  if (properties === undefined) return [{ path: path.join('.'), node: schema }];
  return Object.entries(properties as Readonly<Record<string, unknown>>).flatMap(([key, child]) => leaves(child, [...path, key]));
};

describe('what is published of the configuration (written by `gcx reference`)', () => {
  it('is the schema of config.yaml that the code checks', async () => {
    expect(await committed('schema/config.schema.json')).toBe(json(configJsonSchema()));
  });

  it('is the schema of jobs that the code checks', async () => {
    expect(await committed('schema/job.schema.json')).toBe(json(jobJsonSchema()));
  });

  it('is the reference that the code describes', async () => {
    expect(await committed('docs/configuration.md')).toBe(configReference());
  });

  it('describes every key in words, in the schemas and in the reference', () => {
    const reference = configReference();
    const all = [...leaves(configJsonSchema()), ...leaves(jobJsonSchema())];
    expect(all.length).toBeGreaterThan(30);
    for (const { path, node } of all) {
      expect(node['description'], path).toMatch(/\S.{10}/);
      expect(reference).toContain(`| \`${path}\` |`);
    }
  });

  it('lets editors accept a variable in place of text, numbers and words, and refuse unknown keys', () => {
    const { anyOf } = leaves(configJsonSchema()).find(({ path }) => path === 'http.requestsPerMinute')?.node ?? {};
    expect(JSON.stringify(anyOf)).toContain('\\\\$\\\\{');
    expect(configJsonSchema()).toMatchObject({ additionalProperties: false });
    expect(jobJsonSchema()).toMatchObject({ additionalProperties: false, required: ['source'] });
  });
});
