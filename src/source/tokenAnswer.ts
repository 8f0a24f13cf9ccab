import * as z from 'zod';
import { DecodeError } from '../model/errors.js';
import { Secret } from '../model/secret.js';
import type { ApiResponse } from '../model/send.js';

/** A token, and for how long the API takes it. Units: milliseconds. */
export interface Grant {
  readonly token: Secret;
  readonly lifeMs: number;
}

const Answer = z.looseObject({ access_token: z.string().min(1), expires_in: z.unknown().optional() });

/** Where the answer tells none that can be: the API refuses one that ends sooner, and another is asked for. */
const LIFE_S = 3600;
/** Longer ones are renewed earlier than they have to be. Source: genesys-cloud-api.md section 5, the longest of a client with roles. */
const LONGEST_LIFE_S = 172_800;

/** What a header can carry: RFC 6750 permits fewer still. */
const CARRIED = /^[\u0021-\u007e]+$/;

/** A number, or its digits in quotes, as some gateways write it; RFC 6749 section 5.1 only recommends that there is one. */
const lifeMsOf = (expiresIn: unknown): number => {
  const seconds = typeof expiresIn === 'string' && /^\d{1,15}$/.test(expiresIn) ? Number(expiresIn) : expiresIn;
  return 1000 * (typeof seconds === 'number' && seconds > 0 ? Math.min(seconds, LONGEST_LIFE_S) : LIFE_S);
};

const parseJson = (response: Pick<ApiResponse, 'body'>): unknown => {
  try {
    return JSON.parse(new TextDecoder().decode(response.body));
  } catch {
    // Reported by the callers, which know what they expected; the parser's own text would quote the body.
    return undefined;
  }
};

/** Reads the answer that grants a token. @throws DecodeError, which quotes nothing of it */
export const readGrant = (response: Pick<ApiResponse, 'body'>, label: string): Grant => {
  const answer = Answer.safeParse(parseJson(response));
  const remedy = 'Check genesys.loginUrl.';
  if (!answer.success) throw new DecodeError(label, answer.error.issues[0]?.path.join('.') ?? '', 'is not what a token answer holds', { remedy });
  const { access_token: token, expires_in: expiresIn } = answer.data;
  if (!CARRIED.test(token)) throw new DecodeError(label, 'access_token', 'holds line ends or other characters that no header can carry', { remedy });
  return { token: new Secret(token), lifeMs: lifeMsOf(expiresIn) };
};

const Refusal = z.looseObject({ error: z.string().nullish(), description: z.string().nullish(), error_description: z.string().nullish() });

/** What the login service says of its refusal, in its own form. Source: genesys-cloud-api.md section 5. */
export const readRefusal = (response: Pick<ApiResponse, 'body'>): { readonly error: string | undefined; readonly description: string } => {
  const body = Refusal.safeParse(parseJson(response)).data;
  return { error: body?.error ?? undefined, description: `${body?.error_description ?? ''} ${body?.description ?? ''}`.toLowerCase() };
};
