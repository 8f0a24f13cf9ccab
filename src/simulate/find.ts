import type { Window } from '../model/window.js';
import { analyticsWire } from './analyticsWire.js';
import { matcherOf, type Matcher } from './filter.js';
import { endAsOf, livesLong, SHORT_LIFE_MAX_MS } from './lifetime.js';
import type { QueryBody, QueryFilter } from './queryBody.js';
import { listSelection, spanSelection, type Selection } from './selection.js';
import type { World } from './world.js';

/** What a query asks for, beside its window. */
export interface Wanted {
  readonly asOfMs: number;
  readonly matcher: Matcher | undefined;
  /** Names the query, to find its selection again for the next page. */
  readonly key: string;
}

/** Selections kept: enough for several exporters that page at the same time. */
const KEPT = 16;

/** What the filters of a body and the divisions of the client leave. */
export const wantedOf = (world: World, body: QueryBody, asOfMs: number, more: readonly QueryFilter[] = []): Wanted => {
  const conversationFilters = [...(body.conversationFilters ?? [])];
  const segmentFilters = [...(body.segmentFilters ?? []), ...more];
  const filtered = matcherOf(conversationFilters, segmentFilters);
  const visible = world.settings.visibleDivisions;
  const seen: Matcher | undefined =
    visible === undefined ? undefined : (c) => (c['divisionIds'] as readonly string[]).some((division) => visible.includes(division));
  const matcher: Matcher | undefined = filtered !== undefined && seen !== undefined ? (c) => seen(c) && filtered(c) : (filtered ?? seen);
  return { asOfMs, matcher, key: JSON.stringify([conversationFilters, segmentFilters]) };
};

const chosen = (world: World, indexes: Iterable<number>, { asOfMs, matcher }: Wanted): number[] => {
  const out: number[] = [];
  for (const index of indexes) {
    if (matcher === undefined || matcher(analyticsWire(world.history(index), { asOfMs, attributes: false, spelling: 'public' }))) out.push(index);
  }
  return out;
};

function* span(first: number, end: number): Generator<number, void, void> {
  for (let i = first; i < end; i++) yield i;
}

/** Conversations that started in the window, as far as they have started by then, in the order of their starts. */
export const startedIn = (world: World, window: Window, wanted: Wanted): Selection => {
  const { calendar, settledMs } = world.dataset;
  const first = calendar.firstFrom(window.startMs);
  const end = Math.min(calendar.firstFrom(window.endMs), calendar.firstFrom(wanted.asOfMs + 1));
  if (wanted.matcher === undefined) return spanSelection(first, end);
  const key = `${String(first)}-${String(end)} ${wanted.key}`;
  const settled = wanted.asOfMs >= settledMs;
  const kept = settled ? world.selections.get(key) : undefined;
  if (kept !== undefined) return kept;
  const found = listSelection(chosen(world, span(first, end), wanted));
  if (settled) {
    if (world.selections.size >= KEPT) world.selections.delete(world.selections.keys().next().value ?? '');
    world.selections.set(key, found);
  }
  return found;
};

/** Conversations whose life overlaps the window, as known then: also those that started long before it. */
export const aliveIn = (world: World, window: Window, wanted: Wanted): Selection => {
  const { calendar, options } = world.dataset;
  const first = calendar.firstFrom(window.startMs);
  const recent = calendar.firstFrom(window.startMs - SHORT_LIFE_MAX_MS);
  const known = calendar.firstFrom(wanted.asOfMs + 1);
  const before: number[] = [];
  for (let i = 0; i < Math.min(first, known); i++) {
    if (i < recent && !livesLong(options.seed, i, options.lives)) continue;
    const end = endAsOf(world.dataset.lifetime(i), wanted.asOfMs);
    if (end === undefined || end >= window.startMs) before.push(i);
  }
  const end = Math.min(calendar.firstFrom(window.endMs), known);
  if (wanted.matcher === undefined && before.length === 0) return spanSelection(first, end);
  return listSelection([...chosen(world, before, wanted), ...chosen(world, span(first, end), wanted)]);
};
