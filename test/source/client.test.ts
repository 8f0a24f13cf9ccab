import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ExportError } from '../../src/model/errors.js';
import { apiBench, bare, CANARY_SECRET, failure, readAll, sourceOptions } from '../support/apiBench.js';
import type { Directive } from '../support/hostileServer.js';

const call = (url: string): { method: 'GET'; url: string; label: string } => ({ method: 'GET', url, label: 'test call' });
const ok: Directive = { json: { fine: true } };

describe('the client', () => {
  it('asks for a token once and sends it, with the product and its version named', async () => {
    const { server, client } = await apiBench();
    server.script(ok);
    await Promise.all([1, 2, 3].map(async () => client.send(call(`${server.baseUrl}/api/v2/x`))));
    expect(server.tokenJournal).toHaveLength(1);
    expect(server.journal.map((r) => r.headers.authorization)).toEqual(['Bearer token-1', 'Bearer token-1', 'Bearer token-1']);
    expect(server.journal[0]?.headers['user-agent']).toBe('genesys-conversation-export/0.0.0-test');
  });

  it('lets many requests that meet a revoked token cause one renewal (row 3)', async () => {
    const { server, client } = await apiBench();
    server.script((request) => (request.headers.authorization === 'Bearer token-2' ? ok : { status: 401, json: { message: 'Invalid login credentials.', code: 'bad.credentials', status: 401 } }));
    const answers = await Promise.all(Array.from({ length: 8 }, async () => client.send(call(`${server.baseUrl}/api/v2/x`))));
    expect(answers.map((a) => a.status)).toEqual(Array.from({ length: 8 }, () => 200));
    expect(server.tokenJournal).toHaveLength(2);
  });

  it('holds back everybody when one is throttled (row 8)', async () => {
    const { server, client, clock } = await apiBench();
    server.script({ status: 429, json: {}, headers: { 'retry-after': '3' } }, ok);
    await client.send(call(`${server.baseUrl}/api/v2/x`));
    expect(clock.monotonicMs()).toBeGreaterThanOrEqual(3000);
    expect(client.stats()).toMatchObject({ throttled: 1, requests: 2, retries: 0 });
  });

  it('counts and paces every try, the replay with a new token included', async () => {
    const { server, client } = await apiBench();
    server.script({ status: 401, json: {} }, { status: 503, json: {} }, ok);
    await client.send(call(`${server.baseUrl}/api/v2/x`));
    expect(client.stats()).toMatchObject({ requests: 3, retries: 1 });
  });

  it('backs off and ends in exit 4 when the login service is down and the token refused (row 34)', async () => {
    const { server, client } = await apiBench({ maxAttempts: 3 });
    server.scriptTokens({ json: { access_token: 'a', expires_in: 100 } }, { status: 503, json: {} });
    server.script({ status: 401, json: {} });
    expect(await failure(client.send(call(`${server.baseUrl}/api/v2/x`)))).toMatchObject({ exitCode: 4, status: 503 });
    expect(server.tokenJournal).toHaveLength(4);
  });

  it('keeps count of second tries at the login service apart: one that is down is no reason to give up on the API', async () => {
    const { server, client } = await apiBench({ maxAttempts: 30 });
    server.scriptTokens({ status: 503, json: {} });
    server.script({ status: 503, json: {} }, ok);
    expect((await failure(client.send(call(`${server.baseUrl}/api/v2/x`)))).message).toContain('too many requests of this run fail');
    expect(client.stats().retries).toBe(0);
    server.scriptTokens();
    expect((await client.send(call(`${server.baseUrl}/api/v2/x`))).status).toBe(200);
    expect(client.stats().retries).toBe(1);
  });

  it.each([400, 404, 409, 503])('shows nothing of a secret that the login service repeats (%i), a word or not', async (status) => {
    for (const secret of [CANARY_SECRET, 'canaryword']) {
      const { server, client } = await apiBench({ maxAttempts: 2, clientSecret: secret });
      const basic = Buffer.from(`canary-client:${secret}`);
      server.scriptTokens({ status, json: { message: `client ${secret} with ${basic.toString('base64')} of ${secret.toUpperCase()}`, code: secret, error: 'invalid_client', error_description: secret }, headers: { 'inin-correlation-id': secret } });
      const error = await failure(client.send(call(`${server.baseUrl}/api/v2/x`)));
      expect(JSON.stringify([error, error.message])).not.toMatch(/canary(?!-client)/i);
      expect(error.message).not.toContain(basic.toString('base64').slice(0, 20));
    }
  });

  it('adopts the limit that the API names', async () => {
    const { server, client } = await apiBench({ requestsPerMinute: 300 });
    server.script({ json: {}, headers: { 'inin-ratelimit-allowed': '180', 'inin-ratelimit-count': '1', 'inin-ratelimit-reset': '61' } });
    await client.send(call(`${server.baseUrl}/api/v2/x`));
    expect(client.stats().allowed).toBe(180);
  });

  it('keeps no row of a page that was cut, and reads it again whole (rows 12, 14–16)', async () => {
    const text = JSON.stringify({ entities: bare(...Array.from({ length: 500 }, (_, i) => `c${String(i)}`)) });
    const zipped = gzipSync(text);
    const head = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';
    const cut: Directive[] = [
      { raw: `${head}Content-Length: ${String(text.length)}\r\n\r\n${text.slice(0, 3000)}`, then: 'reset' },
      { raw: `${head}Transfer-Encoding: chunked\r\n\r\n${text.length.toString(16)}\r\n${text.slice(0, 3000)}`, then: 'end' },
      { raw: `${head}Connection: close\r\n\r\n${text}`, then: 'end' },
      { bytes: zipped.subarray(0, zipped.length - 20), headers: { 'content-encoding': 'gzip' } },
    ];
    const { server, client } = await apiBench();
    server.script(...cut, { bytes: zipped, headers: { 'content-encoding': 'gzip' } });
    expect((await readAll(client.source(sourceOptions('next-page-url')))).ids).toHaveLength(500);
    expect(server.journal).toHaveLength(5);
  });
});

describe('no message, remedy, cause or log line holds a secret (row 51)', () => {
  const canaries = /canary|token-\d|Y3Vyc29y/;
  const faults: readonly [string, Directive][] = [
    ['400', { status: 400, json: { message: 'bad cursor Y3Vyc29yX3YyMzIxOTA1MjE=', code: 'bad.request', status: 400 } }],
    ['401', { status: 401, json: { message: 'bad token Y3Vyc29yX3YyMzIxOTA1MjE=', code: 'bad.credentials', status: 401 } }],
    ['403', { status: 403, json: { message: 'canary', code: 'not.authorized', status: 403 } }],
    ['html', { bytes: '<p>canary</p>', headers: { 'content-type': 'text/html' } }],
    ['500', { status: 500, bytes: 'canary', headers: { 'content-type': 'text/plain' } }],
    ['broken JSON', { bytes: '{"entities":[canary' }],
    ['redirect', { status: 302, json: {}, headers: { location: 'https://canary.example/' } }],
    ['link', { json: { entities: [], nextPageUrl: 'https://canary.example/?c=Y3Vyc29y' } }],
    ['bad header', { raw: 'HTTP/1.1 200 OK\r\ncanary\u0001: x\r\n\r\n', then: 'end' }],
  ];
  it.each(faults)('%s', async (_name, directive) => {
    const { server, client, log } = await apiBench({ maxAttempts: 2 });
    server.script(directive);
    const error = await failure(readAll(client.source(sourceOptions('next-page-url', { filters: { filter: 'canary' } }))));
    expect(error).toBeInstanceOf(ExportError);
    for (let at: unknown = error; at instanceof Error; at = at.cause) {
      expect(`${at.message} ${at instanceof ExportError ? (at.remedy ?? '') : ''}`).not.toMatch(canaries);
    }
    expect(JSON.stringify(log.lines)).not.toMatch(canaries);
    expect(JSON.stringify(error)).not.toContain(CANARY_SECRET);
  });
});
