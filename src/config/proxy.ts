import type { Environment } from './variables.js';
import { isLoopback } from './origins.js';

/** What a text is as a proxy. */
export type ProxyOutcome = { readonly proxyUrl: string } | { readonly wrong: string };

/** Reads a proxy's address; without a scheme it is http. User and password are allowed; a path or query is not. */
export const parseProxy = (text: string): ProxyOutcome => {
  const expected = 'expected a proxy such as http://proxy.example:3128';
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (/[\s\\]/.test(full) || !URL.canParse(full)) return { wrong: expected };
  const url = new URL(full);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return { wrong: `${expected}; only http and https proxies are spoken to` };
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') return { wrong: `${expected}, without path or query` };
  return { proxyUrl: url.href.replace(/\/$/, '') };
};

/** A variable that programs read in lower or upper case. */
const either = (env: Environment, name: string): { readonly name: string; readonly value: string } | undefined =>
  [name.toLowerCase(), name].map((n) => ({ name: n, value: env[n] ?? '' })).find((v) => v.value.trim() !== '');

const portOf = (url: URL): string => (url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port);

/** Whether NO_PROXY exempts an origin. Shape: names, `.suffix`, `*`, each with an optional port, between commas or spaces. */
const isExempt = (origin: string, noProxy: string): boolean => {
  const url = new URL(origin);
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true;
      const [, rawHost = '', port] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
      const host = rawHost.replace(/^\*?\./, '');
      if (host === '' || (port !== undefined && port !== portOf(url))) return false;
      return url.hostname === host || url.hostname.endsWith(`.${host}`);
    });
};

/**
 * The variable that names the proxy for an origin: HTTPS_PROXY or HTTP_PROXY by its scheme; `undefined` where it is reached directly.
 *
 * NO_PROXY exempts; loopback is never proxied.
 */
export const proxyVariable = (origin: string, env: Environment): { readonly name: string; readonly value: string } | undefined => {
  const url = new URL(origin);
  if (isLoopback(url.hostname) || isExempt(origin, either(env, 'NO_PROXY')?.value ?? '')) return undefined;
  return either(env, url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY');
};
