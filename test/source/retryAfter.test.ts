import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseHttpDate, parseRetryAfter } from '../../src/source/retryAfter.js';
import { anyText } from '../support/anyText.js';

const date = 'Mon, 05 Jan 2026 12:00:00 GMT';

describe('Retry-After', () => {
  it('is read in seconds', () => {
    expect(parseRetryAfter({ 'retry-after': '3' })).toBe(3000);
    expect(parseRetryAfter({ 'retry-after': '0' })).toBe(0);
    expect(parseRetryAfter({ 'retry-after': '999999999' })).toBe(999_999_999_000);
  });

  it('is read as a date, against the date of the answer', () => {
    expect(parseRetryAfter({ 'retry-after': 'Mon, 05 Jan 2026 12:00:30 GMT', date })).toBe(30_000);
    expect(parseRetryAfter({ 'retry-after': 'Mon, 05 Jan 2026 11:00:00 GMT', date })).toBe(0);
    expect(parseRetryAfter({ 'retry-after': 'Mon, 05 Jan 2026 12:00:30 GMT' })).toBeUndefined();
  });

  it.each(['', '-1', '1e3', 'Infinity', '99999999999', 'tomorrow', '3, 5', ' 3', '3.5', '0x10', 'Mon, 31 Feb 2026 12:00:00 GMT', '2026-01-05T12:00:30Z', 'Monday, 05-Jan-26 12:00:30 GMT'])(
    'is ignored where it is %j',
    (text) => {
      expect(parseRetryAfter({ 'retry-after': text, date })).toBeUndefined();
    },
  );

  it('reads back every date that HTTP writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_800 }), (seconds) => {
        expect(parseHttpDate(new Date(seconds * 1000).toUTCString())).toBe(seconds * 1000);
      }),
    );
  });

  it('never gives anything but a wait, whatever it is', () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        const ms = parseRetryAfter({ 'retry-after': text, date });
        expect(ms === undefined || (Number.isSafeInteger(ms) && ms >= 0 && ms < 1e15)).toBe(true);
      }),
    );
  });
});
