import { describe, expect, it } from 'vitest';
import { AuthError, DecodeError, HttpError, InterruptedError, LinkError } from '../../src/model/errors.js';
import { Secret } from '../../src/model/secret.js';
import type { ApiRequest, ApiResponse, Send } from '../../src/model/send.js';
import { createTokenSource } from '../../src/source/token.js';
import type { TokenSource } from '../../src/source/token.js';
import { withToken } from '../../src/source/withToken.js';
import { failure } from '../support/apiBench.js';
import { createManualClock } from '../support/manualClock.js';
import type { ManualClock } from '../support/manualClock.js';
import { createRecordingLog } from '../support/recordingLog.js';

const answer = (status: number, json: unknown, headers: Record<string, string> = {}): ApiResponse => ({ status, headers, body: new TextEncoder().encode(JSON.stringify(json)) });
const grant = (token: string, expiresS = 1000): ApiResponse => answer(200, { access_token: token, token_type: 'bearer', expires_in: expiresS });

interface Bench {
  readonly tokens: TokenSource;
  readonly clock: ManualClock;
  readonly requests: ApiRequest[];
  readonly log: ReturnType<typeof createRecordingLog>;
}

const bench = (outcomes: readonly (ApiResponse | Promise<ApiResponse> | Error | 'hangs')[], auto = false, signal?: AbortSignal): Bench => {
  const clock = createManualClock({ auto });
  const log = createRecordingLog();
  const requests: ApiRequest[] = [];
  const send: Send = async (request) => {
    const outcome = outcomes[Math.min(requests.length, outcomes.length - 1)] ?? grant('none');
    requests.push(request);
    await Promise.resolve();
    if (outcome instanceof Error) throw outcome;
    return outcome === 'hangs' ? new Promise(() => undefined) : outcome;
  };
  const tokens = createTokenSource({ send, loginUrl: 'https://login.example', clientId: 'client', clientSecret: new Secret('canary-secret'), clock, log, ...(signal === undefined ? {} : { signal }) });
  return { tokens, clock, requests, log };
};

const value = async (tokens: TokenSource): Promise<string> => (await tokens.get()).reveal();

describe('a token', () => {
  it('is asked for with Basic credentials and a form', async () => {
    const { tokens, requests } = bench([grant('a')]);
    await tokens.get();
    expect(requests[0]).toMatchObject({ method: 'POST', url: 'https://login.example/oauth/token', body: 'grant_type=client_credentials' });
    expect(requests[0]?.headers?.['authorization']).toBe(`Basic ${Buffer.from('client:canary-secret').toString('base64')}`);
    expect(requests[0]?.headers?.['content-type']).toBe('application/x-www-form-urlencoded');
  });

  it('is asked for once by any number of callers', async () => {
    const { tokens, requests } = bench([grant('a')]);
    await Promise.all(Array.from({ length: 20 }, async () => value(tokens)));
    expect(requests).toHaveLength(1);
  });

  it('is renewed at 80 % of its life, not before', async () => {
    const { tokens, clock, requests } = bench([grant('a'), grant('b')]);
    await tokens.get();
    await clock.advance(799_000);
    expect(await value(tokens)).toBe('a');
    await clock.advance(2000);
    expect(await value(tokens)).toBe('b');
    expect(requests).toHaveLength(2);
  });

  it.each([
    ['digits', '1000', 1000],
    ['no life', undefined, 3600],
    ['null', null, 3600],
    ['words', 'soon', 3600],
    ['NaN', 'NaN', 3600],
    ['an exponent in quotes', '1e9', 3600],
    ['a life of zero', 0, 3600],
    ['a negative life', -5, 3600],
    ['a life without end', 1e300, 172_800],
    ['a life of many digits', '99999999999999', 172_800],
  ])('with %s is renewed in time', async (_what, expiresIn, lifeS) => {
    const { tokens, clock, requests } = bench([answer(200, { access_token: 'a', expires_in: expiresIn }), grant('b')]);
    await tokens.get();
    await clock.advance(lifeS * 800 - 1);
    expect(await value(tokens)).toBe('a');
    await clock.advance(1);
    expect(await value(tokens)).toBe('b');
    expect(requests).toHaveLength(2);
  });

  it('of a life too short to be used is not asked for before every request', async () => {
    const { tokens, clock, requests } = bench([grant('a', 0.001)]);
    for (let n = 0; n < 20; n++) {
      await tokens.get();
      await clock.advance(1000);
    }
    expect(requests).toHaveLength(2);
  });

  it('stays in use while its renewal fails, and the failure is told (row 34)', async () => {
    const { tokens, clock, requests, log } = bench([grant('a'), new HttpError('token request: down'), grant('b')]);
    await tokens.get();
    await clock.advance(900_000);
    expect(await value(tokens)).toBe('a');
    expect(await value(tokens)).toBe('a');
    expect(requests).toHaveLength(2);
    expect(log.lines.filter((line) => line.level === 'warn')).toHaveLength(1);
    await clock.advance(61_000);
    expect(await value(tokens)).toBe('b');
  });

  it('holds requests up for two seconds while its renewal hangs, and no longer than it is good', async () => {
    const { tokens, clock } = bench([grant('a'), 'hangs']);
    await tokens.get();
    await clock.advance(900_000);
    const given: string[] = [];
    const take = async (): Promise<void> => { given.push(await value(tokens)); };
    void take();
    await clock.advance(1999);
    expect(given).toEqual([]);
    await clock.advance(2);
    expect(given).toEqual(['a']);
    // The next one does not wait for it again.
    await take();
    expect(given).toEqual(['a', 'a']);
    await clock.advance(98_000);
    void take();
    await clock.advance(60_000);
    expect(given).toEqual(['a', 'a']);
  });

  it('that comes within those two seconds is the one that is used', async () => {
    let arrive: (response: ApiResponse) => void = () => undefined;
    const late = new Promise<ApiResponse>((resolve) => { arrive = resolve; });
    const { tokens, clock } = bench([grant('a'), late]);
    await tokens.get();
    await clock.advance(900_000);
    const taken = value(tokens);
    await clock.advance(1000);
    arrive(grant('b'));
    expect(await taken).toBe('b');
  });

  it('once refused is not used again, even if no other is to be had', async () => {
    const { tokens } = bench([grant('a'), new HttpError('token request: down')]);
    tokens.invalidate(await tokens.get());
    expect(await failure(tokens.get())).toBeInstanceOf(HttpError);
  });

  it('that was replaced already is not invalidated a second time', async () => {
    const { tokens, requests } = bench([grant('a'), grant('b'), grant('c')]);
    const seen = await tokens.get();
    tokens.invalidate(seen);
    await tokens.get();
    tokens.invalidate(seen);
    expect(await value(tokens)).toBe('b');
    expect(requests).toHaveLength(2);
  });

  it('is waited for while the login service throttles', async () => {
    const slow = answer(400, { error: 'invalid_request', error_description: 'rate limit exceeded; try later' });
    const { tokens, clock } = bench([slow, slow, grant('a')], true);
    expect(await value(tokens)).toBe('a');
    expect(clock.sleeps).toEqual([3000, 6000]);
  });

  it('that is waited for ends with an interruption when nobody will want it any more', async () => {
    const controller = new AbortController();
    const slow = answer(400, { error: 'invalid_request', error_description: 'rate limit exceeded; try later' });
    const { tokens } = bench([slow, grant('a')], false, controller.signal);
    const waiting = failure(tokens.get());
    await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    expect(await waiting).toBeInstanceOf(InterruptedError);
  });

  it('request given up by one caller serves the others', async () => {
    const { tokens } = bench([grant('a')]);
    const controller = new AbortController();
    const first = failure(tokens.get(controller.signal));
    const second = value(tokens);
    controller.abort();
    await first;
    expect(await second).toBe('a');
  });
});

describe('a refused client', () => {
  const refusedWith = async (response: ApiResponse): Promise<Error> => failure(bench([response]).tokens.get());

  it('that is unknown in this region is told from a wrong secret', async () => {
    const unknown = await refusedWith(answer(400, { error: 'invalid_client', description: 'client not found: x', error_description: 'client not found: x' }));
    expect(unknown).toBeInstanceOf(AuthError);
    expect(unknown.message).toContain('unknown in this region');
    expect(unknown).toHaveProperty('remedy', expect.stringContaining('genesys.environment'));
    const wrong = await refusedWith(answer(401, { error: 'invalid_client', description: 'authentication failed', error_description: 'authentication failed' }));
    expect(wrong).toBeInstanceOf(AuthError);
    expect(wrong).toHaveProperty('remedy', expect.stringContaining('GENESYS_CLIENT_SECRET'));
  });

  it.each([{}, { access_token: '' }, { access_token: 7, expires_in: 1000 }, { expires_in: 1000 }, []])('is not what %j says', async (json) => {
    expect(await refusedWith(answer(200, json))).toBeInstanceOf(DecodeError);
  });

  it.each(['canary\r\nx-injected: 1', 'canary\n', '\tcanary', 'can ary', 'canary\u0000', 'canary\u007f', 'canary…', 'canaryé'])('is told in one error of a token that no header can carry, which is not quoted: %j', async (token) => {
    const { tokens, requests } = bench([answer(200, { access_token: token, expires_in: 1000 })], true);
    const error = await failure(tokens.get());
    expect(error).toBeInstanceOf(DecodeError);
    expect(error.message).toBe('token request: access_token holds line ends or other characters that no header can carry');
    expect(requests).toHaveLength(1);
  });

  it('never sees the answer in a message', async () => {
    for (const status of [400, 401, 403, 404, 500]) {
      const error = await refusedWith(answer(status, { error: 'canary-secret', description: 'canary-secret' }));
      expect(error.message).not.toContain('canary');
    }
  });
});

describe('withToken', () => {
  const call = { method: 'GET', url: 'https://api.example/api/v2/x', label: 'test call' } as const;
  const forToken = (accepted: readonly string[], sent: ApiRequest[]): Send => async (request) => {
    sent.push(request);
    const token = request.headers?.['authorization']?.replace('Bearer ', '') ?? '';
    await Promise.resolve();
    return accepted.includes(token) ? answer(200, { ok: true }) : answer(401, { message: 'Invalid login credentials.', code: 'bad.credentials', status: 401 });
  };

  it('renews a refused token once for any number of requests, and repeats each once (row 3)', async () => {
    const { tokens, requests } = bench([grant('old'), grant('new')]);
    const sent: ApiRequest[] = [];
    const send = withToken(forToken(['new'], sent), tokens, 'https://api.example');
    const answers = await Promise.all(Array.from({ length: 8 }, async () => send(call)));
    expect(answers.every((a) => a.status === 200)).toBe(true);
    expect([requests.length, sent.length]).toEqual([2, 16]);
  });

  it('ends with the second refusal', async () => {
    const { tokens, requests } = bench([grant('old'), grant('older')]);
    const sent: ApiRequest[] = [];
    const error = await failure(withToken(forToken([], sent), tokens, 'https://api.example')(call));
    expect(error).toMatchObject({ exitCode: 3 });
    expect([requests.length, sent.length]).toEqual([2, 2]);
    expect(error.message).not.toContain('old');
  });

  it('names the missing permission and nothing else of the answer (row 4)', async () => {
    const { tokens } = bench([grant('a')]);
    const refused = answer(403, { message: 'Unable to perform the requested action. You are missing the following permission(s): analytics:conversationDetail:view, [canary]', code: 'missing.permissions', status: 403, contextId: 'c-1' });
    const error = await failure(withToken(async () => Promise.resolve(refused), tokens, 'https://api.example')(call));
    expect(error).toBeInstanceOf(AuthError);
    expect(error.message).toContain('analytics:conversationDetail:view');
    expect(error.message).not.toContain('canary');
  });

  it.each(['https://evil.example/api/v2/x', 'http://api.example/api/v2/x', 'https://api.example:8443/api/v2/x', 'not an address'])('sends nothing to %s, and asks for no token', async (url) => {
    const { tokens, requests } = bench([grant('a')]);
    const sent: ApiRequest[] = [];
    expect(await failure(withToken(forToken(['a'], sent), tokens, 'https://api.example')({ ...call, url }))).toBeInstanceOf(LinkError);
    expect([requests.length, sent.length]).toEqual([0, 0]);
  });
});
