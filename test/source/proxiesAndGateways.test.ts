import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { explain } from '../../src/cli/exit.js';
import type { ExportError } from '../../src/model/errors.js';
import { Secret } from '../../src/model/secret.js';
import type { ApiRequest, ApiResponse, Send } from '../../src/model/send.js';
import { createClient } from '../../src/source/client.js';
import type { Client } from '../../src/source/client.js';
import { ProxyFailure, proxyPlace } from '../../src/source/proxyFailure.js';
import { createTransport } from '../../src/source/transport.js';
import { toTransportError } from '../../src/source/transportError.js';
import { judgeError, judgeResponse } from '../../src/source/verdict.js';
import { CANARY_SECRET, closeAfterTest, failure, hostile } from '../support/apiBench.js';
import { startConnectProxy } from '../support/connectProxy.js';
import { createManualClock } from '../support/manualClock.js';
import { createRecordingLog } from '../support/recordingLog.js';
import { startSelfSignedServer } from '../support/selfSignedServer.js';

const open = (proxyUrl?: string): Send => {
  const transport = createTransport({ timeoutMs: 1000, userAgent: 'gcx/test', proxyUrl });
  closeAfterTest(transport.close);
  return transport.send;
};

/** A server on loopback that says this, or does it, once it is spoken to; gives its port. */
const answering = async (what: string | ((socket: Socket) => unknown)): Promise<string> => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => (typeof what === 'string' ? socket.end(what) : what(socket)));
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  closeAfterTest(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => { server.close(resolve); });
  });
  return String((server.address() as AddressInfo).port);
};

const get = (url: string): ApiRequest => ({ method: 'GET', url, label: 'test call' });

describe('a proxy that hangs up on CONNECT', () => {
  it.each([['with FIN', (socket: Socket) => socket.end()], ['with RST', (socket: Socket) => socket.destroy()]])('fails the request at once, and is not asked over and over (%s)', async (_how, hangUp) => {
    let connects = 0;
    const port = await answering((socket) => {
      connects++;
      hangUp(socket);
    });
    const error = await failure(open(`http://127.0.0.1:${port}`)(get('https://api.example.test/x')));
    expect(error).toMatchObject({ fault: 'connection' });
    expect(error.message).toContain(`no connection to https://api.example.test through the proxy 127.0.0.1:${port} (ECONNRESET)`);
    expect(connects).toBe(1);
  });
});

describe('a failure with a proxy names it, and never its user or password', () => {
  const through = async (proxy: string, origin = 'https://api.example.test'): Promise<Error> => {
    const error = await failure(open(proxy)(get(`${origin}/api/v2/x?cursor=canary`)));
    expect(JSON.stringify([error, error.message, error.cause])).not.toMatch(/canary/);
    return error;
  };

  it.each([
    [407, 'proxy', 'user and password'],
    [403, 'proxy', 'let this host through'],
    [429, 'connection', 'run again later'],
    [502, 'connection', 'does not reach that host'],
    [503, 'connection', 'does not reach that host'],
  ])('answered with %i: %s', async (status, fault, remedy) => {
    const port = await answering(`HTTP/1.1 ${String(status)} No\r\nContent-Length: 0\r\n\r\n`);
    const error = await through(`http://canary-user:canary-password@127.0.0.1:${port}`);
    expect(error).toMatchObject({ fault, remedy: expect.stringContaining(remedy) as string });
    expect(error.message).toBe(`test call: no connection to https://api.example.test through the proxy 127.0.0.1:${port}: it answered ${String(status)}`);
    expect(judgeError(error) === undefined).toBe(fault === 'proxy');
    // What is printed is cleaned once more: nothing of the advice may look like a secret.
    expect(explain(error, new AbortController().signal).text).not.toContain('redacted');
  });

  it('that is not there, or is no such host', async () => {
    const port = await answering('');
    const closed = await through('http://canary:canary@127.0.0.1:1');
    expect(closed.message).toMatch(/^test call: no connection to https:\/\/api\.example\.test through the proxy 127\.0\.0\.1:1 \(E[A-Z]+\)$/);
    expect(closed).toMatchObject({ fault: 'connection', remedy: expect.stringContaining('http.proxy') as string });
    const nowhere = toTransportError(new ProxyFailure('x', { cause: Object.assign(new Error('canary'), { code: 'ENOTFOUND' }) }), 'test call', { origin: 'https://api.example.test', proxy: `127.0.0.1:${port}` });
    expect(nowhere.message).toBe(`test call: no connection to https://api.example.test through the proxy 127.0.0.1:${port}: there is no such host as the proxy (ENOTFOUND)`);
  });

  it.each(['UND_ERR_CONNECT_TIMEOUT', 'ECONNRESET'])('that cannot be reached, or hangs up, is what is named, and not the origin (%s)', (code) => {
    const error = toTransportError(new ProxyFailure('x', { cause: Object.assign(new Error('canary'), { code }) }), 'test call', { origin: 'https://api.example.test', proxy: '10.0.0.1:3128' });
    expect(error.message).toBe(`test call: no connection to https://api.example.test through the proxy 10.0.0.1:3128 (${code})`);
    expect(error).toMatchObject({ fault: 'connection', remedy: expect.stringContaining('whether the proxy runs') as string });
    expect(judgeError(error)).toMatchObject({ kind: 'transient' });
  });

  it('that does not answer', async () => {
    const port = await answering(() => undefined);
    expect((await through(`http://127.0.0.1:${port}`)).message).toBe(`test call: no complete answer within 1000 ms through the proxy 127.0.0.1:${port}`);
  });

  it('by a certificate: that of the origin that was asked, or the proxy’s own', async () => {
    const [server, proxy] = await Promise.all([startSelfSignedServer(), startConnectProxy()]);
    closeAfterTest(server.close);
    closeAfterTest(proxy.close);
    const ofOrigin = await through(proxy.url, server.url);
    expect(ofOrigin).toMatchObject({ fault: 'certificate' });
    expect(ofOrigin.message).toContain(`the certificate or TLS version of ${server.url} is not acceptable, as it comes through the proxy ${new URL(proxy.url).host} (`);
    const ofProxy = await through(server.url);
    expect(ofProxy).toMatchObject({ fault: 'certificate' });
    expect(ofProxy.message).toContain(`the certificate or TLS version of the proxy ${new URL(server.url).host} is not acceptable (`);
  });

  it.each([['http://proxy.example', 'proxy.example:80'], ['https://u:p@proxy.example', 'proxy.example:443'], ['http://[::1]:3128', '[::1]:3128']])('%s by host and port', (url, place) => {
    expect(proxyPlace(url)).toBe(place);
  });
});

describe('the login service', () => {
  const clientOf = (baseUrl: string, loginUrl: string, loginProxyUrl?: string): Client => {
    const client = createClient(
      { genesys: { baseUrl, loginUrl, clientId: 'client', clientSecret: new Secret(CANARY_SECRET) }, http: { requestsPerMinute: 1000, timeoutMs: 1000, maxAttempts: 2, proxyUrl: undefined, ...(loginProxyUrl === undefined ? {} : { loginProxyUrl }) } },
      { clock: createManualClock({ auto: true }), random: () => 0.5, log: createRecordingLog(), version: '0.0.0-test' },
    );
    closeAfterTest(client.close);
    return client;
  };

  it('is reached through its own proxy, the API as it was', async () => {
    const [api, login, proxy] = await Promise.all([hostile(), hostile(), startConnectProxy()]);
    closeAfterTest(proxy.close);
    api.script({ json: {} });
    expect((await clientOf(api.baseUrl, login.baseUrl, proxy.url).send(get(`${api.baseUrl}/api/v2/x`))).status).toBe(200);
    expect(proxy.targets).toEqual([new URL(login.baseUrl).host]);
    expect([api.tokenJournal.length, login.tokenJournal.length]).toEqual([0, 1]);
  });

  it.each([
    [307, 4, 'the server redirects (307); redirects are not followed with a secret'],
    [404, 2, 'the login service answered 404'],
    [405, 2, 'the login service answered 405'],
    [409, 4, 'the login service answered 409'],
    [503, 4, 'the login service answered 503'],
  ])('is what a message is about that it answers with %i, and its key what a remedy names', async (status, exitCode, message) => {
    const server = await hostile();
    server.scriptTokens({ status, json: { message: 'no' }, headers: { location: `${server.baseUrl}/x` } });
    const error = await failure(clientOf(server.baseUrl, server.baseUrl).send(get(`${server.baseUrl}/api/v2/x`)));
    expect(error).toMatchObject({ exitCode, status });
    expect(error.message).toContain(`token request: ${message}`);
    const { remedy = '' } = error as ExportError;
    expect(remedy).not.toMatch(/source\.kind|source\.filters/);
    if (status !== 503) expect(remedy).toContain('genesys.loginUrl');
    server.scriptTokens({ status: 503, json: {}, headers: { 'retry-after': '3600' } });
    expect((await failure(clientOf(server.baseUrl, server.baseUrl).send(get(`${server.baseUrl}/api/v2/x`)))).message).toContain('the login service asks not to come back before');
    server.scriptTokens({ bytes: '<p>', headers: { 'content-type': 'text/html' } });
    expect(await failure(clientOf(server.baseUrl, server.baseUrl).send(get(`${server.baseUrl}/api/v2/x`)))).toHaveProperty('remedy', expect.stringContaining('genesys.loginUrl'));
  });

  it('with a certificate of no authority is named by its own address', async () => {
    const [api, login] = await Promise.all([hostile(), startSelfSignedServer()]);
    closeAfterTest(login.close);
    const error = await failure(clientOf(api.baseUrl, login.url).send(get(`${api.baseUrl}/api/v2/x`)));
    expect(error.message).toContain(`the certificate or TLS version of ${login.url} is not acceptable (`);
    expect(error).toHaveProperty('remedy', expect.not.stringContaining('genesys.baseUrl'));
  });
});

describe('a failure whose end nothing tells', () => {
  it.each([401, 403, 404, 429, 503])('is an answer all the same (%s)', async (status) => {
    const server = await hostile();
    server.script({ raw: `HTTP/1.0 ${String(status)} Error\r\nConnection: close\r\nRetry-After: 4\r\nContent-Type: text/html\r\n\r\n<html>no</html>`, then: 'end' });
    const answer = await open()(get(`${server.baseUrl}/x`));
    expect(answer).toMatchObject({ status, headers: { 'retry-after': '4' } });
  });

  it('is one in a coding that was not asked for, too', async () => {
    const server = await hostile();
    server.script({ raw: 'HTTP/1.1 403 Forbidden\r\nContent-Encoding: br\r\nContent-Length: 3\r\n\r\nabc', then: 'hang' });
    const { status, body } = await open()(get(`${server.baseUrl}/x`));
    expect([status, body.byteLength]).toEqual([403, 0]);
  });
});

it('holds only who makes a job to the number of jobs: a 429 to anything else is waited out', () => {
  const full: ApiResponse = { status: 429, headers: {}, body: new TextEncoder().encode('{"limit":{"key":"details.jobs.concurrent.access.max"}}') };
  expect(judgeResponse(full, { makesJob: true })).toBeUndefined();
  expect(judgeResponse(full)).toMatchObject({ kind: 'throttled' });
});
