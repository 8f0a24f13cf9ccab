import type { Window } from '../../model/window.js';
import { aggregate } from '../aggregations.js';
import { badRequest, invalidValue, pageAnswer, type Answer, type Exchange } from '../answer.js';
import { filtersFault } from '../filter.js';
import { startedIn, wantedOf } from '../find.js';
import type { WireObject } from '../history.js';
import { daysTouched, readInterval } from '../interval.js';
import { endAsOf } from '../lifetime.js';
import type { QueryBody } from '../queryBody.js';
import { orderFault } from '../queryOrder.js';
import { listSelection, pageOffset, reversed, slicePage, type Selection } from '../selection.js';
import type { World } from '../world.js';

const DEFAULT_PAGE_SIZE = 25;

/** Source: real text, the blank line included. */
const paginationText = (limit: number): string =>
  `Pagination may not exceed ${String(limit)} results.\n\nTip: When extracting large chunks of data (multiple days/weeks), maximize pagination performance ` +
  'by querying in smaller intervals. For example, paging through 1am-2am, then 2am-3am, …';

/** The interval of a query or job, or the refusal with the API's own text. `maxDays` 0: any length. */
export const intervalOf = (exchange: Exchange, body: QueryBody, maxDays: number): Window | Answer => {
  const read = readInterval(body.interval ?? undefined, maxDays);
  if (read === 'malformed') {
    return badRequest(exchange.correlationId, 'Dates must be specified as ISO-8601 strings. For example: yyyy-MM-ddTHH:mm:ss.SSSZ', 'invalid.date');
  }
  if (read === 'missing' || read === 'too-long') {
    const days = String(maxDays === 0 ? 31 : maxDays);
    return badRequest(exchange.correlationId, `You must specify a search interval as part of your query that does not exceed ${days} days`);
  }
  return read;
};

const ordered = (world: World, selection: Selection, body: QueryBody, asOfMs: number): Selection => {
  const descending = body.order === 'desc';
  if (!(body.orderBy ?? '').endsWith('End')) return descending ? reversed(selection) : selection;
  const ends = Array.from({ length: selection.length }, (_, i): readonly [number, number] => {
    const index = selection.at(i);
    return [index, endAsOf(world.dataset.lifetime(index), asOfMs) ?? Number.POSITIVE_INFINITY];
  });
  const byEnd = listSelection(ends.sort((a, b) => (a[1] === b[1] ? a[0] - b[0] : a[1] - b[1])).map(([index]) => index));
  return descending ? reversed(byEnd) : byEnd;
};

const paging = (world: World, exchange: Exchange, body: QueryBody): { size: number; page: number } | Answer => {
  const size = body.paging?.pageSize ?? DEFAULT_PAGE_SIZE;
  const number = body.paging?.pageNumber ?? 1;
  const { maxPageSize, maxResults } = world.settings;
  // Both are required inside (PagingSpec). The real text of these refusals is not known.
  if (body.paging !== null && body.paging !== undefined && (typeof body.paging.pageSize !== 'number' || typeof body.paging.pageNumber !== 'number')) return badRequest(exchange.correlationId, 'paging needs both pageSize and pageNumber');
  if (size < 1 || size > maxPageSize) return invalidValue(exchange.correlationId, String(size), 'pageSize', [`1 to ${String(maxPageSize)}`]);
  if (number < 1) return invalidValue(exchange.correlationId, String(number), 'pageNumber', ['1 and above']);
  if (size * number > maxResults) return badRequest(exchange.correlationId, paginationText(maxResults));
  return { size, page: number - 1 };
};

/**
 * The public conversation details query: page numbers, totalHits, never attributes.
 *
 * Source: genesys-cloud-api.md section 1, limits and their texts included.
 */
export const publicQuery = (world: World, exchange: Exchange, body: QueryBody): Answer => {
  const { settings, clock } = world;
  const interval = intervalOf(exchange, body, settings.maxIntervalDays);
  if ('content' in interval) return interval;
  const place = paging(world, exchange, body);
  if ('content' in place) return place;
  const fault = orderFault(exchange.correlationId, body) ?? filtersFault(exchange.correlationId, body);
  if (fault !== undefined) return fault;

  const asOfMs = clock.nowMs();
  const window = settings.queryMatching === 'day' ? daysTouched(interval) : interval;
  const selection = ordered(world, startedIn(world, window, wantedOf(world, body, asOfMs)), body, asOfMs);
  const { duplicateEvery } = settings;
  const slice = slicePage(selection, { offset: pageOffset(place.page, place.size, duplicateEvery), page: place.page, size: place.size, duplicateEvery });
  const drift = settings.totalHitsDrift ? (place.page % 3) - 1 : 0;
  const envelope: WireObject = {
    ...(body.aggregations === null || body.aggregations === undefined ? {} : { aggregations: aggregate(world, selection, asOfMs, body.aggregations) }),
    totalHits: Math.max(0, selection.length + drift),
  };
  const rows = slice.indexes.map((i) => world.rowText(i, { asOfMs, attributes: false, spelling: 'public' }));
  return pageAnswer({ rowsKey: 'conversations', rows, envelope, omitRowsWhenEmpty: true });
};
