import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LinkError } from '../../src/model/errors.js';
import { lastingLink, resolveLink } from '../../src/source/links.js';

const BASE = 'https://api.mypurecloud.ie';
const QUERY = '/api/v2/analytics/conversations/details/query';
const resolve = (link: string, base = BASE, asked = QUERY): string => resolveLink({ baseUrl: base, askedUrl: `${base}${asked}` }, link, 'page 2');

describe('a link that may be followed', () => {
  it.each([
    ['/api/v2/analytics/x?page=2', `${BASE}/api/v2/analytics/x?page=2`],
    [`${BASE}/api/v2/x`, `${BASE}/api/v2/x`],
    ['HTTPS://API.mypurecloud.ie/api/v2/x', `${BASE}/api/v2/x`],
    [`${BASE}:443/api/v2/x?cursor=a%2Eb%3D#top`, `${BASE}/api/v2/x?cursor=a%2Eb%3D`],
  ])('%s', (link, expected) => {
    expect(resolve(link)).toBe(expected);
  });

  it.each([
    ['?pageToken=x', `${BASE}${QUERY}?pageToken=x`],
    ['query?pageToken=x', `${BASE}${QUERY}?pageToken=x`],
    ['./query?at=10:15&by=me@here#top', `${BASE}${QUERY}?at=10:15&by=me@here`],
    ['../details/next?pageToken=x', `${BASE}/api/v2/analytics/conversations/details/next?pageToken=x`],
    ['next/2', `${BASE}/api/v2/analytics/conversations/details/next/2`],
  ])('%s, from the address whose answer gave it', (link, expected) => {
    expect(resolve(link)).toBe(expected);
  });

  it('has nothing of the query that was asked', () => {
    expect(resolve('?page=3', BASE, '/api/v2/x?page=2&cursor=y')).toBe(`${BASE}/api/v2/x?page=3`);
    expect(resolve('3', BASE, '/api/v2/pages/2?cursor=y')).toBe(`${BASE}/api/v2/pages/3`);
  });

  it('lasts: what is relative becomes a path, which leads to the same from everywhere', () => {
    const place = { baseUrl: BASE, askedUrl: `${BASE}/api/v2/pages/2` };
    expect(['?c=x', '3?c=x#top', '/api/v2/x', `${BASE}:443/api/v2/x`].map((link) => lastingLink(place, link, 'page 2'))).toEqual(['/api/v2/pages/2?c=x', '/api/v2/pages/3?c=x', '/api/v2/x', `${BASE}/api/v2/x`]);
    expect(() => lastingLink(place, '../../../x', 'page 2')).toThrow(LinkError);
  });

  it('keeps the port of the base', () => {
    expect(resolve('/api/v2/x', 'http://127.0.0.1:8123')).toBe('http://127.0.0.1:8123/api/v2/x');
    expect(resolve('http://127.0.0.1:8123/api/v2/x', 'http://127.0.0.1:8123')).toBe('http://127.0.0.1:8123/api/v2/x');
  });
});

const REFUSED = [
  '//evil.example/api/v2/x', 'https:evil.example/api/', 'https:/api/v2/x', '\\\\evil.example/api/', '/\\evil.example/api/', 'http://api.mypurecloud.ie/api/v2/x',
  'https://api.mypurecloud.ie@evil.example/api/', 'https://user:pw@api.mypurecloud.ie/api/v2/x', 'https://@api.mypurecloud.ie/api/v2/x', 'https://api.mypurecloud.ie./api/v2/x',
  'https://api.mypurecloud.ie:8443/api/v2/x', 'https://api.mypurecloud.ie.evil.example/api/', 'https://evil.example/api/v2/x', 'https://127.1/api/v2/x',
  'https://[::ffff:127.0.0.1]/api/v2/x', '/api/%2e%2e/login', '/api/v2/%2E%2e/%2e%2e/x', '/api/../login', '/login', '/apix/v2', '/', 'api@evil.example', 'api/v2/x', 'api?page=2', 'evil.example:443/api/v2/x', 'user:pw@evil.example/', '../../../../../login', '../../../../../../api/../login', './/../../../../../../x', 'query/%2e%2e/x', '..%2fx', '?a b', '#top',
  'javascript:alert(1)', 'file:///etc/passwd', 'ftp://api.mypurecloud.ie/api/', ' /api/v2/x', '/api/v2/\nx', '/api/v2/\u0000', `/api/${'x'.repeat(20_000)}`, '',
];

describe('a link that must not be followed (row 29)', () => {
  it.each(REFUSED)('%j', (link) => {
    expect(() => resolve(link)).toThrow(LinkError);
  });

  it.each(['http://127.1:8123/api/v2/x', 'http://localhost:8123/api/v2/x', 'http://[::ffff:127.0.0.1]:8123/api/v2/x', 'http://2130706433:8123/api/v2/x', 'http://127.0.0.1/api/v2/x', 'http://127.0.0.1:8124/api/v2/x'])(
    'another spelling of a loopback base: %s',
    (link) => {
      expect(() => resolve(link, 'http://127.0.0.1:8123')).toThrow(LinkError);
    },
  );

  it('is not quoted, as links hold cursors', () => {
    let refused: unknown;
    try {
      resolve('https://evil.example/api/?cursor=canary');
    } catch (error) {
      refused = error;
    }
    expect(refused).toBeInstanceOf(LinkError);
    expect(String(refused)).not.toMatch(/canary|evil/);
    expect(() => resolve('../../../../../canary')).toThrow(/^page 2: the link to the next page leads outside \/api\/; it was not followed$/);
  });
});

describe('whatever the link', () => {
  const piece = fc.oneof(fc.constantFrom('/', '\\', '@', ':', '.', '..', '%2e', '?', '#', 'https:', 'http://', '//', 'api', '/api/', 'evil.example', 'api.mypurecloud.ie', ' ', '\t'), fc.string({ maxLength: 4 }));

  it('the address is on the base and under /api/, or the link is refused', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        let target: string;
        try {
          target = resolve(pieces.join(''));
        } catch (error) {
          expect(error).toBeInstanceOf(LinkError);
          return;
        }
        const url = new URL(target);
        expect(url.origin).toBe(BASE);
        expect(url.pathname.startsWith('/api/')).toBe(true);
        expect(url.username + url.password).toBe('');
      }),
      { numRuns: 2000 },
    );
  });
});
