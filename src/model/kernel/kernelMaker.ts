import { Buffer } from 'node:buffer';
import { withMemoryFor } from '../noMemory.js';

/**
 * Makes instances of a kernel, which is compiled when the first is made.
 *
 * @param binary the module in base64, as `npm run kernel` leaves it
 * @param what its memory is for, in messages
 * @returns what makes an instance and gives its exports. @throws MemoryError
 */
export const kernelMaker = <Exports extends object>(binary: string, what: string): (() => Exports) => {
  let compiled: WebAssembly.Module | undefined;
  return () => {
    const module = (compiled ??= new WebAssembly.Module(Buffer.from(binary, 'base64')));
    return withMemoryFor(what, () => new WebAssembly.Instance(module)).exports as Exports;
  };
};
