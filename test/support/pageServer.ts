import { startHostileServer, type Directive, type HostileServer } from './hostileServer.js';
import type { Attempt, FaultCase } from './faultRig.js';

/** Pages over next-page-url, as bytes, so that they may hold what JSON.stringify would not write. */
export interface PageServer {
  readonly baseUrl: string;
  readonly server: HostileServer;
  /** What the pages after now are; page n links to page n + 1. */
  serve(...pages: readonly (string | Uint8Array)[]): void;
  /** Sets its clock. */
  setClock(ms: number): void;
  close(): Promise<void>;
}

const LINK = '/api/v2/analytics/conversations/details/query?pageToken=';

/** A page with these conversations, each JSON text; `next` is the number of the page to link to. */
export const pageText = (conversations: readonly string[], next?: number): string =>
  `{"entities":[${conversations.join(',')}]${next === undefined ? '' : `,"nextPageUrl":"${LINK}${String(next)}"`}}`;

/** A conversation of the day that fault tests export, as JSON text; `attributes` too. */
export const conversationText = (n: number, attributes = '{"a":"1"}', more = ''): string => {
  const id = `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
  return `{"conversationId":"${id}","conversationStart":"2026-01-05T01:00:00.000Z","conversationEnd":"2026-01-05T02:00:00.000Z","participants":[{"participantId":"p-${String(n)}","purpose":"customer","attributes":${attributes}${more}}]}`;
};

/** Starts a server of literal pages. Its clock stands in June 2026, long after the day, until it is set. */
export const startPageServer = async (): Promise<PageServer> => {
  const server = await startHostileServer();
  let pages: readonly (string | Uint8Array)[] = [];
  let nowMs = Date.UTC(2026, 5, 1, 12);
  const answer: Directive = ({ method, url, body }) => {
    const headers = { date: new Date(nowMs).toUTCString() };
    if (method === 'POST' && !body.includes('2026-01-05T00:00')) return { json: { entities: [] }, headers };
    const page = pages[method === 'POST' ? 0 : Number(new URL(url, 'http://x').searchParams.get('pageToken'))];
    return page === undefined ? { json: { message: 'no such page' }, status: 404, headers } : { bytes: page, headers };
  };
  server.script(answer);
  return {
    baseUrl: server.baseUrl,
    server,
    serve: (...next) => {
      pages = next;
    },
    setClock: (ms) => {
      nowMs = ms;
    },
    close: () => server.close(),
  };
};

/** Exports literal pages with one case. */
export const exportPages = async (server: PageServer, one: FaultCase, ...pages: readonly (string | Uint8Array)[]): Promise<Attempt> => {
  server.serve(...pages);
  return one.run({ baseUrl: server.baseUrl });
};
