import { AuthError, LinkError } from '../model/errors.js';
import type { ApiRequest, ApiResponse, Send } from '../model/send.js';
import type { Secret } from '../model/secret.js';
import { describeRefusal, readApiError } from './apiError.js';
import type { TokenSource } from './token.js';
import { withoutEcho } from './withoutEcho.js';

const authorised = (request: ApiRequest, token: Secret): ApiRequest => ({
  ...request,
  headers: { ...request.headers, authorization: `Bearer ${token.reveal()}` },
});

const forbidden = (response: ApiResponse, label: string): AuthError => {
  const error = readApiError(response);
  const correlation = error.correlationId === undefined ? '' : ` (correlation id ${error.correlationId})`;
  if (error.permissions.length === 0) {
    return new AuthError(`${label}: the API answered 403${error.apiCode === undefined ? '' : ` ${error.apiCode}`}${correlation}`, { remedy: 'Give the OAuth client a role with the permissions that the job needs, in every division it shall read.' });
  }
  const names = error.permissions.join(', ');
  return new AuthError(`${label}: the OAuth client lacks the permission ${names}${correlation}`, { remedy: `Give the OAuth client a role with ${names}, in every division it shall read.` });
};

/**
 * Adds the token, and takes it out of refusals that repeat it. A refused token is renewed and the request repeated, once.
 *
 * Invariant: nothing is sent, and no token asked for, for an address outside `baseUrl`'s origin.
 * @param client tells this client from others in messages, e.g. `client 2 of 3`.
 * @throws LinkError for such an address · AuthError for a second 401, and for a 403 with the permission that is missing; of a courtesy the 403 is an answer.
 */
export const withToken = (send: Send, tokens: TokenSource, baseUrl: string, client?: string): Send => {
  const { origin } = new URL(baseUrl);
  const named = (label: string): string => (client === undefined ? label : `${label} (${client})`);
  return async (request, signal) => {
    if (!URL.canParse(request.url) || new URL(request.url).origin !== origin) throw new LinkError(`${request.label}: the address is not on ${origin}; nothing was sent`);
    const sendWith = async (token: Secret): Promise<ApiResponse> => withoutEcho(await send(authorised(request, token), signal), request.url, token.reveal());
    const token = await tokens.get(signal);
    let response = await sendWith(token);
    if (response.status === 401) {
      tokens.invalidate(token);
      response = await sendWith(await tokens.get(signal));
      if (response.status === 401) {
        throw new AuthError(describeRefusal(named(request.label), 401, readApiError(response)), { remedy: 'A new token is refused too: check that the OAuth client is active and that genesys.environment is its region.' });
      }
    }
    if (response.status === 403 && request.isCourtesy !== true) throw forbidden(response, named(request.label));
    return response;
  };
};
