import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashKey, KeySet } from '../../src/audit/keySet.js';
import { keyText } from '../../src/audit/rowReader.js';

describe('KeySet', () => {
  it('tells a repeated key from a new one, as a Set does, also beyond its expected size', () => {
    const keys = new KeySet(10);
    const seen = new Set<string>();
    for (let i = 0; i < 20_000; i++) {
      const key = String((i * 7919) % 15_000);
      expect(keys.add(hashKey(key))).toBe(!seen.has(key));
      seen.add(key);
    }
  });

  it('holds the key whose hash is all zeros', () => {
    const keys = new KeySet(10);
    expect([keys.add(new Uint32Array(4)), keys.add(new Uint32Array(4))]).toEqual([true, false]);
  });
});

describe('keyText', () => {
  it('never makes the same text of two different keys of one table', () => {
    const key = fc.tuple(fc.string(), fc.string(), fc.integer());
    fc.assert(
      fc.property(key, key, (a, b) => {
        expect(keyText(a) === keyText(b)).toBe(a.every((value, i) => value === b[i]));
      }),
    );
    expect(keyText(['1:a', 'b'])).not.toBe(keyText(['1', 'a1:b']));
  });
});
