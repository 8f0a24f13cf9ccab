import { describe, expect, it } from 'vitest';
import { AuthError, DecodeError } from '../../src/model/errors.js';
import { apiBench } from '../support/apiBench.js';

describe('a probe', () => {
  it('tells that the login service gives a token, or why not', async () => {
    const { server, client } = await apiBench();
    server.scriptTokens({ status: 401, json: { error: 'invalid_client', description: 'authentication failed' } }, { json: { access_token: 'a', expires_in: 100 } });
    expect(await client.probe.token()).toMatchObject({ ok: false, error: expect.any(AuthError) as AuthError });
    expect(await client.probe.token()).toEqual({ ok: true, value: true });
  });

  it('measures how far the local clock is ahead', async () => {
    const { server, client, clock } = await apiBench();
    server.script({ json: { totalHits: 0 }, headers: { date: new Date(clock.nowMs() - 90_000).toUTCString() } });
    expect(await client.probe.clockSkewMs()).toEqual({ ok: true, value: 90_000 });
  });

  it('names the permission that is missing', async () => {
    const { server, client } = await apiBench();
    server.script({ status: 403, json: { message: 'You are missing the following permission(s): analytics:conversationDetail:view', code: 'missing.permissions', status: 403 } });
    expect(await client.probe.availability()).toMatchObject({ ok: false, error: { message: expect.stringContaining('analytics:conversationDetail:view') as string } });
  });

  it('tells which protocols answer, by one small call each', async () => {
    const { server, client } = await apiBench();
    server.script((request) => {
      if (request.url.endsWith('/availability')) return { json: { dataAvailabilityDate: '2026-01-05T04:10:03Z' } };
      return request.body.includes('dateRange') ? { status: 400, json: { message: 'interval is required', code: 'bad.request', status: 400 } } : { json: { totalHits: 0 } };
    });
    expect(await client.probe.protocol('job-cursor')).toEqual({ ok: true, value: true });
    expect(await client.probe.protocol('page-number')).toEqual({ ok: true, value: true });
    expect(await client.probe.protocol('next-page-url')).toMatchObject({ ok: false, error: { status: 400 } });
    expect(server.journal).toHaveLength(3);
  });

  it('does not take any answer for the protocol', async () => {
    const { server, client } = await apiBench();
    server.script({ json: { hello: 'world' } });
    expect(await client.probe.protocol('next-page-url')).toMatchObject({ ok: false, error: expect.any(DecodeError) as DecodeError });
  });
});
