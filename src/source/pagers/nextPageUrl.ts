import * as z from 'zod';
import { PositionGoneError } from '../../model/errors.js';
import { formatInstant } from '../../model/instant.js';
import type { SourceOptions } from '../../model/job.js';
import type { DecodePage, PageEnvelope, PageRequest, Shortfall, WholeEvent, WholeSource } from '../../model/page.js';
import type { ApiRequest, ApiResponse } from '../../model/send.js';
import type { Window } from '../../model/window.js';
import { describeRefusal, factsOf, readApiError, refusal } from '../apiError.js';
import { lastingLink, resolveLink } from '../links.js';
import { cutFirst, slicesOf, tooMuchOf } from './askForLess.js';
import { liveSource } from './liveSource.js';
import { createLoopGuard } from './loopGuard.js';
import { halfPage, isGone, pageLabel, postJson, QUERY_PATH } from './pagerContext.js';
import type { PagerContext } from './pagerContext.js';
import { instant, readPosition, span } from './savedPosition.js';

const KIND = 'next-page-url';

const NextPageUrlPosition = z.strictObject({
  kind: z.literal(KIND),
  from: instant,
  to: instant,
  /** What is left of the window, the part being read first; empty at the end. */
  slices: z.array(span),
  /** Pages read so far. */
  page: z.int().min(0),
  /** The next page of the first slice, an absolute path or a full address; null: its first page. */
  link: z.string().nullable(),
  pageSize: z.int().min(1),
  /** Conversations that the first slice has brought before the link; absent in positions of earlier versions. */
  given: z.int().min(0).optional(),
});
type NextPageUrlPosition = z.infer<typeof NextPageUrlPosition>;

const startOf = (window: Window, { pageSize, maxIntervalMs }: SourceOptions): NextPageUrlPosition => ({
  kind: KIND, from: window.startMs, to: window.endMs, slices: slicesOf(window, maxIntervalMs), page: 0, link: null, pageSize,
});

const requestFor = (context: PagerContext, at: NextPageUrlPosition, label: string): ApiRequest => {
  const queryUrl = `${context.baseUrl}${QUERY_PATH}`;
  if (at.link !== null) return { method: 'GET', url: resolveLink({ baseUrl: context.baseUrl, askedUrl: queryUrl }, at.link, label), label };
  const [fromMs, toMs] = at.slices[0] ?? [at.from, at.to];
  const body = {
    groupBy: ['conversationId'],
    select: ['conversationId', 'channelType', 'participants'],
    ...context.options.filters,
    view: 'details',
    dateRange: { from: formatInstant(fromMs), to: formatInstant(toMs) },
    pageSize: at.pageSize,
  };
  return postJson(queryUrl, body, label);
};

/** Where to go on after an answer that is no page; what is too much at a link is asked for anew, in less. @throws where there is nowhere. */
const afterRefusal = (at: NextPageUrlPosition, response: ApiResponse, label: string): NextPageUrlPosition => {
  const tooMuch = tooMuchOf(response);
  if (tooMuch !== undefined) {
    const pageSize = tooMuch.of === 'page-or-window' ? halfPage(at.pageSize) : undefined;
    if (pageSize !== undefined) return { ...at, pageSize, link: null };
    const slices = cutFirst(at.slices, tooMuch);
    if (slices !== undefined) return { ...at, slices, link: null };
  } else if (at.link !== null && isGone(response)) {
    const error = readApiError(response);
    throw new PositionGoneError(`${describeRefusal(label, response.status, error)}: the link to this page is no longer known`, factsOf(response.status, error));
  }
  throw refusal(response, label);
};

/** What a slice has brought with this page; undefined where an earlier version began it and nobody has counted. */
const givenWith = ({ link, given }: NextPageUrlPosition, { conversationCount }: PageEnvelope): number | undefined => {
  const before = link === null ? 0 : given;
  return before === undefined ? undefined : before + conversationCount;
};

/** @param link to the next page; undefined: there is none. */
const afterPage = (at: NextPageUrlPosition, envelope: PageEnvelope, link: string | undefined): NextPageUrlPosition => {
  const page = at.page + 1;
  if (link === undefined) return { ...at, page, link: null, slices: at.slices.slice(1) };
  return { ...at, page, link, given: givenWith(at, envelope) };
};

/** What is missing of a slice whose last page this is, by the answer's own word. */
const shortfall = (at: NextPageUrlPosition, envelope: PageEnvelope): Shortfall | undefined => {
  const { nextPageUrl, totalHits } = envelope;
  const [slice] = at.slices;
  const given = givenWith(at, envelope);
  if (nextPageUrl !== undefined || totalHits === undefined || slice === undefined || given === undefined) return undefined;
  return given < totalHits ? { window: { startMs: slice[0], endMs: slice[1] }, total: totalHits, given } : undefined;
};

async function* readPages<T>(context: PagerContext, { window, position, isPart, signal }: PageRequest, decode: DecodePage<T>): AsyncGenerator<WholeEvent<T>, void, void> {
  let guard = createLoopGuard();
  let at = position === undefined ? startOf(window, context.options) : readPosition(NextPageUrlPosition, position, KIND, window);
  while (at.slices.length > 0) {
    const label = pageLabel('conversation details query', at.page + 1, { window, isPart });
    const request = requestFor(context, at, label);
    // Slices that were cut may begin with pages that were read before.
    if (at.link === null) guard = createLoopGuard();
    else guard.follow(request.url, label);
    const response = await context.send(request, signal);
    if (response.status !== 200) {
      at = afterRefusal(at, response, label);
      continue;
    }
    const { envelope, listHash, content } = await decode(response.body, KIND, label);
    const { nextPageUrl } = envelope;
    const link = nextPageUrl === undefined ? undefined : lastingLink({ baseUrl: context.baseUrl, askedUrl: request.url }, nextPageUrl, label);
    const next = afterPage(at, envelope, link);
    if (link !== undefined) guard.arrived({ number: next.page, listHash, conversationCount: envelope.conversationCount }, label);
    const short = shortfall(at, envelope);
    yield { type: 'page', content, envelope, position: next, ...(short === undefined ? {} : { short }) };
    at = next;
  }
  yield { type: 'end', position: at };
}

/**
 * The protocol whose answers link to the next page.
 *
 * Invariant: only links on the API's own origin are followed, each once. A window is asked for in slices of at most `maxInterval`; answers that are too large in smaller pages, then in shorter slices.
 * A link is checked before its page is handed out, so that no position ever holds one that must not be followed.
 */
export const createNextPageUrlSource = (context: PagerContext): WholeSource =>
  liveSource(context, { kind: KIND, carriesAttributes: true, pages: (request, decode) => readPages(context, request, decode) });
