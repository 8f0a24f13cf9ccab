import type { Buffer } from 'node:buffer';
import { kernelMaker } from '../../../model/kernel/kernelMaker.js';
import { noMemory } from '../../../model/noMemory.js';
import { keyCount, keysForKernel } from './keyTable.js';
import { TAPE_KERNEL } from './tapeKernelBinary.js';
import type { WantedKeys } from './wantedKeys.js';

/** Containers may lie this deep in one another: the kernel's own rule (kernel/memory.as.ts), for messages. Real pages need nine levels. */
export const MAX_DEPTH = 64;

/** The bytes are no JSON. */
export class NotJson extends Error {}
/** A value is nested deeper than MAX_DEPTH. */
export class NestedTooDeep extends Error {}

/** What kernel/tapeKernel.as.ts exports, and says of it. */
interface KernelExports {
  readonly memory: WebAssembly.Memory;
  placeOfText(length: number): number;
  placeOfTape(): number;
  placeOfKeys(): number;
  setKeyFactor(factor: number): void;
  placeOfWanted(): number;
  wantAll(whether: boolean): void;
  read(from: number, length: number): number;
  recurring(from: number, end: number): number;
  instantAt(from: number): number;
}

/** A kernel's memory never shrinks: one that has grown beyond this is let go after the first text that does not need it. Units: bytes. */
const MOST_KEPT = 32 * 1024 * 1024;
/** The tape takes up to five times its text, on top of a copy of that. */
const MEMORY_A_BYTE = 7;
const RECURRING_SLOTS = 4096;

// What `read` gives instead of a number of words, as in kernel/follow.as.ts.
const NOT_JSON = -1;
const NESTED_TOO_DEEP = -2;
const NO_MEMORY = -3;

/** What its memory is for, in messages. */
const WHAT = 'the tape of a page';

const makeKernel = kernelMaker<KernelExports>(TAPE_KERNEL, WHAT);

/** One instance of the kernel, and the strings of the text that it remembers. */
export class TapeKernel {
  readonly #exports = makeKernel();
  readonly #strings: (string | undefined)[] = Array.from({ length: RECURRING_SLOTS });
  #keysTold = 0;
  #wanted: WantedKeys | undefined;

  get size(): number {
    return this.#exports.memory.buffer.byteLength;
  }

  /** See `makeTape`. */
  read(body: Uint8Array, start: number, wanted: WantedKeys | undefined): Int32Array {
    const kernel = this.#exports;
    if (this.#keysTold !== keyCount()) this.#tellKeys();
    const place = kernel.placeOfText(body.length);
    if (place === 0) throw noMemory(WHAT);
    new Uint8Array(kernel.memory.buffer, place, body.length).set(body);
    if (this.#wanted !== wanted) this.#tellWanted(wanted);
    const words = kernel.read(start, body.length);
    if (words === NOT_JSON) throw new NotJson();
    if (words === NESTED_TOO_DEEP) throw new NestedTooDeep();
    if (words === NO_MEMORY) throw noMemory(WHAT);
    return new Int32Array(kernel.memory.buffer, kernel.placeOfTape(), words);
  }

  /** The string of ASCII bytes that recur. @param bytes those that were read last */
  recurring(bytes: Buffer, start: number, end: number): string {
    const slot = this.#exports.recurring(start, end);
    if (slot >= 0) return this.#strings[slot]!;
    const text = bytes.latin1Slice(start, end);
    if (slot >= -RECURRING_SLOTS) this.#strings[-1 - slot] = text;
    return text;
  }

  /** The instant in twenty-four bytes of what was read last, as the API writes it; NaN for anything else. Units: UTC epoch milliseconds. */
  instantAt(start: number): number {
    return this.#exports.instantAt(start);
  }

  #tellWanted(wanted: WantedKeys | undefined): void {
    const kernel = this.#exports;
    if (wanted !== undefined) new Uint8Array(kernel.memory.buffer, kernel.placeOfWanted()).set(wanted.flags);
    kernel.wantAll(wanted === undefined);
    this.#wanted = wanted;
  }

  #tellKeys(): void {
    const kernel = this.#exports;
    const { bytes, factor } = keysForKernel();
    const place = kernel.placeOfKeys();
    if (place === 0) throw noMemory(WHAT);
    new Uint8Array(kernel.memory.buffer, place).set(bytes);
    kernel.setKeyFactor(factor);
    this.#keysTold = keyCount();
  }
}

let kept: TapeKernel | undefined;

/** A tape, and the kernel that made it. */
export interface Tape {
  readonly kernel: TapeKernel;
  /** Two an entry; jsonTape.ts says what they are. They hold until the next tape is made. */
  readonly words: Int32Array;
}

/**
 * The tape of a JSON text.
 *
 * @param body valid UTF-8, at most 64 MiB
 * @param start what is before is passed over
 * @param wanted all keys, where it is undefined
 * @throws NotJson · NestedTooDeep
 */
export const makeTape = (body: Uint8Array, start: number, wanted?: WantedKeys): Tape => {
  const kernel = (kept ??= new TapeKernel());
  try {
    return { kernel, words: kernel.read(body, start, wanted) };
  } finally {
    if (kernel.size > MOST_KEPT && body.length * MEMORY_A_BYTE < MOST_KEPT) kept = undefined;
  }
};
