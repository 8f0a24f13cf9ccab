import type { Glance, GlanceWish } from '../model/glance.js';
import type { ConversationSource, DecodePage, Position } from '../model/page.js';
import type { Window } from '../model/window.js';
import { AskedGlances, glancesIn } from './glance.js';
import { listHashOf } from './page/listHash.js';
import type { PagerContext } from './pagers/pagerContext.js';

/** Ids a job: 90 bytes each, of the 512,000 that a request may have. */
const IDS_A_JOB = 1_000;

const idFilter = (ids: readonly string[]): Readonly<Record<string, unknown>> => ({
  type: 'or', predicates: ids.map((value) => ({ type: 'dimension', dimension: 'conversationId', operator: 'matches', value })),
});

/** Windows that lie near each other are asked for together: as few jobs as the limits permit. */
const grouped = (wishes: readonly GlanceWish[], maxIntervalMs: number): { readonly window: Window; readonly ids: readonly string[] }[] => {
  const groups: { window: Window; ids: string[] }[] = [];
  const pieces = wishes.flatMap(({ window, ids }) => Array.from({ length: Math.ceil(ids.length / IDS_A_JOB) }, (_, n) => ({ window, ids: ids.slice(n * IDS_A_JOB, (n + 1) * IDS_A_JOB) })));
  for (const { window, ids } of pieces.sort((a, b) => a.window.startMs - b.window.startMs)) {
    const last = groups.at(-1);
    if (last !== undefined && last.ids.length + ids.length <= IDS_A_JOB && window.endMs - last.window.startMs <= maxIntervalMs) {
      last.window = { startMs: last.window.startMs, endMs: Math.max(last.window.endMs, window.endMs) };
      last.ids.push(...ids);
    } else {
      groups.push({ window, ids: [...ids] });
    }
  }
  return groups;
};

/**
 * Looks at conversations by jobs that are filtered by their ids. Those that are not there are left out.
 *
 * Why over the windows that they started in: a job gives what was alive in its interval, and they were alive then, whenever they ended.
 * @param pages reads a window by jobs with the filters of the given context
 */
export const glanceByJobs = async (context: PagerContext, wishes: readonly GlanceWish[], sourceFor: (context: PagerContext) => Pick<ConversationSource, 'pages' | 'release'>, signal?: AbortSignal): Promise<ReadonlyMap<string, Glance>> => {
  const seen = new AskedGlances(wishes.flatMap(({ ids }) => ids));
  const decode: DecodePage<undefined> = async (body, _kind, label) => {
    const { glances, cursor } = glancesIn({ body }, label);
    seen.add(glances);
    const listHash = listHashOf(glances.keys());
    return Promise.resolve({ envelope: { conversationCount: glances.size, ...(cursor === undefined ? {} : { cursor }) }, listHash, content: undefined });
  };
  const given: unknown = context.options.filters['conversationFilters'];
  for (const { window, ids } of grouped(wishes, context.options.maxIntervalMs)) {
    const conversationFilters = [...(Array.isArray(given) ? (given as unknown[]) : []), idFilter(ids)];
    const source = sourceFor({ ...context, options: { ...context.options, filters: { ...context.options.filters, conversationFilters } } });
    let position: Position | undefined;
    try {
      for await (const event of source.pages({ window, ...(signal === undefined ? {} : { signal }) }, decode)) position = event.position;
    } finally {
      if (position !== undefined) await source.release(position, signal);
    }
  }
  return seen.found;
};
