import { request } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/model/errors.js';
import { parseFaults } from '../../src/simulate/faultFile.js';
import { FaultScript, type FaultAction } from '../../src/simulate/faults.js';
import { simulate, type SimulatorRig } from '../support/simulatorClient.js';
import { QUERY } from '../support/simulatorPaging.js';

const BODY = { dateRange: { from: '2026-01-05T00:00:00Z', to: '2026-01-06T00:00:00Z' }, pageSize: 20 };

let rig: SimulatorRig;
afterEach(async () => {
  expect(rig.simulator.defects).toEqual([]);
  await rig.close();
});
const start = async (action: FaultAction): Promise<void> => {
  rig = await simulate();
  rig.simulator.faults.add({ match: { path: QUERY, nth: 1 }, action });
};

interface RawAnswer {
  readonly bytes: Buffer;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly headerLines: readonly string[];
  readonly failure: string | undefined;
}

/** The first page, read without any help: what arrived, and how it ended. */
const raw = async (): Promise<RawAnswer> => {
  const { access_token: token } = (await rig.token()).json as { access_token: string };
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let headers: NodeJS.Dict<string | string[]> = {};
    const headerLines: string[] = [];
    const done = (failure?: string): void => { resolve({ bytes: Buffer.concat(chunks), headers, headerLines, failure }); };
    const call = request(rig.simulator.baseUrl + QUERY, { method: 'POST', agent: false, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' } }, (response) => {
      headers = response.headers;
      response.rawHeaders.forEach((text, i, all) => i % 2 === 0 && headerLines.push(`${text}: ${all[i + 1] ?? ''}`));
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => { done(); });
      response.on('error', (error: NodeJS.ErrnoException) => { done(error.code); });
    });
    call.on('error', (error: NodeJS.ErrnoException) => { done(error.code); });
    call.end(JSON.stringify(BODY));
  });
};
const first = async (): Promise<{ status: number; json: Record<string, unknown>; text: string; headers: Headers }> => {
  const answer = await rig.call('POST', QUERY, BODY);
  return { ...answer, json: (answer.json ?? {}) as Record<string, unknown> };
};

describe('faults', () => {
  it('answer another status with headers, repeated ones too', async () => {
    await start({ kind: 'status', status: 429, headers: { 'Retry-After': ['3', 'tomorrow'] }, body: '{}' });
    const { headerLines, failure } = await raw();
    expect(failure).toBeUndefined();
    expect(headerLines.filter((line) => line.startsWith('Retry-After'))).toEqual(['Retry-After: 3', 'Retry-After: tomorrow']);
    expect((await raw()).headers['retry-after']).toBeUndefined();
    expect(rig.simulator.faults.fired).toBe(1);
  });

  it('answer HTML, another content type, other text, a redirect', async () => {
    await start({ kind: 'html' });
    expect((await first()).text).toContain('<!DOCTYPE html>');
    for (const [action, check] of [
      [{ kind: 'contentType', value: 'text/plain' }, (h: Headers) => { expect(h.get('content-type')).toBe('text/plain'); }],
      [{ kind: 'redirect', to: 'http://127.0.0.1:9/x', status: 307 }, (h: Headers) => { expect(h.get('location')).toBe('http://127.0.0.1:9/x'); }],
    ] as const) {
      rig.simulator.faults.clear();
      rig.simulator.faults.add({ match: {}, action });
      check((await first()).headers);
    }
    rig.simulator.faults.clear();
    rig.simulator.faults.add({ match: {}, action: { kind: 'text', text: '{"entities":[{}]}' } });
    expect((await first()).json).toEqual({ entities: [{}] });
  });

  it('reset the connection before and within the answer', async () => {
    await start({ kind: 'reset' });
    expect(await raw()).toMatchObject({ failure: 'ECONNRESET', bytes: Buffer.alloc(0) });
    rig.simulator.faults.add({ match: { path: QUERY }, action: { kind: 'reset', afterBytes: 2000 } });
    const partial = await raw();
    expect(partial.failure).toBe('ECONNRESET');
    expect(partial.bytes.length).toBeGreaterThan(0);
    expect(partial.bytes.length).toBeLessThan(2000);
  });

  it.each([['content-length', 'ECONNRESET'], ['chunked', 'ECONNRESET'], ['close', undefined]] as const)('truncate a body framed by %s', async (framing, failure) => {
    await start({ kind: 'truncate', framing, keep: 0.5 });
    const cut = await raw();
    expect(cut.failure).toBe(failure);
    const whole = await raw();
    expect(cut.bytes.length).toBe(Math.floor(whole.bytes.length / 2));
  });

  it.each(['truncated', 'crc', 'not-gzip', 'trailing-garbage'] as const)('damage gzip: %s', async (damage) => {
    await start({ kind: 'gzip', damage });
    const { bytes, headers } = await raw();
    expect(headers['content-encoding']).toBe('gzip');
    if (damage === 'trailing-garbage') {
      const garbage = bytes.indexOf('garbage after the end');
      expect(gunzipSync(bytes.subarray(0, garbage)).toString()).toMatch(/^\{"entities":\[/);
    } else expect(() => gunzipSync(bytes)).toThrow();
  });

  it('send a bomb, a drip, and nothing at all', async () => {
    await start({ kind: 'bomb', bytes: 3 * 1_048_576 });
    const { bytes } = await raw();
    expect(bytes.length).toBeLessThan(20_000);
    expect(gunzipSync(bytes).length).toBe(3 * 1_048_576);
    rig.simulator.faults.add({ match: { nth: 2 }, action: { kind: 'drip', bytes: 20_000, everyMs: 1 } });
    expect((await raw()).failure).toBeUndefined();
    rig.simulator.faults.clear();
    rig.simulator.faults.add({ match: { path: QUERY }, action: { kind: 'hang' } });
    await expect(fetch(rig.simulator.baseUrl + QUERY, { signal: AbortSignal.timeout(100) })).rejects.toThrow();
  });

  it('replace links, and lose, empty or repeat conversations', async () => {
    await start({ kind: 'nextPageUrl', to: 'http://evil.invalid/' });
    expect((await first()).json['nextPageUrl']).toBe('http://evil.invalid/');
    const plain = await first();
    const after = async (action: FaultAction): Promise<Record<string, unknown>> => {
      rig.simulator.faults.clear();
      rig.simulator.faults.add({ match: { method: 'GET', nth: 1 }, action });
      return (await rig.call('GET', plain.json['nextPageUrl'] as string)).json as Record<string, unknown>;
    };
    expect((await after({ kind: 'nextPageUrl', to: 'self' }))['nextPageUrl']).toBe(plain.json['nextPageUrl']);
    expect(await after({ kind: 'omitConversations' })).not.toHaveProperty('entities');
    expect((await after({ kind: 'dropPage' }))['entities']).toEqual([]);
    await first();
    expect((await after({ kind: 'duplicatePage' }))['entities']).toHaveLength(40);
    expect((await rig.call('GET', plain.json['nextPageUrl'] as string)).status).toBe(200);
    rig.simulator.faults.add({ match: {}, action: { kind: 'expireLinks' } });
    expect((await rig.call('GET', plain.json['nextPageUrl'] as string)).status).toBe(400);
  });

  it('revoke the token at a request', async () => {
    await start({ kind: 'revokeToken' });
    expect((await first()).status).toBe(401);
    await rig.login();
    expect((await first()).status).toBe(200);
  });
});

describe('fault script', () => {
  const strikes = (script: FaultScript, n: number): boolean[] => Array.from({ length: n }, () => script.strike('GET', '/a/b') !== undefined);
  const action = { kind: 'hang' } as const;

  it('strikes the nth, every so many, or by a seeded chance', async () => {
    rig = await simulate();
    expect(strikes(new FaultScript(1, [{ match: { path: '/a/*', nth: [2, 3] }, action }]), 4)).toEqual([false, true, true, false]);
    expect(strikes(new FaultScript(1, [{ match: { path: /b$/g, every: 2 }, action }]), 4)).toEqual([false, true, false, true]);
    expect(strikes(new FaultScript(1, [{ match: { path: '/other' }, action }]), 2)).toEqual([false, false]);
    const chance = strikes(new FaultScript(5, [{ match: { probability: 0.5 }, action }]), 100);
    expect(chance).toEqual(strikes(new FaultScript(5, [{ match: { probability: 0.5 }, action }]), 100));
    expect(chance.filter(Boolean).length).toBeGreaterThan(25);
  });
});

describe('fault file', () => {
  it('is read from YAML and JSON', async () => {
    rig = await simulate();
    const yaml = 'faults:\n  - match: { path: "/api/*", nth: 3 }\n    action: { kind: status, status: 503, headers: { Retry-After: "2" } }\n';
    expect(parseFaults(yaml)).toEqual([{ match: { path: '/api/*', nth: 3 }, action: { kind: 'status', status: 503, headers: { 'Retry-After': '2' } } }]);
    expect(parseFaults('{"faults":[{"match":{"path":"/results$/"},"action":{"kind":"hang"}}]}')[0]!.match.path).toEqual(/results$/);
  });

  it('lists every problem', async () => {
    rig = await simulate();
    const problems = (text: string): readonly unknown[] => {
      try {
        parseFaults(text, 'f.yaml');
      } catch (error) {
        if (error instanceof ConfigError) return error.problems;
        throw error;
      }
      return [];
    };
    expect(problems('faults: [{match: {nth: 0}, action: {kind: hang}}, {match: {}, action: {kind: explode}}]')).toHaveLength(2);
    expect(problems('faults: [')).toHaveLength(1);
    expect(problems('faults: [{match: {path: "/(/"}, action: {kind: hang}}]')).toHaveLength(1);
  });
});
