import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TextInterner } from '../../../src/model/columns/textInterner.js';
import { anyText } from '../../support/anyText.js';

describe('interned text', () => {
  it('has one number a distinct value, in the order of first use', () => {
    const word = fc.oneof(anyText(40), fc.constantFrom('', 'a', 'b', '\u0000', 'ü'));
    fc.assert(
      fc.property(fc.array(word, { maxLength: 200 }), (words) => {
        const interner = new TextInterner();
        const known = [...new Set(words)];
        for (const value of words) {
          const bytes = Buffer.from(`<${value}>`);
          expect(interner.codeOf(bytes, 1, bytes.length - 1)).toBe(known.indexOf(value));
        }
        const { offsets, bytes } = interner.values();
        expect(known.map((_, i) => Buffer.from(bytes.subarray(offsets[i], offsets[i + 1])).toString())).toEqual(known);
        expect([interner.count, interner.size]).toEqual([known.length, bytes.length]);
      }),
    );
  });

  it('keeps its numbers while it grows', () => {
    const interner = new TextInterner();
    const values = Array.from({ length: 20_000 }, (_, i) => Buffer.from(`value ${String(i)} of many`));
    const first = values.map((bytes) => interner.codeOf(bytes, 0, bytes.length));
    expect(first).toEqual(values.map((_, i) => i));
    expect(values.map((bytes) => interner.codeOf(bytes, 0, bytes.length))).toEqual(first);
  });
});
