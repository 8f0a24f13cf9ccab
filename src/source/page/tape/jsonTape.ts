import { Buffer } from 'node:buffer';
import { parseInstant } from '../../../model/instant.js';
import { exactInteger } from './exactInteger.js';
import { keyName, UNKNOWN_KEY, type KeyTable } from './keyTable.js';
import { makeTape, type TapeKernel } from './tapeKernel.js';
import type { WantedKeys } from './wantedKeys.js';

/** A value that is read is not of the type that we rely on. Which and why, the caller finds out: this happens once in a blue moon. */
export class UnexpectedValue extends Error {}

/*
 * An entry of a tape is two words. The first holds the place of a value's first byte (of a string or a key: the one behind its quote), above three bits for its kind.
 * The second of a string or a key is the place of its closing quote, above two bits for flags; of a key that is known, -1 less its number; of a number or a word, the place
 * behind it; of a container, the word at which its closing entry stands, which has the closing bracket's place and, like a key, a kind that no value has.
 */
const KIND_MASK = 7;
const KIND_BITS = 3;
const NULL = 0;
const TRUE = 1;
const FALSE = 2;
const NUMBER = 3;
const STRING = 4;
/** The kind of an array. */
export const ARRAY = 5;
/** The kind of an object. */
export const OBJECT = 6;
const HAS_ESCAPES = 1;
const FLAG_BITS = 2;
const FLAGS = 3;
const ENTRY = 2;

const MOST_SAFE_DIGITS = 15;
/** Bytes of an instant as the API writes it. */
const USUAL_INSTANT = 24;
const MINUS = 0x2d;
const ZERO = 0x30;

/**
 * Walks over one JSON text and makes values of those that are wanted.
 *
 * Invariant: the text is JSON to the last byte: a value that nobody wants is checked like any other, only not made.
 * Why not JSON.parse: it makes every value of a page, and a page holds ten times what is read of it.
 * Shape: valid until the next one is made; one is enough for a page.
 */
export class JsonTape {
  readonly #bytes: Buffer;
  readonly #words: Int32Array;
  readonly #kernel: TapeKernel;
  /** The word at which the next entry begins. */
  at = 0;

  /**
   * @param body valid UTF-8, at most 64 MiB
   * @param wanted what stands behind other keys is checked to be JSON and left out; all keys, where it is undefined
   * @throws NotJson · NestedTooDeep
   */
  constructor(body: Uint8Array<ArrayBuffer>, start: number, wanted?: WantedKeys) {
    this.#bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    const { kernel, words } = makeTape(body, start, wanted);
    this.#kernel = kernel;
    this.#words = words;
  }

  /** The kind of the next value. */
  kind(): number {
    return this.#words[this.at]! & KIND_MASK;
  }

  /** Passes null, if that is what is next. */
  isNull(): boolean {
    if (this.kind() !== NULL) return false;
    this.at += ENTRY;
    return true;
  }

  /** Enters an object; gives its end for `more`. Null is like an empty one. @throws UnexpectedValue */
  enterObject(): number {
    return this.#enter(OBJECT);
  }

  /** Enters an array; gives its end for `more`. Null is like an empty one. @throws UnexpectedValue */
  enterArray(): number {
    return this.#enter(ARRAY);
  }

  /** Whether the container that was entered has more; its end is passed. */
  more(end: number): boolean {
    if (this.at < end) return true;
    this.at = end + ENTRY;
    return false;
  }

  /** Passes a key; gives its place in the table. */
  key(table: KeyTable): number {
    const more = this.#words[this.at + 1]!;
    if (more < 0) {
      this.at += ENTRY;
      return table.find(-1 - more);
    }
    if ((more & HAS_ESCAPES) !== 0) return table.findText(this.keyText());
    this.at += ENTRY;
    return UNKNOWN_KEY;
  }

  /** Passes a key; gives it. */
  keyText(): string {
    const more = this.#words[this.at + 1]!;
    if (more >= 0) return this.#recurring();
    this.at += ENTRY;
    return keyName(-1 - more);
  }

  /** A string; null where there is null. @throws UnexpectedValue */
  text(): string | null {
    const first = this.#words[this.at]!;
    if ((first & KIND_MASK) !== STRING) return this.#nullOr();
    const more = this.#words[this.at + 1]!;
    this.at += ENTRY;
    return (more & FLAGS) === 0 ? this.#bytes.latin1Slice(first >> KIND_BITS, more >> FLAG_BITS) : this.#oddText(first, more);
  }

  /** The same of a string by which rows are told apart. @throws UnexpectedValue also where it holds a lone surrogate, which cannot be written */
  id(): string | null {
    const more = this.#words[this.at + 1]!;
    const id = this.text();
    // Only an escape can be one: bytes are UTF-8.
    if (id !== null && (more & HAS_ESCAPES) !== 0 && !id.isWellFormed()) throw new UnexpectedValue();
    return id;
  }

  /** The same of a string that recurs. @throws UnexpectedValue */
  recurringText(): string | null {
    return this.kind() === STRING ? this.#recurring() : this.#nullOr();
  }

  /** A string of at most so many bytes that must be there. @throws UnexpectedValue */
  requiredText(mostBytes: number): string {
    const length = (this.#words[this.at + 1]! >> FLAG_BITS) - (this.#words[this.at]! >> KIND_BITS);
    const text = this.text();
    if (text === null || length > mostBytes) throw new UnexpectedValue();
    return text;
  }

  /** An instant; null where there is null. Units: UTC epoch milliseconds. @throws UnexpectedValue */
  instant(): number | null {
    const first = this.#words[this.at]!;
    if ((first & KIND_MASK) !== STRING) return this.#nullOr();
    const at = first >> KIND_BITS;
    const usual = (this.#words[this.at + 1]! >> FLAG_BITS) - at === USUAL_INSTANT ? this.#kernel.instantAt(at) : Number.NaN;
    if (!Number.isNaN(usual)) {
      this.at += ENTRY;
      return usual;
    }
    const ms = parseInstant(this.text()!);
    if (ms === undefined) throw new UnexpectedValue();
    return ms;
  }

  /** true or false; null where there is null. @throws UnexpectedValue */
  flag(): boolean | null {
    const kind = this.kind();
    if (kind !== TRUE && kind !== FALSE) return this.#nullOr();
    this.at += ENTRY;
    return kind === TRUE;
  }

  /** A whole number of 64 bits, exact: a number, or a bigint where a number would not be. @throws UnexpectedValue */
  int64(): number | bigint {
    const first = this.#words[this.at]!;
    if ((first & KIND_MASK) !== NUMBER) throw new UnexpectedValue();
    const start = first >> KIND_BITS;
    const end = this.#words[this.at + 1]!;
    this.at += ENTRY;
    const bytes = this.#bytes;
    const isNegative = bytes[start] === MINUS;
    if (end - start > MOST_SAFE_DIGITS) return this.#oddInteger(start, end);
    let value = 0;
    for (let at = isNegative ? start + 1 : start; at < end; at++) {
      const digit = bytes[at]! - ZERO;
      if (digit < 0 || digit > 9) return this.#oddInteger(start, end);
      value = value * 10 + digit;
    }
    return isNegative ? -value : value;
  }

  /** Passes a value of whatever kind. */
  skip(): void {
    this.at = this.kind() >= ARRAY ? this.#words[this.at + 1]! + ENTRY : this.at + ENTRY;
  }

  /** The JSON of the next value, as text. */
  source(): string {
    return this.bytesOfNext().toString('utf8');
  }

  /** The bytes of the next value, not copied. */
  bytesOfNext(): Buffer {
    const first = this.#words[this.at]!;
    const more = this.#words[this.at + 1]!;
    const start = first >> KIND_BITS;
    const kind = first & KIND_MASK;
    if (kind >= ARRAY) return this.#bytes.subarray(start, (this.#words[more]! >> KIND_BITS) + 1);
    return kind === STRING ? this.#bytes.subarray(start - 1, (more >> FLAG_BITS) + 1) : this.#bytes.subarray(start, more);
  }

  #enter(kind: number): number {
    if (this.kind() !== kind) {
      this.#nullOr();
      return this.at - ENTRY;
    }
    const end = this.#words[this.at + 1]!;
    this.at += ENTRY;
    return end;
  }

  #nullOr(): null {
    if (!this.isNull()) throw new UnexpectedValue();
    return null;
  }

  #recurring(): string {
    const first = this.#words[this.at]!;
    const more = this.#words[this.at + 1]!;
    this.at += ENTRY;
    return (more & FLAGS) === 0 ? this.#kernel.recurring(this.#bytes, first >> KIND_BITS, more >> FLAG_BITS) : this.#oddText(first, more);
  }

  #oddText(first: number, more: number): string {
    const start = first >> KIND_BITS;
    const end = more >> FLAG_BITS;
    return (more & HAS_ESCAPES) === 0 ? this.#bytes.utf8Slice(start, end) : (JSON.parse(this.#bytes.utf8Slice(start - 1, end + 1)) as string);
  }

  #oddInteger(start: number, end: number): number | bigint {
    const exact = exactInteger(this.#bytes.latin1Slice(start, end));
    if (exact === undefined) throw new UnexpectedValue();
    return Number.isSafeInteger(Number(exact)) ? Number(exact) : exact;
  }
}
