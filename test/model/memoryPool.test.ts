import { describe, expect, it } from 'vitest';
import { createMemoryPool } from '../../src/model/memoryPool.js';

const MIB = 1024 * 1024;

describe('a memory pool', () => {
  it('gives the smallest piece that is large enough, each to one', () => {
    const pool = createMemoryPool();
    const pieces = [3 * MIB, MIB, 2 * MIB].map((bytes) => pool.take(bytes));
    for (const piece of pieces) pool.give(piece);
    expect(pool.take(MIB + 1)).toBe(pieces[2]);
    expect(pool.takeKept(MIB + 1)).toBe(pieces[0]);
    expect(pool.takeKept(MIB + 1)).toBeUndefined();
    expect(pool.take(MIB)).toBe(pieces[1]);
    expect(pool.take(MIB).byteLength).toBeGreaterThanOrEqual(MIB);
  });

  it('keeps a piece once, and none that is gone, small or very large', () => {
    const pool = createMemoryPool();
    const piece = pool.take(MIB);
    pool.give(piece);
    pool.give(piece);
    expect(pool.takeKept(MIB)).toBe(piece);
    expect(pool.takeKept(1)).toBeUndefined();
    structuredClone(piece, { transfer: [piece] });
    for (const other of [piece, new ArrayBuffer(100), new ArrayBuffer(5 * MIB)]) pool.give(other);
    expect(pool.takeKept(0)).toBeUndefined();
  });

  it('keeps 16 MiB at most', () => {
    const pool = createMemoryPool();
    for (const piece of Array.from({ length: 20 }, () => new ArrayBuffer(MIB))) pool.give(piece);
    let kept = 0;
    while (pool.takeKept(1) !== undefined) kept++;
    expect(kept).toBe(16);
  });

  it('hands out all that is at hand, and has room for as much again', () => {
    const pool = createMemoryPool();
    for (let round = 0; round < 2; round++) {
      const pieces = Array.from({ length: 16 }, () => new ArrayBuffer(MIB));
      for (const piece of pieces) pool.give(piece);
      const handed = pool.empty();
      expect(handed).toHaveLength(16);
      expect(handed.every((piece, i) => piece === pieces[i])).toBe(true);
      expect(pool.takeKept(1)).toBeUndefined();
    }
  });
});
