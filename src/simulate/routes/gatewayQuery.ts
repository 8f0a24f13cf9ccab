import { badRequest, pageAnswer, platformError, type Answer, type Exchange } from '../answer.js';
import { filtersFault } from '../filter.js';
import { startedIn, wantedOf } from '../find.js';
import { daysTouched, readInterval } from '../interval.js';
import type { LinkPlace } from '../linkDesk.js';
import { gatewayFilter, type QueryBody } from '../queryBody.js';
import { slicePage } from '../selection.js';
import type { World } from '../world.js';
import { DETAIL_PERMISSIONS, type Route } from './route.js';

const PATH = '/api/v2/analytics/conversations/details/query';
const DEFAULT_PAGE_SIZE = 100;

const onlySelected = (text: string, select: readonly string[]): string => {
  // Through JSON and back: a simulator that honours `select` gives up integers beyond 2^53.
  const conversation = JSON.parse(text) as Record<string, unknown>;
  return JSON.stringify(Object.fromEntries(Object.entries(conversation).filter(([name]) => select.includes(name))));
};

const page = (world: World, { query, queryId, offset, page: number }: LinkPlace): Answer => {
  const { settings } = world;
  const slice = slicePage(query.selection, { offset, page: number, size: query.size, duplicateEvery: settings.duplicateEvery });
  const { select } = query;
  const rows = slice.indexes.map((i) => {
    const text = world.rowText(i, { asOfMs: query.asOfMs, attributes: true, spelling: 'gateway' });
    return select === undefined ? text : onlySelected(text, select);
  });
  const origin = settings.nextPageUrlStyle === 'absolute' ? world.baseUrl : '';
  const link =
    slice.nextOffset === undefined ? {} : { nextPageUrl: `${origin}${PATH}?pageToken=${encodeURIComponent(world.links.token(queryId, slice.nextOffset, number + 1))}` };
  return pageAnswer({ rowsKey: settings.nextPageRowsKey, rows, envelope: { pageSize: query.size, ...link }, omitRowsWhenEmpty: false });
};

/** The first page of the next-page-url protocol: conversations that started in `dateRange`, or on the days it touches, with attributes, in the gateway's spelling. */
export const gatewayQuery = (world: World, exchange: Exchange, body: QueryBody): Answer => {
  const { settings, clock } = world;
  const interval = readInterval(`${body.dateRange?.from ?? ''}/${body.dateRange?.to ?? ''}`, 0);
  if (typeof interval === 'string') {
    return badRequest(exchange.correlationId, 'Dates must be specified as ISO-8601 strings. For example: yyyy-MM-ddTHH:mm:ss.SSSZ', 'invalid.date');
  }
  const fault = filtersFault(exchange.correlationId, body);
  if (fault !== undefined) return fault;
  const asOfMs = clock.nowMs();
  const query = {
    selection: startedIn(world, settings.dateRangeMatching === 'day' ? daysTouched(interval) : interval, wantedOf(world, body, asOfMs, gatewayFilter(body.filter))),
    asOfMs,
    size: Math.min(body.pageSize ?? DEFAULT_PAGE_SIZE, settings.maxPageSize),
    select: settings.honourSelect ? (body.select ?? undefined) : undefined,
    madeMs: asOfMs,
  };
  return page(world, { query, queryId: world.links.open(query), offset: 0, page: 0 });
};

const follow = (world: World, exchange: Exchange): Answer => {
  const token = exchange.query.get('pageToken') ?? '';
  const place = world.links.find(token, world.clock.nowMs(), world.settings.linkLifetimeMs);
  if (place === undefined) return platformError(exchange.correlationId, { status: 400, code: 'bad.request', message: 'The page token is not valid or has expired.' });
  return page(world, place);
};

/** The following pages: GET of a nextPageUrl. */
export const gatewayPage: Route = { method: 'GET', path: PATH, anyOf: DETAIL_PERMISSIONS, answer: follow };
