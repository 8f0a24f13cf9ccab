import { MemoryError } from './errors.js';

/** For what there is no memory, as an error. @param what as the rest of a sentence */
export const noMemory = (what: string, cause?: unknown): MemoryError =>
  new MemoryError(`there is no memory for ${what}`, {
    remedy: 'Give the process more memory; where `ulimit -v` is not unlimited, raise it, as WebAssembly reserves 10 GiB of addresses a module and thread. Then run again: what is committed is untouched.',
    cause,
  });

/**
 * Does what takes memory of WebAssembly's.
 *
 * @throws MemoryError where the engine has none, which it says by a RangeError
 */
export const withMemoryFor = <T>(what: string, work: () => T): T => {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) throw noMemory(what, error);
    throw error;
  }
};
