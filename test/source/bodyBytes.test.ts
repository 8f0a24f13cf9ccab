import { describe, expect, it } from 'vitest';
import { createMemoryPool } from '../../src/model/memoryPool.js';
import { createBodyBytes } from '../../src/source/bodyBytes.js';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe('a body that arrives in pieces', () => {
  it.each([
    ['as long as announced', '5'],
    ['shorter than announced', '9'],
    ['longer than announced', '4'],
    ['not announced', undefined],
    ['announced beyond what is taken at once', '999999999'],
    ['announced in words', 'five'],
    ['announced as nothing', '0'],
  ])('is what arrived, and owns its buffer (%s)', (_name, announced) => {
    const body = createBodyBytes(announced, createMemoryPool());
    body.add(bytes(1, 2));
    body.add(bytes(3));
    body.add(bytes(4, 5));
    expect(body.length).toBe(5);
    const whole = body.whole();
    expect([...whole]).toEqual([1, 2, 3, 4, 5]);
    expect([whole.byteOffset, whole.buffer.byteLength]).toEqual([0, 5]);
  });

  it('is copied: the memory of a piece is used again', () => {
    for (const announced of ['2', undefined]) {
      const body = createBodyBytes(announced, createMemoryPool());
      const piece = bytes(1, 2);
      body.add(piece);
      piece.fill(0);
      expect([...body.whole()]).toEqual([1, 2]);
    }
  });

  it('takes no room that a server only announces', () => {
    const body = createBodyBytes('999999999', createMemoryPool());
    expect(body.whole().buffer.byteLength).toBe(0);
  });
});
