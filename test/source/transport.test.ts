import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { EXIT, InterruptedError } from '../../src/model/errors.js';
import type { ApiRequest, Send } from '../../src/model/send.js';
import { createTransport } from '../../src/source/transport.js';
import type { TransportOptions } from '../../src/source/transport.js';
import { TransportError } from '../../src/source/transportError.js';
import { closeAfterTest, failure, hostile } from '../support/apiBench.js';
import { startConnectProxy } from '../support/connectProxy.js';
import { startSelfSignedServer } from '../support/selfSignedServer.js';
import type { Directive } from '../support/hostileServer.js';

const open = (options: Partial<TransportOptions> = {}): Send => {
  const transport = createTransport({ timeoutMs: 3000, userAgent: 'gcx/test', ...options });
  closeAfterTest(transport.close);
  return transport.send;
};

const get = (url: string): ApiRequest => ({ method: 'GET', url, label: 'test call' });
const LINES = JSON.stringify(Array.from({ length: 5000 }, (_, i) => ({ line: i, text: `value ${String(i * 7919)}` })));
const zipped = gzipSync(LINES);
const GZIP = { 'content-encoding': 'gzip' };

const faultOf = async (directive: Directive, options: Partial<TransportOptions> = {}): Promise<string> => {
  const server = await hostile();
  server.script(directive);
  const error = await failure(open(options)(get(`${server.baseUrl}/x`)));
  expect(error).toBeInstanceOf(TransportError);
  return error instanceof TransportError ? error.fault : '';
};

describe('a whole answer', () => {
  it.each([['identity', LINES, {}], ['gzip', zipped, GZIP]] as const)('arrives complete, alone in its buffer (%s)', async (_name, bytes, headers) => {
    const server = await hostile();
    server.script({ bytes, headers });
    const { status, body } = await open()(get(`${server.baseUrl}/x`));
    expect(status).toBe(200);
    expect(Buffer.from(body).toString()).toBe(LINES);
    expect(body.byteOffset).toBe(0);
    expect(body.buffer.byteLength - body.byteLength).toBeLessThan(64 * 1024);
  });

  it('arrives complete in chunks', async () => {
    const server = await hostile();
    server.script({ raw: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n[1,\r\n2\r\n2]\r\n0\r\n\r\n', then: 'hang' });
    expect(Buffer.from((await open()(get(`${server.baseUrl}/x`))).body).toString()).toBe('[1,2]');
  });

  it('may be empty where the status says so', async () => {
    const server = await hostile();
    server.script({ raw: 'HTTP/1.1 204 No Content\r\n\r\n', then: 'hang' });
    expect((await open()(get(`${server.baseUrl}/x`))).body.byteLength).toBe(0);
  });

  it('comes over kept connections, with the product named', async () => {
    const server = await hostile();
    server.script({ json: {} });
    const send = open();
    for (let i = 0; i < 12; i++) await send(get(`${server.baseUrl}/x`));
    expect(server.connections()).toBeLessThanOrEqual(2);
    expect(server.journal[0]?.headers['user-agent']).toBe('gcx/test');
    expect(server.journal[0]?.headers['accept-encoding']).toBe('gzip');
  });

  it('joins repeated headers', async () => {
    const server = await hostile();
    server.script({ json: {}, headers: { 'retry-after': ['3', '5'] } });
    expect((await open()(get(`${server.baseUrl}/x`))).headers['retry-after']).toMatch(/^3(, 5)?$/);
  });

  it('comes through a proxy where one is configured', async () => {
    const server = await hostile();
    server.script({ json: { through: 'proxy' } });
    const proxy = await startConnectProxy();
    closeAfterTest(proxy.close);
    const { body } = await open({ proxyUrl: proxy.url })(get(`${server.baseUrl}/x`));
    expect(Buffer.from(body).toString()).toContain('proxy');
    expect(proxy.targets).toEqual([new URL(server.baseUrl).host]);
  });
});

describe('an incomplete answer is an error (rows 12, 14, 15)', () => {
  const head = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';
  it.each<[string, Directive]>([
    ['reset before the first byte', { raw: '', then: 'reset' }],
    ['reset after one byte', { raw: 'H', then: 'reset' }],
    ['reset in the header', { raw: 'HTTP/1.1 200 OK\r\nContent-', then: 'reset' }],
    ['reset in the body', { raw: `${head}Content-Length: 10\r\n\r\n[1,2`, then: 'reset' }],
    ['reset before the last byte', { raw: `${head}Content-Length: 5\r\n\r\n[1,2`, then: 'reset' }],
    ['ended before its length', { raw: `${head}Content-Length: 10\r\n\r\n[1,2`, then: 'end' }],
    ['ended before its last chunk', { raw: `${head}Transfer-Encoding: chunked\r\n\r\n4\r\n[1,2\r\n`, then: 'end' }],
    ['ended in a chunk', { raw: `${head}Transfer-Encoding: chunked\r\n\r\n9\r\n[1,2`, then: 'end' }],
    ['delimited by nothing but the end of the connection', { raw: `${head}Connection: close\r\n\r\n[1,2,3]`, then: 'end' }],
  ])('%s', async (_name, directive) => {
    expect(['truncated', 'connection']).toContain(await faultOf(directive));
  });
});

describe('damaged compression is an error (rows 16, 17, 18)', () => {
  const wrongSum = Buffer.from(zipped);
  wrongSum[wrongSum.length - 8] = (wrongSum[wrongSum.length - 8] ?? 0) ^ 0xff;
  it.each<[string, Uint8Array]>([
    ['cut in the middle', zipped.subarray(0, Math.floor(zipped.length / 2))],
    ['cut before its checksum', zipped.subarray(0, zipped.length - 8)],
    ['cut by a byte', zipped.subarray(0, zipped.length - 1)],
    ['with a wrong checksum', wrongSum],
    ['that is no gzip', Buffer.from(LINES)],
    ['with bytes after its end', Buffer.concat([zipped, Buffer.from('garbage')])],
  ])('gzip %s', async (_name, bytes) => {
    expect(await faultOf({ bytes, headers: GZIP })).toBe('encoding');
  });

  it('another coding than was asked for', async () => {
    expect(await faultOf({ bytes: 'x', headers: { 'content-encoding': 'br' } })).toBe('encoding');
  });

  it('a bomb stops at the cap', async () => {
    const bomb = gzipSync(Buffer.alloc(8 * 1024 * 1024));
    expect(await faultOf({ bytes: bomb, headers: GZIP }, { maxBodyBytes: 1024 * 1024 })).toBe('too-large');
    expect(await faultOf({ bytes: Buffer.alloc(2000) }, { maxBodyBytes: 1000 })).toBe('too-large');
    const lying = Buffer.from(bomb);
    lying.writeUInt32LE(1000, lying.length - 4);
    expect(await faultOf({ bytes: lying, headers: GZIP }, { maxBodyBytes: 1024 * 1024 })).toBe('too-large');
  });

  it('of a length that is not the announced one is damage, however long it is said to be', async () => {
    for (const length of [0, 10, LINES.length - 1, LINES.length + 1, 2 ** 32 - 1]) {
      const wrong = Buffer.from(zipped);
      wrong.writeUInt32LE(length, wrong.length - 4);
      expect(await faultOf({ bytes: wrong, headers: GZIP })).toBe('encoding');
    }
  });

  it.each([['two members', [LINES, 'short']], ['an empty member last', [LINES, '']], ['one empty member', ['']]])('none of it: %s', async (_name, texts) => {
    const server = await hostile();
    server.script({ bytes: Buffer.concat(texts.map((text) => gzipSync(text))), headers: GZIP });
    expect(Buffer.from((await open()(get(`${server.baseUrl}/x`))).body).toString()).toBe(texts.join(''));
  });
});

describe('silence ends (row 13)', () => {
  it('when no header comes', async () => {
    expect(await faultOf({ raw: '', then: 'hang' }, { headersTimeoutMs: 100 })).toBe('timeout');
  });

  it('when the body stops arriving', async () => {
    expect(await faultOf({ raw: 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n[1', then: 'hang' }, { bodyIdleMs: 100 })).toBe('timeout');
  });

  it('when a drip would take for ever', async () => {
    const answer = `HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n${'1'.repeat(4000)}`;
    expect(await faultOf({ drip: answer, everyMs: 5 }, { timeoutMs: 200 })).toBe('timeout');
  });

  it('at once when the caller stops', async () => {
    const server = await hostile();
    const controller = new AbortController();
    server.script(() => {
      controller.abort();
      return { raw: '', then: 'hang' };
    });
    expect(await failure(open()(get(`${server.baseUrl}/x`), controller.signal))).toBeInstanceOf(InterruptedError);
  });

  it('with the reason that the caller gave', async () => {
    const reason = new InterruptedError('SIGTERM');
    expect(await failure(open()(get('http://127.0.0.1:9/x'), AbortSignal.abort(reason)))).toBe(reason);
  });
});

describe('no connection (row 11)', () => {
  it('refused', async () => {
    const probe = createTcpServer();
    await new Promise<void>((resolve) => { probe.listen(0, '127.0.0.1', resolve); });
    const { port } = probe.address() as AddressInfo;
    await new Promise<void>((resolve) => { probe.close(() => { resolve(); }); });
    const error = await failure(open()(get(`http://127.0.0.1:${String(port)}/x`)));
    expect(error).toMatchObject({ fault: 'connection', exitCode: EXIT.incomplete });
    expect(error.message).toContain('ECONNREFUSED');
  });

  it('a certificate that nobody vouches for is told apart', async () => {
    const server = await startSelfSignedServer();
    closeAfterTest(server.close);
    const error = await failure(open()(get(`${server.url}/x`)));
    expect(error).toMatchObject({ fault: 'certificate' });
    expect(error).toHaveProperty('remedy', expect.stringContaining('NODE_EXTRA_CA_CERTS'));
  });
});

describe('redirects (row 30)', () => {
  it.each([301, 302, 307, 308])('%i is an answer; the other host hears nothing', async (status) => {
    const canary = await hostile();
    const server = await hostile();
    server.script({ json: {}, status, headers: { location: `${canary.baseUrl}/steal` } });
    const response = await open()({ ...get(`${server.baseUrl}/x`), method: 'POST', body: 'secret', headers: { authorization: 'Bearer t' } });
    expect(response.status).toBe(status);
    expect(canary.connections()).toBe(0);
  });
});
