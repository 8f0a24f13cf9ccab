import { describe, expect, it } from 'vitest';
import { bytesText, countText, durationText, plural, shortCount } from '../../src/cli/figures.js';

describe('figures', () => {
  it.each([[0, '0 ms'], [999, '999 ms'], [1000, '1.0 s'], [59_949, '59.9 s'], [59_960, '1m 00s'], [3_599_600, '60m 00s'.replace('60m 00s', '1h 00m')], [7_620_000, '2h 07m'], [273_600_000, '3d 04h']])(
    'writes %i ms as %s',
    (ms, text) => {
      expect(durationText(ms)).toBe(text);
    },
  );

  it.each([[0, '0 B'], [1023, '1023 B'], [1024, '1.0 KiB'], [1_048_575, '1.0 MiB'], [232_000_000, '221 MiB'], [5 * 1024 ** 4, '5.0 TiB']])('writes %i bytes as %s', (bytes, text) => {
    expect(bytesText(bytes)).toBe(text);
  });

  it.each([[999, '999'], [1000, '1.0k'], [99_960, '100k'], [999_499, '999k'], [999_500, '1.0M'], [4_500_000_000, '4.5G']])('shortens %i to %s', (value, text) => {
    expect(shortCount(value)).toBe(text);
  });

  it('puts thousands apart and nouns into their number', () => {
    expect([countText(1234567), plural(1, 'row'), plural(1000, 'row')]).toEqual(['1,234,567', '1 row', '1,000 rows']);
    expect([0, 7, 999, 100_000, 12_345_678, 999_999_999_999].map(countText)).toEqual(['0', '7', '999', '100,000', '12,345,678', '999,999,999,999']);
  });
});
