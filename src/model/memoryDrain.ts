import { MessageChannel } from 'node:worker_threads';

/** Frees memory now. */
export interface MemoryDrain {
  /** The memory is gone afterwards, and every view of it empty. It must be no part of a pool of Node's own. */
  letGo(memory: ArrayBuffer): void;
  close(): void;
}

/**
 * Frees large pieces of memory that are of no more use.
 *
 * Why: thrown away, they wait until the collector next comes by, which is tens of megabytes later, as it goes by what is on the JavaScript heap.
 * Why by a message that nobody receives: it is the one way, from Node 20 on, to free an ArrayBuffer.
 */
export const createMemoryDrain = (): MemoryDrain => {
  const { port1, port2 } = new MessageChannel();
  port2.close();
  return {
    letGo: (memory) => {
      port1.postMessage(null, [memory]);
    },
    close: () => {
      port1.close();
    },
  };
};
