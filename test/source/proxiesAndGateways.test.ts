import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { ApiRequest, ApiResponse, Send } from '../../src/model/send.js';
import { createTransport } from '../../src/source/transport.js';
import { judgeResponse } from '../../src/source/verdict.js';
import { closeAfterTest, failure, hostile } from '../support/apiBench.js';

const open = (proxyUrl?: string): Send => {
  const transport = createTransport({ timeoutMs: 1000, userAgent: 'gcx/test', proxyUrl });
  closeAfterTest(transport.close);
  return transport.send;
};

const get = (url: string): ApiRequest => ({ method: 'GET', url, label: 'test call' });

describe('a proxy that hangs up on CONNECT', () => {
  it.each([['with FIN', (socket: Socket) => socket.end()], ['with RST', (socket: Socket) => socket.destroy()]])('fails the request at once, and is not asked over and over (%s)', async (_how, hangUp) => {
    let connects = 0;
    const proxy = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => {
        connects++;
        hangUp(socket);
      });
    });
    await new Promise<void>((resolve) => { proxy.listen(0, '127.0.0.1', resolve); });
    closeAfterTest(async () => { await new Promise((resolve) => { proxy.close(resolve); }); });
    const error = await failure(open(`http://127.0.0.1:${String((proxy.address() as AddressInfo).port)}`)(get('https://api.example.test/x')));
    expect(error).toMatchObject({ fault: 'truncated' });
    expect(connects).toBe(1);
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
