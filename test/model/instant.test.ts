import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatInstant, parseInstant } from '../../src/model/instant.js';

describe('an instant', () => {
  it('is read as it is written', () => {
    fc.assert(fc.property(fc.integer({ min: Date.UTC(1000, 0, 1), max: Date.UTC(9999, 11, 31) }), (ms) => { expect(parseInstant(formatInstant(ms))).toBe(ms); }));
  });

  it.each([
    ['2026-01-05T13:45:00.123Z', Date.UTC(2026, 0, 5, 13, 45, 0, 123)],
    ['2026-01-05T13:45:00Z', Date.UTC(2026, 0, 5, 13, 45)],
    ['2026-01-05T13:45Z', Date.UTC(2026, 0, 5, 13, 45)],
    ['2026-01-05T13:45:00', Date.UTC(2026, 0, 5, 13, 45)],
    ['2026-01-05T13:45:00.123456Z', Date.UTC(2026, 0, 5, 13, 45, 0, 123)],
    ['2026-01-05T13:45:00.1+01:00', Date.UTC(2026, 0, 5, 12, 45, 0, 100)],
    ['2026-01-05T13:45:00+0100', Date.UTC(2026, 0, 5, 12, 45)],
    ['2024-02-29T00:00:00.000Z', Date.UTC(2024, 1, 29)],
    ['2024-01-31T23:59:59.999Z', Date.UTC(2024, 0, 31, 23, 59, 59, 999)],
    ['2026-02-28T24:00:00Z', Date.UTC(2026, 2, 1)],
    ['9999-12-31T23:59:59.999+01:00', Date.UTC(9999, 11, 31, 22, 59, 59, 999)],
    ['0000-01-01T00:30:00-01:00', Date.parse('0000-01-01T01:30:00Z')],
  ])('%s is understood', (text, ms) => {
    expect(parseInstant(text)).toBe(ms);
  });

  it.each(['', 'yesterday', '2026-01-05', '2026-13-05T00:00:00.000Z', '2026-02-30T00:00:00.000Z', '2026-02-31T24:00:00Z', '9999-12-31T23:30:00-01:00', '9999-12-31T24:00:00Z', '0000-01-01T00:30:00+01:00', '2025-02-29T00:00:00Z', '2026-01-05T25:00:00.000Z', '2026-01-05T13:60:00.000Z', '2026-01-05 13:45:00.000Z', '-1', '1767620700000', '2026-01-05T13:45:00.000z', '2026-1-05T13:45:00.000Z'])(
    '%j is none',
    (text) => {
      expect(parseInstant(text)).toBeUndefined();
    },
  );

  it('never makes a wrong instant of any text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 30 }), (text) => {
        const ms = parseInstant(text);
        expect(ms === undefined || Number.isInteger(ms)).toBe(true);
      }),
    );
  });
});
