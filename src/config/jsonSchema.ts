import * as z from 'zod';
import { ConfigShape } from './configShape.js';
import { JobShape } from './jobShape.js';

/** The part of JSON Schema that these schemas use. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly [keyword: string]: unknown;
}

/** What stands in a file before variables are replaced: sections, leaves, defaults and words, as the zod schemas declare them. */
export const plainSchema = (schema: z.ZodType): JsonSchema => z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;

const REFERENCE: JsonSchema = { type: 'string', pattern: '\\$\\{' };

/** A variable gives text: never a list or a mapping. */
const mayBeText = ({ type, anyOf }: JsonSchema): boolean => (anyOf === undefined ? type !== 'array' && type !== 'object' : anyOf.some(mayBeText));

/** A value is what its rule takes, text that stands for that, text with a `${NAME}` in it (but for lists and mappings, whose items may have some), or nothing at all where it is optional. */
const leaf = (schema: JsonSchema, required: boolean): JsonSchema => {
  const { title, description, default: fallback, textPattern, ...rule } = schema;
  const { items } = rule;
  return {
    ...(title === undefined ? {} : { title }),
    ...(description === undefined || description === '' ? {} : { description }),
    ...(fallback === undefined ? {} : { default: fallback }),
    anyOf: [
      items === undefined ? rule : { ...rule, items: asWritten(items, true) },
      ...(textPattern === undefined ? [] : [{ type: 'string', pattern: textPattern }]),
      ...(mayBeText(rule) ? [REFERENCE] : []),
      ...(required ? [] : [{ type: 'null' }]),
    ],
  };
};

const asWritten = (schema: JsonSchema, required: boolean): JsonSchema => {
  if (schema.properties === undefined) return leaf(schema, required);
  const properties = Object.entries(schema.properties).map(([key, child]): [string, JsonSchema] => [key, asWritten(child, schema.required?.includes(key) === true)]);
  // A section's own default would say less than those of its keys: undefined, it is not written.
  return { ...schema, default: undefined, type: required ? 'object' : ['object', 'null'], properties: Object.fromEntries(properties) };
};

/** The JSON Schema of config.yaml, so that editors complete and check its keys. */
export const configJsonSchema = (): JsonSchema => ({ ...asWritten(plainSchema(ConfigShape), true), title: 'gcx configuration' });

/** The JSON Schema of jobs/<name>.yaml, so that editors complete and check its keys. */
export const jobJsonSchema = (): JsonSchema => ({ ...asWritten(plainSchema(JobShape), true), title: 'gcx job' });
