import { notFound, platformError, type Answer, type Exchange } from './answer.js';
import { conversationRoutes } from './routes/conversation.js';
import { conversationDetails } from './routes/conversationDetails.js';
import { detailsJobs } from './routes/detailsJobs.js';
import { detailsQuery } from './routes/detailsQuery.js';
import { gatewayPage } from './routes/gatewayQuery.js';
import { oauthToken } from './routes/oauthToken.js';
import { organizationRoutes } from './routes/organization.js';
import type { Route } from './routes/route.js';
import { spend } from './tokens.js';
import type { World } from './world.js';

interface Entry {
  readonly route: Route;
  readonly pattern: RegExp;
}

/** Fixed paths stand before those with parts: the first that fits answers. */
const ENTRIES: readonly Entry[] = [oauthToken, detailsQuery, gatewayPage, ...detailsJobs, ...conversationDetails, ...organizationRoutes, ...conversationRoutes].map((route) => ({
  route,
  pattern: new RegExp(`^${route.path.replace(/\{[^}]+\}/g, '([^/]+)')}$`),
}));

const decoded = (part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // A stray % names nothing: the route answers 404 for it.
  }
};

const allowed = (world: World, route: Route): boolean =>
  route.anyOf === undefined || route.anyOf.some((permission) => !world.settings.deniedPermissions.includes(permission));

const forbidden = (exchange: Exchange, route: Route): Answer => {
  const missing = route.anyOf ?? [];
  const several = missing.length > 1;
  return platformError(exchange.correlationId, {
    status: 403,
    code: several ? 'missing.any.permissions' : 'missing.permissions',
    message: several
      ? `Unable to perform the requested action. You must have at least one of the following permissions assigned: [${missing.join(', ')}]`
      : `Unable to perform the requested action. You are missing the following permission(s): ${missing.join(', ')}`,
  });
};

const withHeaders = (answer: Answer, headers: Readonly<Record<string, string>>): Answer => ({ ...answer, headers: { ...headers, ...answer.headers } });

/** Checks the token and its budget, then lets the route answer. */
const guarded = (world: World, exchange: Exchange, use: () => Answer): Answer => {
  const authorization = exchange.headers['authorization'];
  if (typeof authorization !== 'string' || !/^bearer\s+\S/i.test(authorization)) {
    return platformError(exchange.correlationId, { status: 401, code: 'authentication.required', message: 'No authentication bearer token specified in authorization header.' });
  }
  const nowMs = world.clock.nowMs();
  const token = world.tokens.find(authorization, nowMs);
  if (token === undefined) return platformError(exchange.correlationId, { status: 401, code: 'bad.credentials', message: 'Invalid login credentials.' });
  const limit = world.settings.requestsPerMinute;
  const verdict = spend(token, nowMs, limit);
  const headers: Readonly<Record<string, string>> =
    limit > 0 && world.settings.rateLimitHeaders
      ? { 'inin-ratelimit-count': String(verdict.count), 'inin-ratelimit-allowed': String(limit), 'inin-ratelimit-reset': String(verdict.resetS) }
      : {};
  if (verdict.granted) return withHeaders(use(), headers);
  return withHeaders(
    platformError(exchange.correlationId, {
      status: 429,
      code: 'too.many.requests',
      message: `Rate limit exceeded the maximum [${String(limit)}] requests within [60] seconds`,
      headers: { 'Retry-After': String(verdict.resetS) },
    }),
    headers,
  );
};

/** The API's answer to a request. Unknown paths are 404 with the platform's error body, as everything else after the token is checked. */
export const route = (world: World, exchange: Omit<Exchange, 'parts'>): Answer => {
  for (const { route: candidate, pattern } of ENTRIES) {
    const match = candidate.method === exchange.method ? pattern.exec(exchange.path) : null;
    if (match === null) continue;
    const full = { ...exchange, parts: match.slice(1).map(decoded) };
    const answer = (): Answer => (allowed(world, candidate) ? candidate.answer(world, full) : forbidden(full, candidate));
    return candidate.open === true ? answer() : guarded(world, full, answer);
  }
  const nothing = { ...exchange, parts: [] };
  return guarded(world, nothing, () => notFound(exchange.correlationId));
};
