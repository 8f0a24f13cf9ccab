import { describe, expect, it } from 'vitest';
import { MemoryError } from '../../src/model/errors.js';
import { withMemoryFor } from '../../src/model/noMemory.js';

/** A module that exports a memory of one page as `m`. */
const ONE_PAGE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 5, 3, 1, 0, 1, 7, 5, 1, 1, 0x6d, 2, 0);

describe('work that takes memory of WebAssembly', () => {
  it('gives what it makes', () => {
    expect(withMemoryFor('a test', () => 5)).toBe(5);
  });

  it('says what there is no memory for', () => {
    // More than any memory may have.
    const { m: memory } = new WebAssembly.Instance(new WebAssembly.Module(ONE_PAGE)).exports as { m: WebAssembly.Memory };
    const grow = (): number => withMemoryFor('a test', () => memory.grow(70_000));
    expect(grow).toThrow(MemoryError);
    expect(grow).toThrow('there is no memory for a test');
  });

  it('lets any other error through', () => {
    expect(() => withMemoryFor('a test', () => { throw new TypeError('a bug'); })).toThrow(TypeError);
  });
});
