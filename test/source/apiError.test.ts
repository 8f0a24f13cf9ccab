import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HttpError, RequestRefusedError } from '../../src/model/errors.js';
import type { ApiResponse } from '../../src/model/send.js';
import { readApiError, refusal, safeMessage } from '../../src/source/apiError.js';
import { anyText } from '../support/anyText.js';

const answer = (status: number, body: unknown, headers: Record<string, string> = {}): ApiResponse => ({
  status, headers, body: new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body)),
});

describe('the platform’s error body', () => {
  it('gives code, message, correlation id and the permissions it names', () => {
    expect(readApiError(answer(403, { message: 'You are missing the following permission(s): a:b:c, analytics:conversationDetail:view', code: 'missing.permissions', contextId: 'c40a4237-0000' }))).toEqual({
      apiCode: 'missing.permissions', correlationId: 'c40a4237-0000', permissions: ['a:b:c', 'analytics:conversationDetail:view'],
      message: 'You are missing the following permission(s): a:b:c, analytics:conversationDetail:view',
    });
  });

  it('prefers the header’s correlation id, and takes none of another form', () => {
    expect(readApiError(answer(500, { contextId: 'body' }, { 'inin-correlation-id': 'header' })).correlationId).toBe('header');
    expect(readApiError(answer(500, { contextId: 'a b' }, { 'inin-correlation-id': 'a\u001b[31m' })).correlationId).toBeUndefined();
  });

  it.each(['<html>', '[]', 'null', '{"message":5}', ''])('that is none (%j) gives nothing, and no error of its own', (text) => {
    expect(readApiError(answer(502, text))).toEqual({ permissions: [] });
  });
});

describe('an excerpt of a message', () => {
  it('keeps what people need', () => {
    expect(safeMessage('Pagination may not exceed 100000 results.\n\nTip: x')).toBe('Pagination may not exceed 100000 results. Tip: x');
    expect(safeMessage('job c40a4237-1111-2222-3333-444455556666 unknown')).toContain('c40a4237-1111-2222-3333-444455556666');
  });

  it('hides what could be a token, cursor or query string', () => {
    expect(safeMessage('at /api/x?cursor=Y3Vyc29yX3YyMzIxOTA1MjE= and eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0')).toBe('at /api/x?[…] and […]');
  });

  it('is short, and of one line without control characters, whatever the text', () => {
    fc.assert(
      fc.property(anyText(500), (text) => {
        const shown = safeMessage(text);
        expect(shown.length).toBeLessThanOrEqual(200);
        expect(shown).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
      }),
    );
  });
});

describe('a refusal', () => {
  it.each([400, 404, 405, 410, 413, 415, 422])('%i is the request’s own fault: exit 2', (status) => {
    expect(refusal(answer(status, {}), 'test call')).toBeInstanceOf(RequestRefusedError);
  });

  it.each([301, 307, 409, 501, 505])('%i is not: exit 4', (status) => {
    const error = refusal(answer(status, {}), 'test call');
    expect(error).toBeInstanceOf(HttpError);
    expect(error.exitCode).toBe(4);
    expect(error.remedy).toBeDefined();
  });
});
