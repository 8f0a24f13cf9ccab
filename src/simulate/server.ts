import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { ConfigError } from '../model/errors.js';
import { platformError, type Answer } from './answer.js';
import { changedAnswer, replacement, sideEffect } from './faultedAnswer.js';
import { FaultScript, type FaultAction } from './faults.js';
import { sendBroken } from './brokenWire.js';
import { route } from './router.js';
import { SeededRandom } from './seededRandom.js';
import type { SimulatorOptions } from './simulatorOptions.js';
import { send, wireAnswer } from './wire.js';
import { createWorld, type World } from './world.js';

const HOST = '127.0.0.1';
/** Source: request.bytes.max, developer-center limits. */
const MAX_BODY_BYTES = 512_000;
const MAX_RECORDS = 200_000;

/** A request that the simulator received. Invariant: no token, query string or (unless asked for) body. */
export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  /** Of the answer; 0 until there is one, and for faults that send none. */
  readonly status: number;
  /** On the simulator's clock. Units: UTC epoch milliseconds. */
  readonly atMs: number;
  readonly body?: string;
}

/** A running simulator. */
export interface Simulator {
  /** `http://127.0.0.1:port`; it serves both the API and the login. */
  readonly baseUrl: string;
  readonly port: number;
  /** The latest requests in the order of their arrival. */
  readonly requests: readonly RecordedRequest[];
  readonly tokensIssued: number;
  /** Faults can be added and cleared while it runs. */
  readonly faults: FaultScript;
  /** The lake's watermark now. Units: UTC epoch milliseconds. */
  readonly watermarkMs: number;
  /** Errors of the imitation itself: there should be none. */
  readonly defects: readonly unknown[];
  /** Makes every token issued so far bad. */
  revokeTokens(): void;
  /** Stops at once; connections are cut. */
  close(): Promise<void>;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface Running {
  readonly world: World;
  readonly faults: FaultScript;
  readonly requests: Mutable<RecordedRequest>[];
  readonly ids: SeededRandom;
  /** Conversations of the page answered last, for the fault that repeats them. */
  previousRows: readonly string[];
}

const readBody = async (request: IncomingMessage): Promise<string | undefined> => {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  return length > MAX_BODY_BYTES ? undefined : Buffer.concat(chunks).toString('utf8');
};

const answerFor = (running: Running, request: IncomingMessage, url: URL, body: string | undefined, correlationId: string, action: FaultAction | undefined): Answer => {
  const { world } = running;
  if (action !== undefined) sideEffect(action, world);
  const replaced = action === undefined ? undefined : replacement(action);
  if (replaced !== undefined) return replaced;
  if (body === undefined) return platformError(correlationId, { status: 413, code: 'request.entity.too.large', message: 'The request is over the size limit. Maximum bytes: 512000' });
  const { pathname: path, searchParams: query } = url;
  const answer = route(world, { method: request.method ?? '', path, query, headers: request.headers, body, correlationId });
  const changed = action === undefined ? answer : changedAnswer(action, answer, `${path}${url.search}`, running.previousRows);
  if (answer.content.kind === 'page') running.previousRows = answer.content.page.rows;
  return changed;
};

const record = (running: Running, request: IncomingMessage, path: string, body: string | undefined): Mutable<RecordedRequest> => {
  const { world, requests } = running;
  const kept = world.settings.recordBodies && body !== undefined ? { body } : {};
  const entry: Mutable<RecordedRequest> = { method: request.method ?? '', path, status: 0, atMs: world.clock.nowMs(), ...kept };
  requests.push(entry);
  if (requests.length > MAX_RECORDS) requests.splice(0, MAX_RECORDS / 2);
  return entry;
};

const serve = async (running: Running, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const { world, faults, ids } = running;
  const { settings } = world;
  const url = new URL(request.url ?? '/', world.baseUrl);
  const body = await readBody(request);
  const entry = record(running, request, url.pathname, body);
  const action = faults.strike(entry.method, url.pathname);
  if (settings.latencyMs > 0) await wait(settings.latencyMs);
  if (action?.kind === 'delay') await wait(action.ms);
  const correlationId = ids.uuid();
  const answer = answerFor(running, request, url, body, correlationId, action);
  const headers = {
    'ININ-Correlation-Id': correlationId,
    Date: new Date(world.clock.nowMs() + settings.dateSkewMs).toUTCString(),
    'Cache-Control': 'no-cache, no-store, must-revalidate',
  };
  const plain = action?.kind === 'gzip' || !settings.gzip || !/\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  const bytes = await wireAnswer(answer, headers, !plain);
  if (action !== undefined && (await sendBroken(response, bytes, action))) return;
  entry.status = answer.status;
  send(response, bytes);
};

const listen = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      const what = taken ? `port ${String(port)} is in use` : `cannot listen on port ${String(port)} (${error.code ?? 'unknown'})`;
      reject(new ConfigError([{ where: 'simulate --port', what }], { cause: error, remedy: 'Choose another port, or 0 for any free one.' }));
    });
    server.listen(port, HOST, resolve);
  });

const closing = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => { resolve(); });
    server.closeAllConnections();
  });

/**
 * Starts the imitation of the API on loopback, over HTTP.
 *
 * @throws ConfigError where the port is in use.
 */
export const startSimulator = async (options: SimulatorOptions): Promise<Simulator> => {
  const world = createWorld(options);
  const { seed } = options.dataset.options;
  const faults = new FaultScript(seed, world.settings.faults);
  const running: Running = { world, faults, requests: [], ids: new SeededRandom(seed, 0xc0, 0x1d), previousRows: [] };
  const defects: unknown[] = [];
  const server = createServer((request, response) => {
    serve(running, request, response).catch((error: unknown) => {
      // Whoever hung up gets nothing; anything else is a defect of the imitation, kept for who runs it.
      if (request.complete) defects.push(error);
      response.destroy();
    });
  });
  server.keepAliveTimeout = 30_000;
  await listen(server, world.settings.port);
  const { port } = server.address() as AddressInfo;
  world.baseUrl = `http://${HOST}:${String(port)}`;
  return {
    baseUrl: world.baseUrl,
    port,
    requests: running.requests,
    defects,
    faults,
    get tokensIssued() {
      return world.tokens.issued;
    },
    get watermarkMs() {
      return world.lake.watermarkMs(world.clock.nowMs());
    },
    revokeTokens: () => { world.tokens.revokeAll(); },
    close: () => closing(server),
  };
};
