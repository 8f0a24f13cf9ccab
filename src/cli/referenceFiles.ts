import { configReference } from '../config/configReference.js';
import { configJsonSchema, jobJsonSchema } from '../config/jsonSchema.js';
import { tablesReference } from './tablesReference.js';

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** The files that are made from the code, by their paths in the repository. A test compares them with what is there. */
export const referenceFiles = (): Readonly<Record<string, string>> => ({
  'schema/config.schema.json': json(configJsonSchema()),
  'schema/job.schema.json': json(jobJsonSchema()),
  'docs/configuration.md': configReference(),
  'docs/tables.md': tablesReference(),
});
