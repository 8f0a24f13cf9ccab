import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A request as it arrived. */
export interface JournalEntry {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** What the server does with one request. */
export type Directive =
  /** A whole answer in JSON. */
  | { readonly json: unknown; readonly status?: number; readonly headers?: Readonly<Record<string, string | string[]>> }
  /** A whole answer of these bytes. */
  | { readonly bytes: Uint8Array | string; readonly status?: number; readonly headers?: Readonly<Record<string, string | string[]>> }
  /** These bytes on the socket, then its end, a reset, or silence. */
  | { readonly raw: Uint8Array | string; readonly then: 'end' | 'reset' | 'hang' }
  /** The raw bytes one by one, with a pause between them. */
  | { readonly drip: string; readonly everyMs: number }
  /** Whatever this makes of the request. */
  | ((request: JournalEntry) => Directive);

/** A server on loopback that answers as told and keeps a journal. */
export interface HostileServer {
  readonly baseUrl: string;
  /** Requests in order of arrival, those for a token apart. */
  readonly journal: readonly JournalEntry[];
  /** Requests for a token. */
  readonly tokenJournal: readonly JournalEntry[];
  /** Connections accepted. */
  readonly connections: () => number;
  /** What becomes of the requests to come, in order; the last one answers all that follow. */
  script(...directives: readonly Directive[]): void;
  /** The same for token requests; without a script every one gets a new token (`token-1`, `token-2`, …). */
  scriptTokens(...directives: readonly Directive[]): void;
  close(): Promise<void>;
}

const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
};

const drip = (socket: Socket, text: string, everyMs: number): void => {
  let at = 0;
  const timer = setInterval(() => {
    if (socket.destroyed || at >= text.length) clearInterval(timer);
    else socket.write(text[at++] ?? '');
  }, everyMs);
  socket.on('close', () => {
    clearInterval(timer);
  });
};

const perform = (directive: Directive, entry: JournalEntry, response: ServerResponse): void => {
  if (typeof directive === 'function') {
    perform(directive(entry), entry, response);
    return;
  }
  const { socket } = response;
  if ('raw' in directive) {
    if (directive.then === 'reset' && directive.raw.length === 0) socket?.resetAndDestroy();
    else
      socket?.write(directive.raw, () => {
        if (directive.then === 'end') socket.end();
        // Leaves the bytes a moment to arrive before the reset discards them.
        else if (directive.then === 'reset') setTimeout(() => socket.resetAndDestroy(), 5);
      });
  } else if ('drip' in directive) {
    if (socket !== null) drip(socket, directive.drip, directive.everyMs);
  } else {
    const body = 'json' in directive ? Buffer.from(JSON.stringify(directive.json)) : Buffer.from(directive.bytes);
    response.writeHead(directive.status ?? 200, { 'content-type': 'application/json', 'content-length': String(body.length), ...directive.headers });
    response.end(body);
  }
};

const nextOf = (directives: Directive[]): Directive | undefined => (directives.length > 1 ? directives.shift() : directives[0]);

/** Starts a hostile server on a free port. */
export const startHostileServer = async (): Promise<HostileServer> => {
  const journal: JournalEntry[] = [];
  const tokenJournal: JournalEntry[] = [];
  const sockets = new Set<Socket>();
  let script: Directive[] = [];
  let tokenScript: Directive[] = [];
  let connections = 0;

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const entry = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body: await readBody(request) };
    const isToken = entry.url === '/oauth/token';
    (isToken ? tokenJournal : journal).push(entry);
    const fresh: Directive = { json: { access_token: `token-${String(tokenJournal.length)}`, token_type: 'bearer', expires_in: 86_399 } };
    perform((isToken ? nextOf(tokenScript) ?? fresh : nextOf(script)) ?? { json: { message: 'nothing scripted', code: 'not.found', status: 404 }, status: 404 }, entry, response);
  };

  const server = createServer((request, response) => {
    handle(request, response).catch(() => {
      response.destroy();
    });
  });
  server.on('connection', (socket) => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    baseUrl: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    journal,
    tokenJournal,
    connections: () => connections,
    script: (...directives) => {
      script = [...directives];
    },
    scriptTokens: (...directives) => {
      tokenScript = [...directives];
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
    },
  };
};
