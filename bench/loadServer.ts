import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { PAGE_CONVERSATIONS, type PreparedDay } from './pages.js';
import { loadDays, type Range } from './ranges.js';

/*
 * A server that gives pages serialised beforehand, so that what is timed is the client:
 * the token, next-page-url (POST, then GET of the link), page-number, job-cursor and availability, all over the same bytes.
 * It speaks the protocols and checks nothing; questions for fewer conversations than a prepared page has get an empty list and the count.
 */

/** What the server is told on its command line, as JSON. */
export interface LoadServerOptions {
  /** Where `preparePages` put them. */
  readonly folder: string;
  readonly days: readonly PreparedDay[];
  /** Each page is given so many times, with other conversationIds each time; by default once. At most 256. */
  readonly repeats?: number;
}

const Query = z.looseObject({
  dateRange: z.looseObject({ from: z.string(), to: z.string() }).nullish(),
  interval: z.string().nullish(),
  pageSize: z.number().nullish(),
  paging: z.looseObject({ pageSize: z.number(), pageNumber: z.number() }).nullish(),
});

const QUERY = '/api/v2/analytics/conversations/details/query';
const JOBS = '/api/v2/analytics/conversations/details/jobs';
const COMMA = Buffer.from(',');

const { folder, days, repeats = 1 } = JSON.parse(process.argv[2] ?? '{}') as LoadServerOptions;

const rangeOf = loadDays(folder, days, repeats);

/** Ranges that were asked for: their places are the links and job ids. */
const ranges: Range[] = [];

const remember = (from: string, to: string): number => ranges.push(rangeOf(Date.parse(from), Date.parse(to))) - 1;

const give = (response: ServerResponse, status: number, parts: readonly Buffer[]): void => {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': length });
  response.cork();
  for (const part of parts) response.write(part);
  response.uncork();
  response.end();
};

const giveJson = (response: ServerResponse, value: object, status = 200): void => give(response, status, [Buffer.from(JSON.stringify(value))]);

/** A page of `size` conversations from a prepared page on, and what stands after its list. */
const givePage = (response: ServerResponse, key: string, range: Range, page: { readonly from: number; readonly size: number }, envelope: (next: number | undefined) => object): void => {
  const to = Math.min(range.pages, page.from + Math.floor(page.size / PAGE_CONVERSATIONS));
  const parts: Buffer[] = [Buffer.from(`{"${key}":[`)];
  for (let i = page.from; i < to; i++) {
    if (i > page.from) parts.push(COMMA);
    parts.push(range.page(i));
  }
  parts.push(Buffer.from(`],${JSON.stringify(envelope(to < range.pages && to > page.from ? to : undefined)).slice(1)}`));
  give(response, 200, parts);
};

const giveLinkedPage = (response: ServerResponse, range: number, from: number, size: number): void =>
  givePage(response, 'entities', ranges[range]!, { from, size }, (next) => ({
    pageSize: size,
    ...(next === undefined ? {} : { nextPageUrl: `${QUERY}?range=${String(range)}&from=${String(next)}&size=${String(size)}` }),
  }));

const onQuery = (response: ServerResponse, body: string): void => {
  const query = Query.parse(JSON.parse(body));
  if (query.dateRange !== null && query.dateRange !== undefined) {
    giveLinkedPage(response, remember(query.dateRange.from, query.dateRange.to), 0, query.pageSize ?? PAGE_CONVERSATIONS);
    return;
  }
  const [from = '', to = ''] = (query.interval ?? '').split('/');
  const range = ranges[remember(from, to)]!;
  ranges.pop();
  const { pageSize: size, pageNumber } = query.paging ?? { pageSize: PAGE_CONVERSATIONS, pageNumber: 1 };
  const first = (pageNumber - 1) * Math.floor(size / PAGE_CONVERSATIONS);
  if (size >= PAGE_CONVERSATIONS && first >= range.pages) giveJson(response, { totalHits: range.conversations });
  else givePage(response, 'conversations', range, { from: first, size }, () => ({ totalHits: range.conversations }));
};

const onJob = (request: IncomingMessage, response: ServerResponse, { pathname, searchParams }: URL, body: string): void => {
  if (request.method === 'POST') {
    const [from = '', to = ''] = (Query.parse(JSON.parse(body)).interval ?? '').split('/');
    giveJson(response, { jobId: `job-${String(remember(from, to))}` }, 202);
    return;
  }
  const range = ranges[Number(/job-(\d+)/.exec(pathname)?.[1])];
  if (pathname.endsWith('/availability')) giveJson(response, { dataAvailabilityDate: new Date().toISOString() });
  else if (range === undefined) giveJson(response, { status: 404, message: 'The requested job was not found.' }, 404);
  else if (request.method === 'DELETE') response.writeHead(204).end();
  else if (pathname.endsWith('/results')) {
    const size = Number(searchParams.get('pageSize') ?? PAGE_CONVERSATIONS);
    givePage(response, 'conversations', range, { from: Number(searchParams.get('cursor') ?? 0), size }, (next) => ({ ...(next === undefined ? {} : { cursor: String(next) }), dataAvailabilityDate: new Date().toISOString() }));
  } else giveJson(response, { state: 'FULFILLED' });
};

const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  let body = '';
  for await (const chunk of request as AsyncIterable<Buffer>) body += chunk.toString();
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const { pathname, searchParams: asked } = url;
  if (pathname === '/oauth/token') giveJson(response, { access_token: 'load', token_type: 'bearer', expires_in: 86_400 });
  else if (pathname.startsWith(JOBS)) onJob(request, response, url, body);
  else if (pathname !== QUERY) giveJson(response, { status: 404, message: 'not found' }, 404);
  else if (request.method === 'POST') onQuery(response, body);
  else giveLinkedPage(response, Number(asked.get('range')), Number(asked.get('from')), Number(asked.get('size')));
};

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    process.stderr.write(`load server: ${String(error)}\n`);
    response.destroy();
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}\n`);
});
process.stdin.resume();
process.stdin.on('end', () => {
  server.close();
  server.closeAllConnections();
});
