import { afterEach, describe, expect, it } from 'vitest';
import { demoJob, demoSettings } from '../../src/cli/demoJob.js';
import { apiChecks, outputCheck, tlsCheck, type Check } from '../../src/cli/doctorChecks.js';
import { systemClock } from '../../src/cli/system.js';
import { Secret } from '../../src/model/secret.js';
import type { Log } from '../../src/model/ports.js';
import { createDataset } from '../../src/simulate/dataset.js';
import { startSimulator, type Simulator } from '../../src/simulate/server.js';
import type { SimulatorOptions } from '../../src/simulate/simulatorOptions.js';
import type { Settings } from '../../src/model/settings.js';
import { createClient } from '../../src/source/client.js';
import { startConnectProxy } from '../support/connectProxy.js';

const silent: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
let simulator: Simulator | undefined;
afterEach(async () => {
  await simulator?.close();
});

const examine = async (more: Partial<SimulatorOptions>, secret = 'demo', http: Partial<Settings['http']> = {}): Promise<Check[]> => {
  const dataset = createDataset({ seed: 1, from: '2026-01-05', days: 1, conversationsPerDay: 5 });
  simulator = await startSimulator({ clock: systemClock, dataset, ...more });
  const usual = demoSettings(simulator.baseUrl, '/nowhere');
  const settings = { ...usual, genesys: { ...usual.genesys, clientSecret: new Secret(secret) }, http: { ...usual.http, maxAttempts: 1, ...http } };
  const client = createClient(settings, { clock: systemClock, random: () => 0.5, log: silent, version: '9.9.9' });
  const checks: Check[] = [];
  for await (const check of apiChecks(client.probe, settings, [demoJob], new AbortController().signal)) checks.push(check);
  await client.close();
  return checks;
};

describe('doctor', () => {
  it('finds nothing wrong with a sound service', async () => {
    const checks = await examine({});
    expect(checks.map(({ name, status }) => [name, status])).toEqual([
      ['token', 'ok'], ['clock', 'ok'], ['data lake', 'ok'], ['source next-page-url', 'ok'], ['source page-number', 'ok'], ['source job-cursor', 'ok'],
    ]);
    expect(checks.find(({ name }) => name === 'source next-page-url')?.detail).toBe('answers (used by demo)');
  });

  it('says through which proxy token and API were reached, without its user and password', async () => {
    const proxy = await startConnectProxy();
    const proxyUrl = proxy.url.replace('//', '//canary:canary@');
    const checks = await examine({}, 'demo', { proxyUrl, loginProxyUrl: proxyUrl });
    await proxy.close();
    const place = new URL(proxyUrl).host;
    expect(checks.find(({ name }) => name === 'token')?.detail).toMatch(new RegExp(`^given by http://127\\.0\\.0\\.1:\\d+ through the proxy ${place}$`));
    expect(checks.find(({ name }) => name === 'clock')?.detail).toContain(` the API through the proxy ${place}`);
    expect(JSON.stringify(checks)).not.toContain('canary');
  });

  it('asks nothing more after a refused secret, and ends with 3', async () => {
    const checks = await examine({}, 'wrong-canary');
    expect(checks.map(({ name, status, exitCode }) => [name, status, exitCode])).toEqual([['token', 'fail', 3]]);
    expect(checks[0]?.remedy).toBeTruthy();
    expect(JSON.stringify(checks)).not.toContain('canary');
  });

  it('warns of a clock that is off', async () => {
    const clock = (await examine({ dateSkewMs: 600_000 })).find(({ name }) => name === 'clock');
    expect(clock?.status).toBe('warn');
    expect(clock?.detail).toMatch(/^(10m 0\d|9m 5\d)s behind the API$/);
  });

  it('fails what a job needs and only warns of what none uses', async () => {
    const checks = await examine({ faults: [{ match: { path: '/api/v2/analytics/conversations/details/jobs/availability' }, action: { kind: 'status', status: 404 } }] });
    expect(checks.find(({ name }) => name === 'data lake')?.status).toBe('warn');
    expect(checks.find(({ name }) => name === 'source job-cursor')?.status).toBe('warn');
  });

  it('says what is wrong with the output folder and with the environment', () => {
    const disk = { folder: '/data', writable: true, hardLinks: true, isFolder: true, freeBytes: 5e9 };
    expect(outputCheck('/data/output', disk)).toMatchObject({ status: 'ok', detail: '/data/output, 4.7 GiB free' });
    expect(outputCheck('/data/output', { ...disk, freeBytes: 5e6 }).status).toBe('warn');
    expect(outputCheck('/data/output', { ...disk, writable: false })).toMatchObject({ status: 'fail', exitCode: 2 });
    expect(outputCheck('/data/output', { ...disk, hardLinks: false })).toMatchObject({ status: 'fail', exitCode: 4, detail: '/data: the file system has no hard links', remedy: expect.stringContaining('ext4') as string });
    expect(outputCheck('/data/output', { ...disk, isFolder: false })).toMatchObject({ status: 'fail', exitCode: 2 });
    expect(tlsCheck({ NODE_TLS_REJECT_UNAUTHORIZED: '0' })).toMatchObject({ status: 'fail', exitCode: 2 });
    expect(tlsCheck({}).status).toBe('ok');
  });
});
