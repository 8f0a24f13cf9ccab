import { Buffer } from 'node:buffer';
import { parseInstant } from '../../model/instant.js';
import { InternedText } from './internedText.js';
import {
  BEYOND_ASCII, CLOSE_BRACE, CLOSE_BRACKET, COLON, COMMA, FLAG_BITS, HAS_ESCAPES, IS_SPACE, MINUS, NINE, NotJson, OPEN_BRACE, OPEN_BRACKET, QUOTE, ZERO,
  passNumberAt, passStringAt, passValueAt, passWordAt,
} from './jsonGrammar.js';
import type { KeyTable } from './keyTable.js';
import { USUAL_LENGTH, usualInstantAt } from './usualInstant.js';

/** A value that is read is not of the type that we rely on. Which and why, the caller finds out: this happens once in a blue moon. */
export class UnexpectedValue extends Error {}

const WHOLE = /^-?\d+$/;
const MOST_SAFE_DIGITS = 15;

const interned = new InternedText();

/**
 * Walks over the bytes of one JSON text and makes values of those that are wanted.
 *
 * Invariant: what it passes over is JSON to the last byte: a value that nobody reads is checked like any other, only not made.
 * Why not JSON.parse: it makes every value of a page, and a page holds ten times what is read of it.
 * @throws NotJson · NestedTooDeep · UnexpectedValue
 */
export class JsonBytes {
  readonly bytes: Buffer;
  /** Place of the next byte. */
  at: number;

  /** @param body valid UTF-8 */
  constructor(body: Uint8Array<ArrayBuffer>, start: number) {
    this.bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    this.at = start;
  }

  /** The next byte that is no white space, not passed. Undefined, which equals nothing, at the end. */
  peek(): number {
    const { bytes } = this;
    let byte = bytes[this.at]!;
    while (IS_SPACE[byte] === 1) byte = bytes[++this.at]!;
    return byte;
  }

  /** Passes one byte, which must be this one. */
  expect(byte: number): void {
    if (this.peek() !== byte) throw new NotJson();
    this.at++;
  }

  /** After the last value: only white space is left. */
  end(): void {
    this.peek();
    if (this.at !== this.bytes.length) throw new NotJson();
  }

  /** Enters an object; null is passed and gives false. */
  enterObject(): boolean {
    return this.#enter(OPEN_BRACE);
  }

  /** Enters an array; null is passed and gives false. */
  enterArray(): boolean {
    return this.#enter(OPEN_BRACKET);
  }

  /** Whether the array that was entered has another item; its end is passed. */
  nextItem(first: boolean): boolean {
    return this.#next(first, CLOSE_BRACKET);
  }

  /** Whether the object that was entered has another key; its end is passed. */
  nextKey(first: boolean): boolean {
    return this.#next(first, CLOSE_BRACE);
  }

  /** Passes a key and its colon; gives its place in the table. */
  key(table: KeyTable): number {
    this.expect(QUOTE);
    const start = this.at;
    const passed = passStringAt(this.bytes, start);
    const end = this.#behind(passed);
    const place = (passed & HAS_ESCAPES) === 0 ? table.find(this.bytes, start, end) : table.findText(this.#oddText(start, end, passed));
    this.#passColon();
    return place;
  }

  /** Passes a key and its colon; gives the key. */
  keyText(): string {
    this.expect(QUOTE);
    const key = this.#recurring();
    this.#passColon();
    return key;
  }

  /** A string; null where there is null. */
  text(): string | null {
    if (this.peek() !== QUOTE) return this.#nullOr();
    const start = ++this.at;
    const passed = passStringAt(this.bytes, start);
    const end = this.#behind(passed);
    return (passed & (HAS_ESCAPES | BEYOND_ASCII)) === 0 ? this.bytes.latin1Slice(start, end) : this.#oddText(start, end, passed);
  }

  /** The same of a string that recurs. */
  recurringText(): string | null {
    if (this.peek() !== QUOTE) return this.#nullOr();
    this.at++;
    return this.#recurring();
  }

  /** A string that must be there. */
  requiredText(): string {
    const text = this.text();
    if (text === null) throw new UnexpectedValue();
    return text;
  }

  /** An instant; null where there is null. Units: UTC epoch milliseconds. */
  instant(): number | null {
    if (this.peek() !== QUOTE) return this.#nullOr();
    const usual = usualInstantAt(this.bytes, this.at + 1);
    if (!Number.isNaN(usual)) {
      this.at += USUAL_LENGTH + 2;
      return usual;
    }
    const ms = parseInstant(this.requiredText());
    if (ms === undefined) throw new UnexpectedValue();
    return ms;
  }

  /** true or false; null where there is null. */
  flag(): boolean | null {
    const byte = this.peek();
    if (byte !== 0x74 && byte !== 0x66) return this.#nullOr();
    this.at = passWordAt(this.bytes, this.at, byte === 0x74 ? 'true' : 'false');
    return byte === 0x74;
  }

  /** A whole number of 64 bits, exact: a number, or a bigint where a number would not be. */
  int64(): number | bigint {
    const first = this.peek();
    const { bytes, at: start } = this;
    let at = first === MINUS ? start + 1 : start;
    const firstDigit = at;
    let value = 0;
    for (let digit = bytes[at]! - ZERO; digit >= 0 && digit <= 9; digit = bytes[++at]! - ZERO) value = value * 10 + digit;
    const next = bytes[at];
    const digits = at - firstDigit;
    const isOver = next === COMMA || next === CLOSE_BRACE || next === CLOSE_BRACKET;
    if (!isOver || digits === 0 || digits > MOST_SAFE_DIGITS || (digits > 1 && bytes[firstDigit] === ZERO)) return this.#oddInteger();
    this.at = at;
    return first === MINUS ? -value : value;
  }

  /** Passes a value of whatever kind. @param depth of the containers that are open around it */
  skip(depth: number): void {
    this.at = passValueAt(this.bytes, this.at, depth);
  }

  /** The JSON between two places, as text. */
  source(start: number, end: number): string {
    return this.bytes.utf8Slice(start, end);
  }

  #enter(open: number): boolean {
    if (this.peek() !== open) return this.#nullOr() !== null;
    this.at++;
    return true;
  }

  #next(first: boolean, close: number): boolean {
    const byte = this.peek();
    if (byte === close) {
      this.at++;
      return false;
    }
    if (first) return true;
    if (byte !== COMMA) throw new NotJson();
    this.at++;
    return true;
  }

  #nullOr(): null {
    if (this.bytes[this.at] !== 0x6e) throw new UnexpectedValue();
    this.at = passWordAt(this.bytes, this.at, 'null');
    return null;
  }

  #passColon(): void {
    if (this.bytes[this.at] === COLON) this.at++;
    else this.expect(COLON);
  }

  /** Goes behind a string that was passed; gives the place of its closing quote. */
  #behind(passed: number): number {
    const end = passed >> FLAG_BITS;
    this.at = end + 1;
    return end;
  }

  /** Behind the opening quote. */
  #recurring(): string {
    const start = this.at;
    const passed = passStringAt(this.bytes, start);
    const end = this.#behind(passed);
    return (passed & (HAS_ESCAPES | BEYOND_ASCII)) === 0 ? interned.of(this.bytes, start, end) : this.#oddText(start, end, passed);
  }

  #oddText(start: number, end: number, passed: number): string {
    return (passed & HAS_ESCAPES) === 0 ? this.bytes.utf8Slice(start, end) : (JSON.parse(this.bytes.utf8Slice(start - 1, end + 1)) as string);
  }

  #oddInteger(): number | bigint {
    const start = this.at;
    const byte = this.bytes[start]!;
    if (byte !== MINUS && !(byte >= ZERO && byte <= NINE)) throw new UnexpectedValue();
    this.at = passNumberAt(this.bytes, start);
    const literal = this.bytes.latin1Slice(start, this.at);
    const value = Number(literal);
    if (Number.isSafeInteger(value)) return value;
    if (!WHOLE.test(literal)) throw new UnexpectedValue();
    const exact = BigInt(literal);
    if (BigInt.asIntN(64, exact) !== exact) throw new UnexpectedValue();
    return exact;
  }
}
