import { describe, expect, it } from 'vitest';
import { budgetText, shareUsed } from '../../src/cli/budgetText.js';
import { someHttp } from '../support/fakeParts.js';

const http = { ...someHttp, requests: 1176, throttled: 2, waitedMs: 200_000, permitted: 1200 };

describe('what requests cost', () => {
  it('is told with the share of the rate limit that was used', () => {
    expect(budgetText(http)).toBe('1,176, 2 throttled, 3m 20s waited, 98 % of the rate limit used');
    expect(budgetText({ ...http, clients: 3 })).toContain('98 % of the rate limits of 3 clients used');
  });

  it('has no share where too little was permitted to tell', () => {
    expect(budgetText({ ...http, requests: 5, permitted: 3 })).toBe('5, 2 throttled, 3m 20s waited');
    expect(shareUsed({ requests: 5, permitted: 3 })).toBeUndefined();
  });

  it('is never more than the whole: a burst at the start comes before its time', () => {
    expect(shareUsed({ requests: 55, permitted: 51 })).toBe(1);
  });
});
