import { describe, expect, it } from 'vitest';
import { AuthError } from '../../src/model/errors.js';
import { Secret } from '../../src/model/secret.js';
import { createClient } from '../../src/source/client.js';
import type { Client } from '../../src/source/client.js';
import { closeAfterTest, failure, hostile } from '../support/apiBench.js';
import type { Directive, HostileServer, JournalEntry } from '../support/hostileServer.js';
import { createManualClock } from '../support/manualClock.js';
import type { ManualClock } from '../support/manualClock.js';
import { createRecordingLog } from '../support/recordingLog.js';

const ok: Directive = { json: { fine: true } };

/** Gives each client a token of its own name, again and again. */
const byName = (request: JournalEntry): Directive => {
  const [id] = Buffer.from((request.headers.authorization ?? '').replace('Basic ', ''), 'base64').toString().split(':');
  return { json: { access_token: `token-of-${String(id)}`, expires_in: 86_400 } };
};

interface Bench {
  readonly server: HostileServer;
  readonly client: Client;
  readonly clock: ManualClock;
  call(): Promise<number>;
  /** Requests by the client whose token they carried. */
  counts(): Record<string, number>;
}

const bench = async (ids: readonly [string, ...string[]], requestsPerMinute = 60): Promise<Bench> => {
  const server = await hostile();
  server.scriptTokens(byName);
  server.script(ok);
  const clock = createManualClock({ auto: true });
  const [clientId, ...others] = ids;
  const client = createClient(
    {
      genesys: { baseUrl: server.baseUrl, loginUrl: server.baseUrl, clientId, clientSecret: new Secret('s'), moreClients: others.map((id) => ({ clientId: id, clientSecret: new Secret('s') })) },
      http: { requestsPerMinute, timeoutMs: 5000, maxAttempts: 3, proxyUrl: undefined },
    },
    { clock, random: () => 0.5, log: createRecordingLog(), version: '0.0.0-test' },
  );
  closeAfterTest(client.close);
  return {
    server,
    client,
    clock,
    call: async () => (await client.send({ method: 'GET', url: `${server.baseUrl}/api/v2/x`, label: 'test call' })).status,
    counts: () => {
      const counts: Record<string, number> = {};
      for (const { headers } of server.journal) {
        const id = (headers.authorization ?? '').replace('Bearer token-of-', '');
        counts[id] = (counts[id] ?? 0) + 1;
      }
      return counts;
    },
  };
};

const together = async (count: number, call: () => Promise<number>): Promise<readonly number[]> => Promise.all(Array.from({ length: count }, call));

describe('several clients', () => {
  it('have each a token and a budget: three send three times as much', async () => {
    const one = await bench(['a']);
    await together(90, one.call);
    const three = await bench(['a', 'b', 'c']);
    await together(90, three.call);
    expect(three.server.tokenJournal).toHaveLength(3);
    expect(three.counts()).toEqual({ a: 30, b: 30, c: 30 });
    expect(three.clock.monotonicMs()).toBeLessThan(one.clock.monotonicMs() / 2.5);
    expect(three.client.stats()).toMatchObject({ clients: 3, requests: 90, allowed: 180 });
  });

  it('let the others go on while one is throttled', async () => {
    const { server, call, counts, clock } = await bench(['a', 'b']);
    server.script((request) => (request.headers.authorization === 'Bearer token-of-a' && clock.monotonicMs() < 30_000 ? { status: 429, json: {}, headers: { 'retry-after': '30' } } : ok));
    // The first goes by a, is told to come back in 30 s, and then goes by whichever may.
    const first = call();
    const others = await together(20, call);
    expect(others).toEqual(Array.from({ length: 20 }, () => 200));
    expect(clock.monotonicMs()).toBeLessThan(60_000);
    expect(await first).toBe(200);
    expect(counts()['b']).toBeGreaterThanOrEqual(18);
  });

  it('let a request that one of them may not send for minutes go by the other at once', async () => {
    const { server, call, clock } = await bench(['a', 'b']);
    let throttled: string | undefined;
    server.script((request) => {
      throttled ??= request.headers.authorization;
      return request.headers.authorization === throttled ? { status: 429, headers: { 'retry-after': '300' }, json: { message: 'slow down', status: 429 } } : ok;
    });
    expect(await call()).toBe(200);
    expect(clock.monotonicMs()).toBeLessThan(10_000);
  });

  it('of which one has used up its period leave it alone', async () => {
    const { server, call, counts, clock } = await bench(['a', 'b'], 300);
    server.script((request) => (request.headers.authorization === 'Bearer token-of-b' ? { ...ok, headers: { 'inin-ratelimit-allowed': '300', 'inin-ratelimit-count': '300', 'inin-ratelimit-reset': '90' } } : ok));
    await together(2, call);
    await clock.sleep(60_600);
    for (let i = 0; i < 3; i++) await call();
    expect(counts()).toEqual({ a: 4, b: 1 });
  });

  it('renew only the token that was refused', async () => {
    const { server, client, call } = await bench(['a', 'b']);
    await together(2, call);
    let refused = false;
    server.script((request) => {
      if (refused || request.headers.authorization !== 'Bearer token-of-b') return ok;
      refused = true;
      return { status: 401, json: { message: 'Invalid login credentials.', code: 'bad.credentials', status: 401 } };
    });
    expect(await together(4, call)).toEqual([200, 200, 200, 200]);
    expect(server.tokenJournal).toHaveLength(3);
    expect(client.stats().requests).toBe(7);
  });

  it.each([
    ['a secret that is wrong', (server: HostileServer): void => { server.scriptTokens((request) => (byName(request) as { json: { access_token: string } }).json.access_token.endsWith('b') ? { status: 401, json: { error: 'invalid_client' } } : byName(request)); }],
    ['a permission that is missing', (server: HostileServer): void => { server.script((request) => (request.headers.authorization?.endsWith('b') === true ? { status: 403, json: { message: 'x', code: 'missing.permissions', status: 403 } } : ok)); }],
    ['a token that is refused again', (server: HostileServer): void => { server.script((request) => (request.headers.authorization?.endsWith('b') === true ? { status: 401, json: { message: 'x', code: 'bad.credentials', status: 401 } } : ok)); }],
  ])('stop with exit 3 for %s, and say which client', async (_what, arrange) => {
    const { server, call } = await bench(['canary-a', 'canary-b']);
    arrange(server);
    const error = await failure(together(2, call));
    expect(error).toBeInstanceOf(AuthError);
    expect(error.message).toContain('client 2 of 2');
    expect(error.message).not.toContain('canary');
  });

  it('are all asked for a token by a probe', async () => {
    const { server, client } = await bench(['a', 'b']);
    expect(await client.probe.token()).toEqual({ ok: true, value: true });
    expect(server.tokenJournal).toHaveLength(2);
    server.scriptTokens({ status: 401, json: { error: 'invalid_client' } });
    const fresh = await bench(['a', 'b']);
    fresh.server.scriptTokens((request) => (Buffer.from((request.headers.authorization ?? '').slice(6), 'base64').toString().startsWith('b') ? { status: 401, json: { error: 'invalid_client' } } : byName(request)));
    expect(await fresh.client.probe.token()).toMatchObject({ ok: false });
  });
});
