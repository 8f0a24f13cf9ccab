import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { didYouMean } from '../../src/config/didYouMean.js';
import { formatDuration, parseDuration } from '../../src/config/durations.js';
import { substitute } from '../../src/config/variables.js';

describe('a variable', () => {
  it('is replaced by its value, an empty one too', () => {
    expect(substitute('a${X}b${Y}', { X: '1', Y: '' })).toEqual({ text: 'a1b', changed: true, missing: [], malformed: false });
  });

  it('has its default where it is unset or empty', () => {
    expect(substitute('${X:-a:-b}', {}).text).toBe('a:-b');
    expect(substitute('${X:-d}', { X: '' }).text).toBe('d');
    expect(substitute('${X:-d}', { X: 'x' }).text).toBe('x');
  });

  it('that is missing is named, once for each time', () => {
    expect(substitute('${A} ${B} ${A}', {}).missing).toEqual(['A', 'B', 'A']);
    expect(substitute('${constructor}', {}).missing).toEqual(['constructor']);
  });

  it.each(['${', '${}', '${1X}', '${a b}', '${X:+y}', '${X:-${Y}}'])('that cannot be read is said to be: %s', (text) => {
    expect(substitute(text, { X: '1', Y: '2' }).malformed).toBe(true);
  });

  it('can be written literally', () => {
    expect(substitute('$${X}', { X: '1' }).text).toBe('${X}');
  });

  it('is never replaced twice, whatever its value', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        expect(substitute('<${X}>', { X: value, Y: 'wrong' }).text).toBe(`<${value}>`);
      }),
    );
    expect(substitute('${X}', { X: '${Y}', Y: 'wrong' }).text).toBe('${Y}');
  });
});

describe('a duration', () => {
  it('is a whole number and a unit', () => {
    expect(['250ms', '90s', '10m', '2h', '3d'].map(parseDuration)).toEqual([250, 90_000, 600_000, 7_200_000, 259_200_000]);
    expect(['', '3', '3 d', '1.5h', '-1s', '3w', '3D', '1h30m', 'd'].map(parseDuration)).toEqual(Array.from({ length: 9 }, () => undefined));
  });

  it('is written so that it is read back', () => {
    fc.assert(
      fc.property(fc.nat(999_999_999), (ms) => {
        expect(parseDuration(formatDuration(ms))).toBe(ms);
      }),
    );
  });
});

describe('a suggestion', () => {
  it('is the nearest of the known words, if any is near', () => {
    expect(didYouMean('time_out', ['timeout', 'timezone'])).toBe('; did you mean timeout?');
    expect(didYouMean('tmieout', ['timeout'])).toBe('; did you mean timeout?');
    expect(didYouMean('password', ['timeout', 'timezone'])).toBe('');
    expect(didYouMean(5, ['5'])).toBe('');
  });
});
