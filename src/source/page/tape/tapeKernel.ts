import { Buffer } from 'node:buffer';
import { keyCount, keysForKernel } from './keyTable.js';
import { TAPE_KERNEL } from './tapeKernelBinary.js';

/** Containers may lie this deep in one another. Real pages need nine levels. */
export const MAX_DEPTH = 64;

/** The bytes are no JSON. */
export class NotJson extends Error {}
/** A value is nested deeper than MAX_DEPTH. */
export class NestedTooDeep extends Error {}

/** What tapeKernel.as.ts exports. */
interface Kernel {
  readonly memory: WebAssembly.Memory;
  placeOfText(length: number): number;
  placeOfTape(): number;
  placeOfKeys(): number;
  setKeyFactor(factor: number): void;
  read(from: number, length: number): number;
}

/** A kernel that has grown beyond this is not kept: its memory never shrinks. Units: bytes. */
const MOST_KEPT = 32 * 1024 * 1024;

let compiled: WebAssembly.Module | undefined;
let kept: Kernel | undefined;
let keysTold = 0;

const createKernel = (): Kernel => {
  compiled ??= new WebAssembly.Module(Buffer.from(TAPE_KERNEL, 'base64'));
  keysTold = 0;
  return new WebAssembly.Instance(compiled).exports as unknown as Kernel;
};

const tellKeys = (kernel: Kernel): void => {
  const { bytes, factor } = keysForKernel();
  const place = kernel.placeOfKeys();
  new Uint8Array(kernel.memory.buffer, place).set(bytes);
  kernel.setKeyFactor(factor);
  keysTold = keyCount();
};

/**
 * The tape of a JSON text, two words an entry (jsonTape.ts says what they are). It holds until the next one is made.
 *
 * @param body valid UTF-8, at most 64 MiB
 * @param start what is before is passed over
 * @throws NotJson · NestedTooDeep
 */
export const makeTape = (body: Uint8Array, start: number): Int32Array => {
  const kernel = (kept ??= createKernel());
  if (keysTold !== keyCount()) tellKeys(kernel);
  const { memory } = kernel;
  const place = kernel.placeOfText(body.length);
  new Uint8Array(memory.buffer, place, body.length).set(body);
  const words = kernel.read(start, body.length);
  if (memory.buffer.byteLength > MOST_KEPT) kept = undefined;
  if (words === -1) throw new NotJson();
  if (words === -2) throw new NestedTooDeep();
  return new Int32Array(memory.buffer, kernel.placeOfTape(), words);
};
