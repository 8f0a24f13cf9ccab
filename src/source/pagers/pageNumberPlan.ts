import * as z from 'zod';
import { HttpError } from '../../model/errors.js';
import type { SourceOptions } from '../../model/job.js';
import type { PageEnvelope } from '../../model/page.js';
import type { ApiResponse } from '../../model/send.js';
import { SHORTEST_SLICE_MS, type Window } from '../../model/window.js';
import { refusal } from '../apiError.js';
import { cutFirst, tooMuchOf } from './askForLess.js';
import { halfPage } from './pagerContext.js';
import { instant, span } from './savedPosition.js';
import { cutToLength, halve } from './slices.js';

/** This protocol's name. */
export const PAGE_NUMBER = 'page-number';

/** Where the page-number protocol stands. */
export const PageNumberPosition = z.strictObject({
  kind: z.literal(PAGE_NUMBER),
  from: instant,
  to: instant,
  /** What is left of the window, the interval being read first; empty at the end. */
  slices: z.array(span),
  /** The page to ask for, counted from 1. */
  page: z.int().min(1),
  pageSize: z.int().min(1),
  /** The longest interval to ask for. */
  maxMs: z.int().min(SHORTEST_SLICE_MS),
  /** Whether intervals are narrowed by a filter on the start, as the interval alone did not. */
  narrow: z.boolean(),
  /** totalHits of the interval that the first slice is a half of; null where it is none. */
  parentHits: z.int().nullable(),
  /** totalHits of the interval when its last page was read; null before the first, and where the API gave none. */
  hits: z.int().nullable().default(null),
  /** Conversations that the pages of the interval have brought; absent in positions of earlier versions. */
  given: z.int().min(0).optional(),
});
/** Where the page-number protocol stands. */
export type PageNumberPosition = z.infer<typeof PageNumberPosition>;

/** An interval of which nothing is read. */
const UNREAD = { page: 1, hits: null, given: 0 } as const;

/** The beginning of a window. */
export const startOf = (window: Window, options: SourceOptions): PageNumberPosition => ({
  kind: PAGE_NUMBER, from: window.startMs, to: window.endMs, slices: [[window.startMs, window.endMs]],
  ...UNREAD, pageSize: options.pageSize, maxMs: Math.max(SHORTEST_SLICE_MS, options.maxIntervalMs), narrow: false, parentHits: null,
});

/** The same place with its first interval cut to the longest that may be asked for. */
export const shorten = (at: PageNumberPosition): PageNumberPosition => {
  const [first, ...rest] = at.slices;
  if (first === undefined || at.page > 1 || first[1] - first[0] <= at.maxMs) return at;
  return { ...at, slices: [...cutToLength(first, at.maxMs).map(([from, to]): [number, number] => [from, to]), ...rest] };
};

const inHalves = (at: PageNumberPosition, hits: number | null): PageNumberPosition | undefined => {
  const [first, ...rest] = at.slices;
  const halves = first === undefined ? undefined : halve(first);
  if (halves === undefined) return undefined;
  return { ...at, slices: [[...halves[0]], [...halves[1]], ...rest], ...UNREAD, parentHits: hits };
};

const tooDense = (label: string, maxResults: number): HttpError =>
  new HttpError(`${label}: one minute holds more than ${String(maxResults)} conversations, and the API pages no further`, { remedy: 'Narrow source.filters, or use source.kind job-cursor, which has no such limit.' });

/**
 * Where to go on after a page.
 *
 * @throws HttpError where an interval of a minute still holds more than `maxResults`.
 */
export const afterPage = (at: PageNumberPosition, envelope: PageEnvelope, maxResults: number, label: string): PageNumberPosition => {
  const hits = envelope.totalHits;
  if (envelope.conversationCount === 0) return { ...at, slices: at.slices.slice(1), ...UNREAD, parentHits: null };
  if (hits !== undefined && hits > maxResults) {
    // Half an interval that counts no fewer: the interval selects whole days here, so the start has to be filtered.
    if (at.parentHits !== null && hits >= at.parentHits && !at.narrow) return { ...at, narrow: true, ...UNREAD, parentHits: null };
    const halves = inHalves(at, hits);
    if (halves === undefined) throw tooDense(label, maxResults);
    return halves;
  }
  // The server may give smaller pages than were asked for.
  const given = (at.given ?? (at.page - 1) * at.pageSize) + envelope.conversationCount;
  if ((at.page + 1) * at.pageSize <= maxResults) return { ...at, page: at.page + 1, hits: hits ?? null, given };
  // One page more would be beyond the cap: the interval is finished if the API counts no more than was read, else it is cut.
  if (hits !== undefined && hits <= given) return { ...at, slices: at.slices.slice(1), ...UNREAD, parentHits: null };
  const halves = inHalves(at, hits ?? null);
  if (halves === undefined) throw tooDense(label, maxResults);
  return halves;
};

/** Where to go on after an answer that is no page: smaller pages or shorter intervals; the error where neither can help. */
export const adaptTo = (at: PageNumberPosition, response: ApiResponse, label: string): PageNumberPosition | HttpError => {
  const tooMuch = tooMuchOf(response);
  if (tooMuch === undefined) return refusal(response, label);
  if (tooMuch.of === 'days') {
    const slices = cutFirst(at.slices, tooMuch);
    // Later intervals are as long: they need not be refused first.
    return slices?.[0] === undefined ? refusal(response, label) : { ...at, slices, maxMs: slices[0][1] - slices[0][0], ...UNREAD };
  }
  const pageSize = tooMuch.of === 'page-or-window' ? halfPage(at.pageSize) : undefined;
  // Other page sizes number pages differently: the interval begins again.
  return pageSize === undefined ? (inHalves(at, null) ?? refusal(response, label)) : { ...at, pageSize, ...UNREAD };
};
