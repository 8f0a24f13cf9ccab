/** What a text is as an origin. */
export type OriginOutcome = { readonly origin: string } | { readonly wrong: string };

/** Whether a URL's host name is this machine's loopback: `localhost`, `127.0.0.0/8`, `[::1]`. */
export const isLoopback = (hostname: string): boolean => hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);

/**
 * Reads an origin that may be sent credentials: https, or http on loopback; no user, path, query or fragment.
 *
 * Why so strict: every request and token goes to this origin and to no other; what a URL parser would repair silently is refused.
 */
export const parseOrigin = (text: string): OriginOutcome => {
  const expected = 'expected an origin such as https://api.mypurecloud.com';
  if (!/^https?:\/\/[^/\\\s]+\/?$/i.test(text) || !URL.canParse(text)) {
    return { wrong: /^https?:\/\/[^/?#]+[/?#]/i.test(text) ? `${expected}, without path or query` : expected };
  }
  const url = new URL(text);
  if (url.username !== '' || url.password !== '' || text.includes('@')) return { wrong: `${expected}, without a user name or password` };
  if (url.search !== '' || url.hash !== '' || /[?#]/.test(text) || url.pathname !== '/') return { wrong: `${expected}, without path or query` };
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) return { wrong: `${expected}; http is allowed for loopback hosts only (127.0.0.1, [::1], localhost)` };
  return { origin: url.origin };
};
