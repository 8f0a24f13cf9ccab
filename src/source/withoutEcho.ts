import type { ApiResponse, Send } from '../model/send.js';

/** Shorter ones, and plain words of a query string, would hide words of every message. */
const SHORTEST = 8;
const WORD = /^[a-z]+$/i;
/** A client's secret that is shorter is none, and would be found in every number and word. */
const SHORTEST_SECRET = 4;
/** Longer answers are not quoted. Units: bytes. */
const LONGEST = 64 * 1024;
const HIDDEN = '[…]';

/** Values that a request carried and nobody may read: the token, and what its address holds beside its path (links and cursors). */
const carriedBy = (url: string, token: string): readonly string[] => {
  const { search, searchParams } = new URL(url);
  return [token, ...[search, ...searchParams.values()].filter((value) => !WORD.test(value))].filter((value) => value.length >= SHORTEST);
};

/** The text that a JSON text stands for as far as that needs no other quotes: servers may write any character as an escape. */
const unescaped = (json: string): string =>
  json.replaceAll(/\\(?:u([0-9a-f]{4})|(.))/gi, (whole, code: string | undefined, character: string | undefined) => {
    const plain = code === undefined ? character : String.fromCharCode(Number.parseInt(code, 16));
    return plain === '/' || (code !== undefined && plain !== undefined && plain >= ' ' && plain !== '"' && plain !== '\\') ? plain : whole;
  });

/** Takes values out of texts, however they are written there; undefined where there are none. */
const cleanerOf = (values: readonly string[]): ((text: string) => string) | undefined => {
  const spellings = values.filter((value) => value !== '').flatMap((value) => [value, encodeURIComponent(value.toWellFormed()), JSON.stringify(value).slice(1, -1)]);
  if (spellings.length === 0) return undefined;
  const echo = new RegExp([...new Set(spellings)].sort((a, b) => b.length - a.length).map((spelling) => spelling.replace(/[^\w]/g, '\\$&')).join('|'), 'gi');
  return (text) => unescaped(text).replaceAll(echo, HIDDEN);
};

const cleanHeaders = ({ headers }: ApiResponse, clean: (text: string) => string): ApiResponse['headers'] =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, clean(value)]));

const cleanBody = ({ body }: ApiResponse, clean: (text: string) => string): Uint8Array<ArrayBuffer> =>
  body.byteLength > LONGEST ? new Uint8Array(0) : new TextEncoder().encode(clean(new TextDecoder().decode(body)));

/** An answer that is no success, without what it repeats of the request: what is made of it may be shown and kept. */
export const withoutEcho = (response: ApiResponse, url: string, token: string): ApiResponse => {
  if (response.status < 400 || response.body.byteLength > LONGEST) return response;
  const clean = cleanerOf(carriedBy(url, token));
  return clean === undefined ? response : { ...response, headers: cleanHeaders(response, clean), body: cleanBody(response, clean) };
};

/**
 * Takes the client's secret out of whatever the login service answers, as it is and as the Authorization header carried it; of the answer that grants a token out of its headers only.
 *
 * Why below the retries: what they say in the end quotes the answer, too. Why whatever the secret looks like: one that is a word is a secret all the same.
 */
export const withoutSecretEcho = (send: Send, clientId: string, secret: string): Send => {
  const basic = Buffer.from(`${clientId}:${secret}`);
  const clean = cleanerOf(secret.length < SHORTEST_SECRET ? [] : [secret, ...(['base64', 'base64url'] as const).map((coding) => basic.toString(coding).replace(/=+$/, ''))]);
  return async (request, signal) => {
    const response = await send(request, signal);
    if (clean === undefined) return response;
    return { ...response, headers: cleanHeaders(response, clean), body: response.status === 200 ? response.body : cleanBody(response, clean) };
  };
};
