import type { SourceOptions } from '../model/job.js';
import type { MemoryPool } from '../model/memoryPool.js';
import type { ConversationSource, WholeSource } from '../model/page.js';
import type { Clock, Log, Random } from '../model/ports.js';
import type { Send } from '../model/send.js';
import type { ClientCredentials, Settings } from '../model/settings.js';
import { createJobCursorSource } from './pagers/jobCursor.js';
import { JobLine } from './pagers/jobLine.js';
import { createNextPageUrlSource } from './pagers/nextPageUrl.js';
import type { PagerContext } from './pagers/pagerContext.js';
import { createPageNumberSource } from './pagers/pageNumber.js';
import { withParts } from './pagers/withParts.js';
import { createProbe } from './probe.js';
import type { Probe } from './probe.js';
import { createRateLimiter, withRateLimit } from './rateLimit.js';
import type { RateLimitStats } from './rateLimit.js';
import { createRateLimitPool } from './rateLimitPool.js';
import type { PoolMember } from './rateLimitPool.js';
import { withRetry } from './retry.js';
import type { RetryFacts, RetryOptions } from './retry.js';
import { createRetryBudget } from './retryBudget.js';
import { withServerTime, type ServerTime } from './serverTime.js';
import { createTokenSource } from './token.js';
import type { TokenSource } from './token.js';
import { createTransport } from './transport.js';
import type { Transport } from './transport.js';
import { withoutSecretEcho } from './withoutEcho.js';
import { withToken } from './withToken.js';

/** The world a client lives in. */
export interface ClientWorld {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** The product's version, for User-Agent. */
  readonly version: string;
  /** Where room for answers comes from; of its own where absent. */
  readonly memory?: Pick<MemoryPool, 'take'>;
}

/** Counters for progress and summaries. */
export interface ClientStats extends RateLimitStats {
  /** Tokens that the requests are spread over. */
  readonly clients: number;
  readonly retries: number;
}

/** The API, ready to be asked: one connection pool, and a token and a pace for each OAuth client. */
export interface Client {
  /** With token, pace and retries; any status but 401, 403, 429 and the transient ones is handed on. */
  readonly send: Send;
  readonly probe: Probe;
  /** A source of the kind that the options name. @param through what its requests go through on their way to `send` */
  source(options: SourceOptions, through?: (send: Send) => Send): ConversationSource;
  stats(): ClientStats;
  readonly serverTime: ServerTime;
  /** Ends all connections. */
  close(): Promise<void>;
}

const createSource = (context: PagerContext): WholeSource => {
  switch (context.options.kind) {
    case 'next-page-url':
      return createNextPageUrlSource(context);
    case 'page-number':
      return createPageNumberSource(context);
    case 'job-cursor':
      return createJobCursorSource(context);
  }
};

/** Asks for the tokens of all clients; gives the first one's. */
const allTokens = (first: TokenSource, others: readonly TokenSource[]): Pick<TokenSource, 'get'> => ({
  get: async (signal) => {
    const [token] = await Promise.all([first.get(signal), ...others.map(async (source) => source.get(signal))]);
    return token;
  },
});

/**
 * Composes the layers: transport, pace, token, the choice of a client, retry outermost.
 *
 * Why this order: every try, the replay after a renewed token included, waits for its turn in the pace; the token is asked for over retries of its own, outside the pace, as another service counts it.
 */
export const createClient = (settings: Pick<Settings, 'genesys' | 'http'>, world: ClientWorld): Client => {
  const { genesys, http } = settings;
  const { clock, random, log } = world;
  const closing = new AbortController();
  const open = (proxyUrl: string | undefined): Transport => createTransport({ timeoutMs: http.timeoutMs, proxyUrl, userAgent: `genesys-conversation-export/${world.version}`, memory: world.memory });
  const transport = open(http.proxyUrl);
  const loginTransport = http.loginProxyUrl === http.proxyUrl ? transport : open(http.loginProxyUrl);
  const server = withServerTime(transport.send, clock);
  const budget = createRetryBudget();
  const retrying: RetryOptions = {
    maxAttempts: http.maxAttempts,
    clock,
    random,
    timeoutMs: http.timeoutMs,
    budget,
    onRetry: ({ label, reason, attempt, delayMs }: RetryFacts) => {
      log.info('request retried', { label, reason, attempt, delayMs });
    },
  };
  const moreClients = genesys.moreClients ?? [];
  const clients = 1 + moreClients.length;
  // A budget of its own: a login service that is down is no reason to give up on the API.
  const loginRetrying: RetryOptions = { ...retrying, budget: createRetryBudget() };
  const toLogin = loginTransport === transport ? server.send : loginTransport.send;
  const entry = ({ clientId, clientSecret }: ClientCredentials, n: number): PoolMember & { readonly tokens: TokenSource } => {
    const named = clients === 1 ? {} : { name: `client ${String(n)} of ${String(clients)}` };
    const login = withRetry(withoutSecretEcho(toLogin, clientId, clientSecret.reveal()), loginRetrying);
    const tokens = createTokenSource({ send: login, loginUrl: genesys.loginUrl, clientId, clientSecret, clock, log, signal: closing.signal, ...named });
    const limiter = createRateLimiter({ requestsPerMinute: http.requestsPerMinute, clock, budgetShare: http.budgetShare ?? 1, isOneOfSeveral: clients > 1 });
    return { tokens, limiter, send: withToken(withRateLimit(server.send, limiter), tokens, genesys.baseUrl, named.name) };
  };
  const first = entry(genesys, 1);
  const others = moreClients.map((client, n) => entry(client, n + 2));
  const pool = createRateLimitPool([first, ...others]);
  const send = withRetry(pool.send, { ...retrying, gate: pool });
  const jobLine = new JobLine();
  const tokens = allTokens(first.tokens, others.map((other) => other.tokens));
  return {
    send,
    probe: createProbe({ send, tokens, clock, baseUrl: genesys.baseUrl }),
    source: (options, through = (next) => next) => withParts(createSource({ send: through(send), clock, log, baseUrl: genesys.baseUrl, options, jobLine })),
    stats: () => ({ ...pool.stats(), clients, retries: budget.retries }),
    serverTime: server.time,
    close: async () => {
      closing.abort();
      await Promise.all([...new Set([transport, loginTransport])].map(async (one) => one.close()));
    },
  };
};
