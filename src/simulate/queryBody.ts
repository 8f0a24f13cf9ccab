import * as z from 'zod';
import { badRequest, platformError, type Checked, type Exchange } from './answer.js';

const scalar = z.union([z.string(), z.number(), z.boolean()]);

const Range = z.looseObject({ gt: scalar.nullish(), gte: scalar.nullish(), lt: scalar.nullish(), lte: scalar.nullish() });

const Predicate = z.looseObject({
  type: z.string().nullish(),
  dimension: z.string().nullish(),
  metric: z.string().nullish(),
  property: z.string().nullish(),
  operator: z.string().nullish(),
  value: scalar.nullish(),
  range: Range.nullish(),
});

const Clause = z.looseObject({ type: z.string().nullish(), predicates: z.array(Predicate).nullish() });
const Filter = z.looseObject({ type: z.string().nullish(), predicates: z.array(Predicate).nullish(), clauses: z.array(Clause).nullish() });
const Aggregation = z.looseObject({
  type: z.string(),
  dimension: z.string().nullish(),
  metric: z.string().nullish(),
  size: z.int().positive().nullish(),
  ranges: z.array(z.looseObject({ gte: z.number().nullish(), lt: z.number().nullish() })).nullish(),
});

const filters = z.array(Filter).nullish();

const Body = z.looseObject({
  interval: z.string().nullish(),
  order: z.string().nullish(),
  orderBy: z.string().nullish(),
  paging: z.looseObject({ pageSize: z.int().nullish(), pageNumber: z.int().nullish() }).nullish(),
  conversationFilters: filters,
  segmentFilters: filters,
  evaluationFilters: filters,
  surveyFilters: filters,
  resolutionFilters: filters,
  aggregations: z.array(Aggregation).nullish(),
  limit: z.int().positive().nullish(),
  startOfDayIntervalMatching: z.boolean().nullish(),
  view: z.string().nullish(),
  dateRange: z.looseObject({ from: z.string(), to: z.string() }).nullish(),
  filter: z.unknown().optional(),
  select: z.array(z.string()).nullish(),
  pageSize: z.int().positive().nullish(),
});

/** A comparison in a filter. */
export type QueryPredicate = z.infer<typeof Predicate>;
/** Comparisons joined by `and` or `or`. */
export type QueryClause = z.infer<typeof Clause>;
/** A filter: comparisons, and clauses of comparisons. */
export type QueryFilter = z.infer<typeof Filter>;
/** A facet. */
export type QueryAggregation = z.infer<typeof Aggregation>;
/** A request body of the three details endpoints. */
export type QueryBody = z.infer<typeof Body>;

/** The JSON body of a request, or the refusal: 415 for another content type, 400 for what is no JSON object. */
export const readJson = (exchange: Exchange): Checked<unknown> => {
  const contentType = exchange.headers['content-type'];
  if (typeof contentType !== 'string' || !/^application\/json\b/i.test(contentType)) {
    return { refused: platformError(exchange.correlationId, { status: 415, code: 'unsupported.media.type', message: 'Unsupported Media Type. Only json bodies are supported.' }) };
  }
  try {
    return { value: JSON.parse(exchange.body) as unknown };
  } catch {
    return { refused: badRequest(exchange.correlationId, 'The request could not be understood by the server due to malformed syntax.') };
  }
};

/** The body of a details query or job. */
export const readQueryBody = (exchange: Exchange): Checked<QueryBody> => {
  const json = readJson(exchange);
  if (json.refused !== undefined) return json;
  const result = Body.safeParse(json.value);
  if (result.success) return { value: result.data };
  const at = result.error.issues[0]?.path.map(String).join('.') ?? '';
  return { refused: badRequest(exchange.correlationId, `The request could not be understood by the server due to malformed syntax: ${at === '' ? 'body' : at}`) };
};

/** A filter in the `filter` field of a next-page-url query, where it has the public shape; other shapes are not looked at. */
export const gatewayFilter = (value: unknown): readonly QueryFilter[] => {
  const result = Filter.safeParse(value);
  return result.success && typeof result.data.type === 'string' ? [result.data] : [];
};
