import { Pool, type Dispatcher } from 'undici';

/** What is read of a conversation here. */
export interface WireConversation {
  readonly conversationId: string;
  readonly conversationStart: string;
  readonly conversationEnd?: string;
  readonly originatingDirection?: string;
  readonly channelType?: string;
  readonly divisionIds?: readonly string[];
  readonly externalTag?: string;
  readonly participants?: readonly {
    readonly participantId: string;
    readonly role?: string;
    readonly attributes?: Readonly<Record<string, string>>;
    readonly sessions?: readonly { readonly channelType?: string }[];
  }[];
}

interface WirePage {
  readonly entities: readonly WireConversation[];
  readonly nextPageUrl?: string;
}

const QUERY = '/api/v2/analytics/conversations/details/query';

/** Each page of the days, one after the other: undici and JSON.parse, nothing else. */
export async function* readPages(baseUrl: string, from: string, to: string): AsyncGenerator<readonly WireConversation[], void, void> {
  const pool = new Pool(baseUrl, { connections: 4 });
  const body = JSON.stringify({ view: 'details', dateRange: { from, to }, groupBy: ['conversationId'], pageSize: 100 });
  let path: string | undefined = QUERY;
  while (path !== undefined) {
    const answer: Dispatcher.ResponseData = path === QUERY ? await pool.request({ method: 'POST', path, body, headers: { 'content-type': 'application/json' } }) : await pool.request({ method: 'GET', path });
    if (answer.statusCode !== 200) throw new Error(`status ${String(answer.statusCode)}`);
    const page = JSON.parse(await answer.body.text()) as WirePage;
    yield page.entities;
    path = page.nextPageUrl;
  }
  await pool.close();
}
