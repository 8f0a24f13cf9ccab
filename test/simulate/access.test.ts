import { afterEach, describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/model/errors.js';
import { createDataset } from '../../src/simulate/dataset.js';
import { createManualClock } from '../../src/simulate/manualClock.js';
import { startSimulator } from '../../src/simulate/server.js';
import { simulate, type RigOptions, type SimulatorRig } from '../support/simulatorClient.js';
import { JOBS } from '../support/simulatorPaging.js';

let rig: SimulatorRig;
const start = async (options: RigOptions = {}): Promise<void> => {
  rig = await simulate(options);
};
afterEach(async () => {
  await rig.close();
});
const ME = '/api/v2/organizations/me';

describe('token endpoint', () => {
  it('gives a bearer token for the right client', async () => {
    await start();
    expect((await rig.token()).json).toMatchObject({ token_type: 'bearer', expires_in: 86_399, access_token: expect.any(String) as string });
    expect(rig.simulator.tokensIssued).toBe(2);
  });

  it('answers 400 for an unknown client and 401 for a wrong secret, in its own form', async () => {
    await start();
    const unknown = await rig.token('nobody');
    expect(unknown.status).toBe(400);
    expect(unknown.json).toEqual({ error: 'invalid_client', description: 'client not found: nobody', error_description: 'client not found: nobody' });
    const wrong = await rig.token('demo', 'wrong');
    expect(wrong.status).toBe(401);
    expect(wrong.json).toEqual({ error: 'invalid_client', description: 'authentication failed', error_description: 'authentication failed' });
  });

  it('refuses too many tokens a minute', async () => {
    await start({ settings: { tokenRequestsPerMinute: 2 } });
    expect((await rig.token()).status).toBe(200);
    const refused = await rig.token();
    expect(refused.status).toBe(400);
    expect(refused.json).toMatchObject({ error: 'invalid_request', description: expect.stringMatching(/^rate limit exceeded/) as string });
    rig.clock.advance(60_000);
    expect((await rig.token()).status).toBe(200);
  });
});

describe('bearer', () => {
  it('is required', async () => {
    await start();
    const response = await fetch(rig.simulator.baseUrl + ME);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: 'authentication.required', status: 401 });
  });

  it('expires, and can be revoked', async () => {
    await start({ settings: { tokenLifetimeS: 300 } });
    expect((await rig.call('GET', ME)).status).toBe(200);
    rig.clock.advance(300_000);
    expect((await rig.call('GET', ME)).json).toMatchObject({ message: 'Invalid login credentials.', code: 'bad.credentials', status: 401 });
    await rig.login();
    expect((await rig.call('GET', ME)).status).toBe(200);
    rig.simulator.revokeTokens();
    expect((await rig.call('GET', ME)).status).toBe(401);
  });

  it('lacks permissions when told to', async () => {
    await start({ settings: { deniedPermissions: ['analytics:conversationDetail:view'] } });
    expect((await rig.call('GET', `${JOBS}/availability`)).json).toMatchObject({
      code: 'missing.permissions',
      message: 'Unable to perform the requested action. You are missing the following permission(s): analytics:conversationDetail:view',
    });
    expect((await rig.call('POST', JOBS, { interval: '2026-01-05T00:00:00Z/2026-01-06T00:00:00Z' })).status).toBe(202);
  });
});

describe('every answer', () => {
  it('carries a correlation id and the simulated date; an error quotes the id', async () => {
    await start({ settings: { dateSkewMs: 3_600_000 } });
    const { headers, json, status } = await rig.call('GET', '/api/v2/nothing/here');
    expect(status).toBe(404);
    expect(headers.get('date')).toBe('Mon, 01 Jun 2026 01:00:00 GMT');
    expect(json).toMatchObject({ code: 'not.found', contextId: headers.get('inin-correlation-id') });
  });

  it('says how much of the rate limit is used, and 429 with Retry-After beyond it', async () => {
    await start({ settings: { requestsPerMinute: 3 } });
    const first = await rig.call('GET', ME);
    expect([first.headers.get('inin-ratelimit-count'), first.headers.get('inin-ratelimit-allowed'), first.headers.get('inin-ratelimit-reset')]).toEqual(['1', '3', '60']);
    rig.clock.advance(20_000);
    await rig.call('GET', ME);
    await rig.call('GET', ME);
    const refused = await rig.call('GET', ME);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('40');
    expect(refused.json).toMatchObject({ code: 'too.many.requests', message: 'Rate limit exceeded the maximum [3] requests within [60] seconds' });
    rig.clock.advance(40_000);
    expect((await rig.call('GET', ME)).status).toBe(200);
  });

  it('counts each token by itself', async () => {
    await start({ settings: { requestsPerMinute: 1 } });
    await rig.call('GET', ME);
    expect((await rig.call('GET', ME)).status).toBe(429);
    await rig.login();
    expect((await rig.call('GET', ME)).status).toBe(200);
  });
});

describe('server', () => {
  it('says that a port is in use', async () => {
    await start();
    const clock = createManualClock(0);
    const dataset = createDataset({ seed: 1, from: '2026-01-05', days: 1, conversationsPerDay: 1 });
    const second = startSimulator({ clock, dataset, port: rig.simulator.port });
    await expect(second).rejects.toThrow(ConfigError);
    await expect(second).rejects.toThrow(`simulate --port: port ${String(rig.simulator.port)} is in use`);
  });

  it('records requests without query strings, and bodies only when asked', async () => {
    await start();
    await rig.call('GET', `${ME}?secret=1`);
    expect(rig.simulator.requests.at(-1)).toEqual({ method: 'GET', path: ME, status: 200, atMs: rig.clock.nowMs() });
  });

  it('answers limits by namespace', async () => {
    await start({ settings: { maxConcurrentJobs: 7 } });
    const { json } = await rig.call('GET', '/api/v2/organizations/limits/namespaces/analytics');
    expect((json as { entities: unknown[] }).entities).toContainEqual({ key: 'details.jobs.concurrent.access.max', value: 7, namespace: 'analytics' });
    expect((await rig.call('GET', '/api/v2/tokens/me')).status).toBe(200);
  });
});
