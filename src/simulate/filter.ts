import { parseInstant } from '../model/instant.js';
import { invalidValue, type Answer } from './answer.js';
import { CONVERSATION_DIMENSIONS, fieldOf, OPERATORS, SEGMENT_DIMENSIONS } from './dimensions.js';
import type { WireObject } from './history.js';
import type { QueryBody, QueryClause, QueryFilter, QueryPredicate } from './queryBody.js';

/** Says whether a conversation, as analytics shows it, is asked for. */
export type Matcher = (conversation: WireObject) => boolean;

const list = (value: unknown): readonly WireObject[] => (Array.isArray(value) ? (value as readonly WireObject[]) : []);

/** What a predicate may name. */
interface Allowed {
  /** Absent: any. */
  readonly dimensions?: readonly string[];
  /** The API's name for the field. */
  readonly field: string;
}

const predicateFault = (correlationId: string, predicate: QueryPredicate, { dimensions, field }: Allowed): Answer | undefined => {
  const operator = predicate.operator ?? 'matches';
  if (!(OPERATORS as readonly string[]).includes(operator)) return invalidValue(correlationId, operator, 'DetailQueryOperator', OPERATORS);
  const { dimension } = predicate;
  if (typeof dimension === 'string' && dimensions !== undefined && !dimensions.includes(dimension)) return invalidValue(correlationId, dimension, field, dimensions);
  return undefined;
};

const filterFault = (correlationId: string, filter: QueryFilter, allowed: Allowed): Answer | undefined => {
  for (const clause of [filter, ...(filter.clauses ?? [])]) {
    const type = clause.type ?? '';
    if (type !== 'and' && type !== 'or') return invalidValue(correlationId, type, 'QueryFilterType', ['and', 'or']);
    for (const predicate of clause.predicates ?? []) {
      const fault = predicateFault(correlationId, predicate, allowed);
      if (fault !== undefined) return fault;
    }
  }
  return undefined;
};

const CONVERSATIONS: Allowed = { dimensions: CONVERSATION_DIMENSIONS, field: 'ConversationDetailQueryDimension' };
const SEGMENTS: Allowed = { dimensions: SEGMENT_DIMENSIONS, field: 'SegmentDetailQueryDimension' };
/** Of evaluations, surveys and resolutions: these filters are checked, and not applied. */
const OTHERS: Allowed = { field: 'DetailQueryDimension' };

/** The refusal of filters that the API would not take. */
export const filtersFault = (correlationId: string, body: QueryBody): Answer | undefined => {
  const all: readonly (readonly [readonly QueryFilter[] | null | undefined, Allowed])[] = [
    [body.conversationFilters, CONVERSATIONS], [body.segmentFilters, SEGMENTS], [body.evaluationFilters, OTHERS], [body.surveyFilters, OTHERS], [body.resolutionFilters, OTHERS],
  ];
  for (const [filters, allowed] of all) {
    for (const filter of filters ?? []) {
      const fault = filterFault(correlationId, filter, allowed);
      if (fault !== undefined) return fault;
    }
  }
  return undefined;
};

const comparable = (value: unknown): number | undefined => {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'string') return undefined;
  return parseInstant(value) ?? (value.trim() === '' || Number.isNaN(Number(value)) ? undefined : Number(value));
};

const inRange = (value: unknown, range: NonNullable<QueryPredicate['range']>): boolean => {
  const at = comparable(value);
  if (at === undefined) return false;
  const bound = (v: unknown): number | undefined => (v === null || v === undefined ? undefined : comparable(v));
  const gt = bound(range.gt);
  const gte = bound(range.gte);
  const lt = bound(range.lt);
  const lte = bound(range.lte);
  return (gt === undefined || at > gt) && (gte === undefined || at >= gte) && (lt === undefined || at < lt) && (lte === undefined || at <= lte);
};

const equals = (found: unknown, wanted: unknown): boolean => {
  if (typeof wanted === 'string' && wanted.includes('/') && typeof found === 'string') {
    const [from = '', to = ''] = wanted.split('/');
    const startMs = parseInstant(from);
    const endMs = parseInstant(to);
    if (startMs !== undefined && endMs !== undefined) return inRange(found, { gte: startMs, lt: endMs });
  }
  return String(found).toLowerCase() === String(wanted).toLowerCase();
};

const holds = (predicate: QueryPredicate, values: readonly unknown[]): boolean => {
  const operator = predicate.operator ?? 'matches';
  if (operator === 'exists') return values.length > 0;
  if (operator === 'notExists') return values.length === 0;
  const { range, value } = predicate;
  if (range !== null && range !== undefined) return values.some((v) => inRange(v, range));
  return values.some((v) => equals(v, value));
};

const valuesAt = (fields: WireObject, name: string): readonly unknown[] => {
  const value = fields[name];
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
};

const sessionsOf = (conversation: WireObject): WireObject[] => list(conversation['participants']).flatMap((p) => [...list(p['sessions'])]);

const conversationValues = (predicate: QueryPredicate, conversation: WireObject): readonly unknown[] => {
  const { metric, dimension } = predicate;
  if (typeof metric === 'string') {
    return sessionsOf(conversation).flatMap((s) => list(s['metrics']).filter((m) => m['name'] === metric).map((m) => m['value']));
  }
  return valuesAt(conversation, fieldOf(dimension ?? ''));
};

/** A segment with what stands above it: one flat object a segment, or one a session or participant that has none. */
const tuples = (conversation: WireObject): readonly WireObject[] =>
  list(conversation['participants']).flatMap((p): WireObject[] => {
    const sessions = list(p['sessions']);
    if (sessions.length === 0) return [p];
    return sessions.flatMap((s): WireObject[] => {
      const above = { ...p, ...(s['flow'] as WireObject | undefined), ...s };
      const segments = list(s['segments']);
      return segments.length === 0 ? [above] : segments.map((g) => ({ ...above, ...g }));
    });
  });

const segmentValues = (predicate: QueryPredicate, tuple: WireObject): readonly unknown[] => {
  if (typeof predicate.property === 'string') {
    return list(tuple['properties']).filter((p) => p['property'] === predicate.property).map((p) => p['value']);
  }
  if (predicate.metric === 'tSegmentDuration') {
    const start = comparable(tuple['segmentStart']);
    const end = comparable(tuple['segmentEnd']);
    return start === undefined || end === undefined ? [] : [end - start];
  }
  return valuesAt(tuple, fieldOf(predicate.dimension ?? ''));
};

const clauseHolds = (clause: QueryClause, test: (predicate: QueryPredicate) => boolean, nested: readonly boolean[] = []): boolean => {
  const results = [...(clause.predicates ?? []).map(test), ...nested];
  if (results.length === 0) return true;
  return clause.type === 'or' ? results.some(Boolean) : results.every(Boolean);
};

const filterHolds = (filter: QueryFilter, test: (predicate: QueryPredicate) => boolean): boolean =>
  clauseHolds(filter, test, (filter.clauses ?? []).map((clause) => clauseHolds(clause, test)));

/**
 * What the filters of a query ask for; `undefined` where they ask for everything.
 *
 * Several filters must all hold. A segment filter holds where one segment, with its session and participant, fulfils all of it.
 */
export const matcherOf = (conversationFilters: readonly QueryFilter[], segmentFilters: readonly QueryFilter[]): Matcher | undefined => {
  if (conversationFilters.length === 0 && segmentFilters.length === 0) return undefined;
  return (conversation) =>
    conversationFilters.every((f) => filterHolds(f, (p) => holds(p, conversationValues(p, conversation)))) &&
    segmentFilters.every((f) => tuples(conversation).some((tuple) => filterHolds(f, (p) => holds(p, segmentValues(p, tuple)))));
};
