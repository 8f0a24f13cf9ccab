import { describe, expect, it } from 'vitest';
import type { ApiResponse } from '../../src/model/send.js';
import { readApiError } from '../../src/source/apiError.js';
import { withoutEcho, withoutSecretEcho } from '../../src/source/withoutEcho.js';

const TOKEN = 'Abc.def-123+/=';
const url = 'https://api.example/api/v2/next?at=CANARYLINK%2F1&pageSize=25&expand=participants';
const answer = (message: string, status = 400, headers: Record<string, string> = {}): ApiResponse => ({ status, headers, body: new TextEncoder().encode(JSON.stringify({ message, code: 'bad.request', status })) });
const message = (response: ApiResponse): string | undefined => readApiError(withoutEcho(response, url, TOKEN)).message;

describe('a refusal', () => {
  it.each([
    ['the token', `token ${TOKEN} is not valid`, 'token […] is not valid'],
    ['the token in another case', `token ${TOKEN.toLowerCase()} is not valid`, 'token […] is not valid'],
    ['a cursor', 'cursor CANARYLINK/1 is not valid', 'cursor […] is not valid'],
    ['a cursor as it stands in the address', 'cursor CANARYLINK%2F1 is not valid', 'cursor […] is not valid'],
    ['the query string', 'GET ?at=CANARYLINK%2F1&pageSize=25&expand=participants failed', 'GET […] failed'],
  ])('is taken %s out of', (_what, told, shown) => {
    expect(message(answer(told))).toBe(shown);
  });

  it('keeps what it says of its own, short values of the request included', () => {
    expect(message(answer('pageSize 25 is too large for participants (bad.request)'))).toBe('pageSize 25 is too large for participants (bad.request)');
    expect(readApiError(withoutEcho(answer('no'), 'https://api.example/x', 'short'))).toMatchObject({ message: 'no', apiCode: 'bad.request' });
  });

  it('gives no token for a correlation id', () => {
    const token = 'abcdef-0123456789';
    expect(readApiError(withoutEcho(answer('no', 400, { 'inin-correlation-id': token }), url, token)).correlationId).toBeUndefined();
  });
});

it('a token that is a word is taken out as well', () => {
  expect(readApiError(withoutEcho(answer('token abcdefghijklm is not valid'), url, 'abcdefghijklm')).message).toBe('token […] is not valid');
});

describe('what the login service answers', () => {
  const SECRET = 'Canary/"secret';
  const said = async (text: string, secret = SECRET, status = 400, headers: Record<string, string> = {}): Promise<ApiResponse> =>
    withoutSecretEcho(async () => Promise.resolve({ status, headers, body: new TextEncoder().encode(text) }), 'the-client', secret)({ method: 'POST', url: 'https://login.example/oauth/token', label: 'token request' });
  const textOf = async (...given: Parameters<typeof said>): Promise<string> => new TextDecoder().decode((await said(...given)).body);

  it.each([
    ['as it is', 'no client with Canary/"secret', 'no client with […]'],
    ['in JSON', JSON.stringify({ message: `no client with ${SECRET}` }), '{"message":"no client with […]"}'],
    ['with escapes', '{"message":"no \\u0043anary\\/\\"secret, \\\\u0043"}', '{"message":"no […], \\\\u0043"}'],
    ['in a query', 'x=Canary%2F%22secret', 'x=[…]'],
    ['as it was in the header', `Basic ${Buffer.from(`the-client:${SECRET}`).toString('base64')}`, 'Basic […]'],
    ['decoded from the header', `the-client:${SECRET}`, 'the-client:[…]'],
    ['in another case', 'CANARY/"SECRET', '[…]'],
  ])('repeats nothing of the secret (%s)', async (_how, told, shown) => {
    expect((await textOf(told)).replace(/=+$/, '')).toBe(shown);
  });

  it.each(['canarysecret', 'canary', 'Swordfish'])('repeats no secret that is a word: %s', async (secret) => {
    expect(await textOf(JSON.stringify({ message: `client secret ${secret} is wrong` }), secret)).toBe('{"message":"client secret […] is wrong"}');
    expect((await said('', secret, 307, { location: `https://x/?s=${secret}`, 'inin-correlation-id': secret, 'content-type': secret })).headers).toEqual({ location: 'https://x/?s=[…]', 'inin-correlation-id': '[…]', 'content-type': '[…]' });
  });

  it('is not read where it is long, and left as it is where it grants a token', async () => {
    expect(await textOf(`canarysecret${'x'.repeat(70_000)}`, 'canarysecret')).toBe('');
    const granted = JSON.stringify({ access_token: 'of canarysecret' });
    expect(await textOf(granted, 'canarysecret', 200)).toBe(granted);
  });
});

it('an answer that is a page is left as it is', () => {
  const page = answer(`a conversation that holds ${TOKEN}`, 200);
  expect(withoutEcho(page, url, TOKEN)).toBe(page);
});
