import type { SourceOptions } from '../../model/job.js';
import { formatInterval } from './slices.js';
import type { Slice } from './slices.js';

const FILTERS = ['conversationFilters', 'segmentFilters', 'evaluationFilters', 'surveyFilters', 'resolutionFilters'] as const;

/** The filters of a job that the public model of query and job knows. Source: ConversationQuery. */
export const publicFilters = (filters: SourceOptions['filters']): Readonly<Record<string, unknown>> =>
  Object.fromEntries(FILTERS.filter((name) => filters[name] !== undefined).map((name) => [name, filters[name]]));

/**
 * A filter on the instant of the start, for spans shorter than what the interval tells apart.
 *
 * Why: the interval selects conversations that "started on a day touched by" it. Source: ConversationDetailQueryPredicate, NumericRange (epoch milliseconds).
 */
const startedWithin = ([fromMs, toMs]: Slice): Readonly<Record<string, unknown>> => ({
  type: 'and',
  predicates: [{ type: 'dimension', dimension: 'conversationStart', range: { gte: fromMs, lt: toMs } }],
});

/** A body of the public query. `narrow` adds the filter on the start. */
export const publicQuery = (filters: Readonly<Record<string, unknown>>, slice: Slice, paging: { readonly pageSize: number; readonly pageNumber: number }, narrow: boolean): Readonly<Record<string, unknown>> => {
  const given: unknown = filters['conversationFilters'];
  const narrowed = narrow ? { conversationFilters: [...(Array.isArray(given) ? (given as unknown[]) : []), startedWithin(slice)] } : {};
  return { ...filters, ...narrowed, interval: formatInterval(slice), order: 'asc', orderBy: 'conversationStart', paging };
};
