import type { ApiResponse } from '../model/send.js';

/** Shorter ones, and plain words, would hide words of every message. */
const SHORTEST = 8;
const WORD = /^[a-z]+$/i;
/** Longer answers are not quoted. Units: bytes. */
const LONGEST = 64 * 1024;
const HIDDEN = '[…]';

/** Values that a request carried and nobody may read: the token, and what its address holds beside its path (links and cursors). */
const secretsOf = (url: string, token: string): readonly string[] => {
  const { search, searchParams } = new URL(url);
  return [token, search, ...searchParams.values()].flatMap((value) => [value, encodeURIComponent(value)]).filter((value) => value.length >= SHORTEST && !WORD.test(value));
};

/** An answer that is no success, without what it repeats of the request: what is made of it may be shown and kept. */
export const withoutEcho = (response: ApiResponse, url: string, token: string): ApiResponse => {
  if (response.status < 400 || response.body.byteLength > LONGEST) return response;
  const secrets = [...new Set(secretsOf(url, token))].sort((a, b) => b.length - a.length).map((secret) => secret.replace(/[^\w]/g, '\\$&'));
  if (secrets.length === 0) return response;
  const echo = new RegExp(secrets.join('|'), 'gi');
  const clean = (text: string): string => text.replaceAll(echo, HIDDEN);
  const headers = Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, clean(value)]));
  return { ...response, headers, body: new TextEncoder().encode(clean(new TextDecoder().decode(response.body))) };
};
