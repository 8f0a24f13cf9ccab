import { jsonAnswer, type Answer, type Exchange } from '../answer.js';
import type { World } from '../world.js';
import type { Route } from './route.js';

const refusal = (status: number, error: string, description: string): Answer =>
  jsonAnswer(status, { error, description, error_description: description });

const credentials = (exchange: Exchange): readonly [id: string, secret: string] | undefined => {
  const header = exchange.headers['authorization'];
  const match = typeof header === 'string' ? /^basic\s+(\S+)$/i.exec(header) : null;
  if (match === null) return undefined;
  const text = Buffer.from(match[1]!, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)];
};

const answer = (world: World, exchange: Exchange): Answer => {
  const { settings, tokens, clock } = world;
  const contentType = exchange.headers['content-type'];
  if (typeof contentType !== 'string' || !/^application\/x-www-form-urlencoded\b/i.test(contentType)) {
    return refusal(400, 'invalid_request', 'the content type must be application/x-www-form-urlencoded');
  }
  const form = new URLSearchParams(exchange.body);
  if (form.get('grant_type') !== 'client_credentials') return refusal(400, 'unsupported_grant_type', 'grant type not supported');
  const given = credentials(exchange);
  if (given === undefined) return refusal(400, 'invalid_request', 'client credentials are missing');
  if (given[0] !== settings.clientId) return refusal(400, 'invalid_client', `client not found: ${given[0]}`);
  if (given[1] !== settings.clientSecret) return refusal(401, 'invalid_client', 'authentication failed');
  const token = tokens.issue(clock.nowMs(), settings.tokenLifetimeS * 1000, settings.tokenRequestsPerMinute);
  if (token === undefined) return refusal(400, 'invalid_request', 'rate limit exceeded; too many token requests, try again later');
  return jsonAnswer(200, { access_token: token.value, token_type: 'bearer', expires_in: settings.tokenLifetimeS, organizationName: world.dataset.org.name });
};

/** The token endpoint: client credentials by Basic auth and a form body; its errors are not the platform's. */
export const oauthToken: Route = { method: 'POST', path: '/oauth/token', open: true, answer };
