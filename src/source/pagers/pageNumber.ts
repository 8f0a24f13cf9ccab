import { DecodeError, PositionGoneError } from '../../model/errors.js';
import type { DecodePage, PageEnvelope, PageRequest, WholeEvent, WholeSource } from '../../model/page.js';
import { describeRefusal, factsOf, readApiError } from '../apiError.js';
import { liveSource } from './liveSource.js';
import { createLoopGuard } from './loopGuard.js';
import { adaptTo, afterPage, shorten, startOf, PageNumberPosition, PAGE_NUMBER } from './pageNumberPlan.js';
import { isGone, postJson, QUERY_PATH } from './pagerContext.js';
import type { PagerContext } from './pagerContext.js';
import { publicFilters, publicQuery } from './publicQuery.js';
import { readPosition } from './savedPosition.js';

/** A first page without conversations while the API counts some is a page that got lost. */
const refuseLostPage = (at: PageNumberPosition, envelope: PageEnvelope, label: string): void => {
  if (at.page === 1 && envelope.conversationCount === 0 && (envelope.totalHits ?? 0) > 0) {
    throw new DecodeError(label, 'conversations', `is absent or empty although totalHits is ${String(envelope.totalHits)}`);
  }
};

/**
 * Refuses to go on at a saved page where the API counts another number of conversations than when the page before was read: pages are numbered from the start, so that what
 * came or went meanwhile has moved what they hold.
 *
 * Why only where an earlier run left off: totalHits is approximate and moves by a few while paging; minutes to days later it tells of real changes.
 */
const refuseMovedPages = (at: PageNumberPosition, envelope: PageEnvelope, label: string): void => {
  if (at.page === 1 || at.hits === null || envelope.totalHits === undefined || envelope.totalHits === at.hits) return;
  throw new PositionGoneError(`${label}: totalHits is ${String(envelope.totalHits)}, it was ${String(at.hits)} when the page before was read, so pages have moved`);
};

async function* readPages<T>(context: PagerContext, { window, position, signal }: PageRequest, decode: DecodePage<T>): AsyncGenerator<WholeEvent<T>, void, void> {
  const { options } = context;
  const filters = publicFilters(options.filters);
  let guard = createLoopGuard();
  let at: PageNumberPosition = position === undefined ? startOf(window, options) : readPosition(PageNumberPosition, position, PAGE_NUMBER, window);
  let pages = 0;
  let isResumed = position !== undefined;
  for (at = shorten(at); at.slices[0] !== undefined; at = shorten(at)) {
    const [slice] = at.slices;
    // The parts of an interval that was cut may begin with pages that were read before.
    if (at.page === 1) guard = createLoopGuard();
    const label = `conversation details query, page ${String(at.page)}`;
    const body = publicQuery(filters, slice, { pageSize: at.pageSize, pageNumber: at.page }, at.narrow);
    const response = await context.send(postJson(`${context.baseUrl}${QUERY_PATH}`, body, label), signal);
    if (response.status !== 200) {
      const error = readApiError(response);
      const adapted = adaptTo(at, response, label);
      if (adapted instanceof Error) {
        throw at.page > 1 && isGone(response) ? new PositionGoneError(describeRefusal(label, response.status, error), factsOf(response.status, error)) : adapted;
      }
      at = adapted;
      continue;
    }
    const { envelope, listHash, content } = await decode(response.body, PAGE_NUMBER, label);
    refuseLostPage(at, envelope, label);
    if (isResumed) refuseMovedPages(at, envelope, label);
    isResumed = false;
    const next = afterPage(at, envelope, options.maxResults, label);
    if (envelope.conversationCount > 0) guard.arrived({ number: ++pages, listHash, conversationCount: envelope.conversationCount }, label);
    yield { type: 'page', content, envelope, position: next };
    at = next;
  }
  yield { type: 'end', position: at };
}

/**
 * The public query: numbered pages of an interval, without participant attributes.
 *
 * Invariant: an interval ends with the page that has no conversations; one that is too long, or holds more than `maxResults`, also while it is read, is cut and its parts are read from their first page
 * (what was read before is then delivered again: consumers keep one of each conversationId).
 * The interval selects whole UTC days, so conversations beyond the window are delivered too.
 */
export const createPageNumberSource = (context: PagerContext): WholeSource =>
  liveSource(context, { kind: PAGE_NUMBER, carriesAttributes: false, pages: (request, decode) => readPages(context, request, decode) });
