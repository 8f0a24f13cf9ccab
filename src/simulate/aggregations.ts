import { analyticsWire } from './analyticsWire.js';
import { fieldOf } from './dimensions.js';
import type { WireObject } from './history.js';
import type { QueryAggregation } from './queryBody.js';
import type { Selection } from './selection.js';
import type { World } from './world.js';

const objects = (value: unknown): readonly WireObject[] => (Array.isArray(value) ? (value as readonly WireObject[]) : []);

/** The different values of a dimension anywhere in a conversation. */
const termsOf = (conversation: WireObject, dimension: string): ReadonlySet<string> => {
  const name = fieldOf(dimension);
  const terms = new Set<string>();
  const look = (fields: WireObject): void => {
    const value = fields[name];
    for (const v of Array.isArray(value) ? value : value === undefined ? [] : [value]) if (typeof v !== 'object') terms.add(String(v));
  };
  look(conversation);
  for (const p of objects(conversation['participants'])) {
    look(p);
    for (const s of objects(p['sessions'])) {
      look(s);
      for (const g of objects(s['segments'])) look(g);
    }
  }
  return terms;
};

const metricValues = (conversation: WireObject, metric: string): number[] =>
  objects(conversation['participants'])
    .flatMap((p) => [...objects(p['sessions'])])
    .flatMap((s) => [...objects(s['metrics'])])
    .filter((m) => m['name'] === metric)
    .map((m) => Number(m['value']));

const termFrequency = (aggregation: QueryAggregation, conversations: readonly WireObject[]): WireObject => {
  const counts = new Map<string, number>();
  for (const c of conversations) for (const term of termsOf(c, aggregation.dimension ?? '')) counts.set(term, (counts.get(term) ?? 0) + 1);
  const sorted = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, aggregation.size ?? 10);
  return { type: 'termFrequency', dimension: aggregation.dimension ?? '', count: conversations.length, results: sorted.map(([value, count]) => ({ count, value })) };
};

const numericRange = (aggregation: QueryAggregation, conversations: readonly WireObject[]): WireObject => {
  const values = conversations.flatMap((c) => metricValues(c, aggregation.metric ?? ''));
  const results = (aggregation.ranges ?? []).map(({ gte, lt }) => ({
    count: values.filter((v) => v >= (gte ?? -Infinity) && v < (lt ?? Infinity)).length,
    ...(gte === null || gte === undefined ? {} : { gte }),
    ...(lt === null || lt === undefined ? {} : { lt }),
  }));
  return { type: 'numericRange', metric: aggregation.metric ?? '', count: values.length, results };
};

/** The facets of a query over everything that it matches, whatever the page. */
export const aggregate = (world: World, selection: Selection, asOfMs: number, aggregations: readonly QueryAggregation[]): readonly WireObject[] => {
  const conversations: WireObject[] = [];
  for (let i = 0; i < selection.length; i++) {
    conversations.push(analyticsWire(world.history(selection.at(i)), { asOfMs, attributes: false, spelling: 'public' }));
  }
  return aggregations.map((a) => (a.type === 'numericRange' ? numericRange(a, conversations) : termFrequency(a, conversations)));
};
