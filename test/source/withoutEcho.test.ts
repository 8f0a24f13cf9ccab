import { describe, expect, it } from 'vitest';
import type { ApiResponse } from '../../src/model/send.js';
import { readApiError } from '../../src/source/apiError.js';
import { withoutEcho } from '../../src/source/withoutEcho.js';

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

it('an answer that is a page is left as it is', () => {
  const page = answer(`a conversation that holds ${TOKEN}`, 200);
  expect(withoutEcho(page, url, TOKEN)).toBe(page);
});
