import { describe, expect, it } from 'vitest';
import { WritingMemory } from '../../src/run/writingMemory.js';

const WHOLE = { piece: { index: 0, of: 1 } };
const HALF = { piece: { index: 1, of: 2 } };

describe('the memory that tables are written in', () => {
  /** Reads a block for a table, and gives its memory back. */
  const writeIn = async (memory: WritingMemory, job: typeof WHOLE): Promise<ArrayBuffer> => {
    const block = memory.blocks.take(1024 * 1024);
    await memory.use(job, () => {
      memory.blocks.give(block);
      return Promise.resolve();
    });
    return block;
  };

  it('keeps the blocks of one table for the next', async () => {
    const memory = new WritingMemory();
    const block = await writeIn(memory, WHOLE);
    expect(memory.blocks.take(1024 * 1024)).toBe(block);
  });

  it('is rid of those of a large partition, also where writing failed', async () => {
    const memory = new WritingMemory();
    expect((await writeIn(memory, HALF)).byteLength).toBe(0);
    const block = memory.blocks.take(1024 * 1024);
    const failing = memory.use(HALF, () => {
      memory.blocks.give(block);
      return Promise.reject(new Error('full'));
    });
    await expect(failing).rejects.toThrow('full');
    expect(block.byteLength).toBe(0);
    expect(memory.blocks.takeKept(1)).toBeUndefined();
  });

  it('is used again, but not by two tables at once', async () => {
    const memory = new WritingMemory();
    const first = await memory.use(WHOLE, (gathered) => memory.use(WHOLE, (other) => Promise.resolve([gathered, other] as const)));
    expect(first[0]).not.toBe(first[1]);
    expect(first).toContain(await memory.use(WHOLE, (gathered) => Promise.resolve(gathered)));
  });
});
