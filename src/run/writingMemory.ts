import { GatherMemory } from '../model/columns/gather.js';
import { createMemoryDrain } from '../model/memoryDrain.js';
import { createMemoryPool, type MemoryPool } from '../model/memoryPool.js';
import type { TableJob } from './lanes.js';

/**
 * What a lane writes tables in: the next table is written in what the last one left.
 *
 * Why: made anew for each table it is some ten megabytes beside the JavaScript heap, and every other table costs a full collection.
 * But a table of a large partition leaves the pool full of blocks of a size that the next table has no use for: they are freed.
 */
export class WritingMemory {
  /** What blocks are read into. */
  readonly blocks: MemoryPool = createMemoryPool();
  readonly #idle: GatherMemory[] = [];
  readonly #drain = createMemoryDrain();

  /** Does the work in memory that is nobody else's meanwhile. */
  async use<T>({ piece }: Pick<TableJob, 'piece'>, work: (memory: GatherMemory) => Promise<T>): Promise<T> {
    const memory = this.#idle.pop() ?? new GatherMemory();
    try {
      return await work(memory);
    } finally {
      this.#idle.push(memory);
      if (piece.of > 1) for (const block of this.blocks.empty()) this.#drain.letGo(block);
    }
  }
}
