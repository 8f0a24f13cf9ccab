import { LinkError } from '../model/errors.js';

const MAX_LINK = 16 * 1024;
const REMEDY = 'The answer may have been tampered with, or a gateway rewrites it: check genesys.baseUrl.';

const authorityOf = (link: string): string | undefined => /^https?:\/\/([^/?#]*)/i.exec(link)?.[1]?.toLowerCase();

/** What is wrong with a link that begins with no slash and no scheme, if anything. */
const relativeObjection = (path: string, link: string): string | undefined => {
  if (path === '' && !link.startsWith('?')) return 'is empty';
  const [first = ''] = path.split('/', 1);
  // A scheme, or what another reader of addresses takes for a user or a host.
  if (/[:@]/.test(first)) return 'is neither a path nor a full address';
  return first.toLowerCase() === 'api' ? 'begins with api/ where /api/ has to be' : undefined;
};

/** What is wrong with a link, if anything; told without quoting it, as links hold cursors. */
const objection = (base: URL, link: string): string | undefined => {
  if (link.length > MAX_LINK) return 'is longer than 16 KiB';
  if (/[\u0000-\u0020\u007f\\]/.test(link)) return 'holds a backslash, space or control character';
  const path = link.split(/[?#]/, 1)[0] ?? '';
  if (/%(?:2e|2f|5c|00)/i.test(path)) return 'holds an encoded dot or slash in its path';
  if (link.startsWith('//')) return 'names a host without a scheme';
  if (link.startsWith('/')) return undefined;
  const authority = authorityOf(link);
  if (authority === undefined) return relativeObjection(path, link);
  if (authority.includes('@')) return 'carries user information';
  const port = base.port === '' ? (base.protocol === 'https:' ? '443' : '80') : base.port;
  if (authority !== base.host && authority !== `${base.hostname}:${port}`) return 'leads to another host or port';
  return undefined;
};

/** Where a link stands. */
export interface LinkPlace {
  /** The API's own address. */
  readonly baseUrl: string;
  /** The address whose answer gave the link: what a relative one starts from. */
  readonly askedUrl: string;
}

/**
 * The address of a link that an answer gave, relative or absolute, if it may be followed.
 *
 * Invariant: same scheme, host (as written, no other spelling of the same address) and port as `baseUrl`, path under `/api/`, no user information, no backslash, no encoded dot.
 * @throws LinkError, before anything is sent.
 */
export const resolveLink = ({ baseUrl, askedUrl }: LinkPlace, link: string, label: string): string => {
  const base = new URL(baseUrl);
  const refuse = (why: string): LinkError => new LinkError(`${label}: the link to the next page ${why}; it was not followed`, { remedy: REMEDY });
  const why = objection(base, link);
  if (why !== undefined) throw refuse(why);
  if (!URL.canParse(link, askedUrl)) throw refuse('is no address');
  const target = new URL(link, askedUrl);
  if (target.origin !== base.origin) throw refuse('leads to another scheme, host or port');
  if (target.username !== '' || target.password !== '') throw refuse('carries user information');
  if (!target.pathname.startsWith('/api/')) throw refuse('leads outside /api/');
  target.hash = '';
  return target.href;
};

/** A link that stays what it is wherever a later run takes it up: relative ones as an absolute path. @throws LinkError */
export const lastingLink = (place: LinkPlace, link: string, label: string): string => {
  const { href, pathname, search } = new URL(resolveLink(place, link, label));
  return authorityOf(link) === undefined ? `${pathname}${search}` : href;
};
