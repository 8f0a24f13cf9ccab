import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asciiJson } from '../../src/source/asciiJson.js';
import { pageText } from '../../src/source/pageText.js';

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => {
  const bytes = new TextEncoder().encode(text);
  const own = new Uint8Array(bytes.length);
  own.set(bytes);
  return own;
};
/** Enough ASCII around it that escaping pays. */
const padded = (json: string): string => `{"padding":"${'x'.repeat(json.length * 400)}","value":${json}}`;

describe('JSON as ASCII', () => {
  it('means what it meant', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '"', '\\', 'é', 'ß', '€', 'שׁ', '😀', '\u{10000}', '\u{10ffff}', '\u007f', '\u0080', '\uffff', '\n'), maxLength: 12 }), (value) => {
        const text = padded(JSON.stringify(value));
        const ascii = asciiJson(bytesOf(text));
        if (ascii !== undefined) expect(ascii.every((byte) => byte < 0x80)).toBe(true);
        expect(JSON.parse(pageText(bytesOf(text), 'page'))).toEqual(JSON.parse(text));
      }),
      { numRuns: 500 },
    );
  });

  it('finds characters at every place of a word', () => {
    for (let at = 0; at < 9; at++) {
      const text = padded(JSON.stringify(`${'a'.repeat(at)}é${'b'.repeat(9 - at)}`));
      const ascii = asciiJson(bytesOf(text));
      expect(new TextDecoder().decode(ascii)).toBe(text.replace('é', '\\u00e9'));
    }
  });

  it('is not made where a backslash would change its meaning', () => {
    const text = padded('"\\é"');
    expect(asciiJson(bytesOf(text))).toBeUndefined();
    expect(() => JSON.parse(pageText(bytesOf(text), 'page')) as unknown).toThrow(SyntaxError);
  });

  it('is not made where most of the text is beyond ASCII', () => {
    expect(asciiJson(bytesOf(JSON.stringify('日本語'.repeat(100))))).toBeUndefined();
  });
});
