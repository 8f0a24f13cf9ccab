import { Buffer } from 'node:buffer';
import { parseInstant } from '../../model/instant.js';
import { InternedText } from './internedText.js';
import type { KeyTable } from './keyTable.js';

/** Containers may lie this deep in one another. Real pages need nine levels. */
export const MAX_DEPTH = 64;

/** The bytes are no JSON. */
export class NotJson extends Error {}
/** A value is nested deeper than MAX_DEPTH. */
export class NestedTooDeep extends Error {}
/** A value that we read is not of the type that we rely on. Which, the caller finds out: this happens once in a blue moon. */
export class UnexpectedValue extends Error {}

const SPACE = 1;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const MINUS = 0x2d;
const ZERO = 0x30;

/** Of a byte in a string: 0 for what simply stands for itself. */
const IN_STRING = Uint8Array.from({ length: 256 }, (_, byte) => (byte === QUOTE || byte === BACKSLASH || byte < 0x20 || byte >= 0x80 ? 1 : 0));
const IS_SPACE = Uint8Array.from({ length: 256 }, (_, byte) => (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09 ? SPACE : 0));
const ESCAPABLE = new Set(Array.from('"\\/bfnrtu', (letter) => letter.charCodeAt(0)));
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const WHOLE = /^-?\d+$/;
const MOST_SAFE_DIGITS = 15;
const USUAL_INSTANT = Uint8Array.from('0000-00-00T00:00:00.000Z', (letter) => letter.charCodeAt(0));

const interned = new InternedText();

/**
 * Walks over the bytes of one JSON text, checking its grammar, and makes values of those that are wanted.
 *
 * Invariant: what it passes over is JSON to the last byte: a value that nobody reads is checked like any other, only not made.
 * Why not JSON.parse: it makes every value of a page, and a page holds ten times what is read of it.
 * @throws NotJson · NestedTooDeep · UnexpectedValue
 */
export class JsonBytes {
  readonly bytes: Buffer;
  /** Place of the next byte. */
  at: number;
  /** Of the string that was passed last. */
  #escaped = false;
  #ascii = true;
  /** Whether each open container that is passed over is an object. */
  readonly #objects = new Uint8Array(MAX_DEPTH);
  #lastDate = 0;
  #lastDateMs = 0;

  /** @param body valid UTF-8 */
  constructor(body: Uint8Array<ArrayBuffer>, start: number) {
    this.bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    this.at = start;
  }

  /** The next byte that is no white space, not passed. NaN, which equals nothing, at the end. */
  peek(): number {
    const { bytes } = this;
    let { at } = this;
    let byte = bytes[at]!;
    while (IS_SPACE[byte] === SPACE) byte = bytes[++at]!;
    this.at = at;
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

  /** Whether the array that was entered has another item; its end is passed. @param first of the array's items */
  nextItem(first: boolean): boolean {
    const byte = this.peek();
    if (byte === CLOSE_BRACKET) {
      this.at++;
      return false;
    }
    if (first) return true;
    if (byte !== COMMA) throw new NotJson();
    this.at++;
    return true;
  }

  /** Whether the object that was entered has another key, after which it stands before the quote; its end is passed. */
  nextKey(first: boolean): boolean {
    const byte = this.peek();
    if (byte === CLOSE_BRACE) {
      this.at++;
      return false;
    }
    if (!first) {
      if (byte !== COMMA) throw new NotJson();
      this.at++;
    }
    return true;
  }

  /** Passes a key and its colon; gives its place in the table. */
  key(table: KeyTable): number {
    this.expect(QUOTE);
    const start = this.at;
    const end = this.#passString();
    const place = this.#escaped ? table.findText(this.#unescaped(start, end)) : table.find(this.bytes, start, end);
    this.#passColon();
    return place;
  }

  /** Passes a key and its colon; gives the key. */
  keyText(): string {
    this.expect(QUOTE);
    const start = this.at;
    const end = this.#passString();
    const key = this.#escaped || !this.#ascii ? this.#oddText(start, end) : interned.of(this.bytes, start, end);
    this.#passColon();
    return key;
  }

  /** A string; null where there is null. */
  text(): string | null {
    if (this.peek() !== QUOTE) return this.#nullOr();
    const start = ++this.at;
    const end = this.#passString();
    return this.#escaped || !this.#ascii ? this.#oddText(start, end) : this.bytes.latin1Slice(start, end);
  }

  /** The same of a string that recurs. */
  recurringText(): string | null {
    if (this.peek() !== QUOTE) return this.#nullOr();
    const start = ++this.at;
    const end = this.#passString();
    return this.#escaped || !this.#ascii ? this.#oddText(start, end) : interned.of(this.bytes, start, end);
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
    const usual = this.#usualInstant(this.at + 1);
    if (!Number.isNaN(usual)) {
      this.at += USUAL_INSTANT.length + 2;
      return usual;
    }
    const text = this.text();
    const ms = text === null ? undefined : parseInstant(text);
    if (ms === undefined) throw new UnexpectedValue();
    return ms;
  }

  /** true or false; null where there is null. */
  flag(): boolean | null {
    const byte = this.peek();
    if (byte === 0x74) {
      this.#passLiteral('true');
      return true;
    }
    if (byte === 0x66) {
      this.#passLiteral('false');
      return false;
    }
    return this.#nullOr();
  }

  /** A whole number of 64 bits, exact: a number, or a bigint where a number would not be. */
  int64(): number | bigint {
    this.peek();
    const start = this.at;
    const { bytes } = this;
    let at = start;
    const negative = bytes[at] === MINUS;
    if (negative) at++;
    const firstDigit = at;
    let value = 0;
    for (let digit = bytes[at]! - ZERO; digit >= 0 && digit <= 9; digit = bytes[++at]! - ZERO) value = value * 10 + digit;
    const next = bytes[at];
    const digits = at - firstDigit;
    const plain = next === COMMA || next === CLOSE_BRACE || next === CLOSE_BRACKET;
    if (plain && digits > 0 && digits <= MOST_SAFE_DIGITS && (digits === 1 || bytes[firstDigit] !== ZERO)) {
      this.at = at;
      return negative ? -value : value;
    }
    return this.#oddInteger();
  }

  /** Passes a value of whatever kind. @param depth of the containers that are open around it */
  skip(depth: number): void {
    const { bytes } = this;
    const objects = this.#objects;
    let open = 0;
    for (;;) {
      const byte = this.peek();
      if (byte === QUOTE) {
        this.at++;
        this.#passString();
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        if (depth + open >= MAX_DEPTH) throw new NestedTooDeep();
        this.at++;
        const isObject = byte === OPEN_BRACE;
        if (this.peek() !== (isObject ? CLOSE_BRACE : CLOSE_BRACKET)) {
          objects[open++] = isObject ? 1 : 0;
          if (isObject) this.#passKey();
          continue;
        }
        this.at++;
      } else this.#passScalar(byte);
      // A value is over: so may be the containers around it.
      for (;;) {
        if (open === 0) return;
        let next = bytes[this.at]!;
        if (IS_SPACE[next] === SPACE) next = this.peek();
        this.at++;
        const isObject = objects[open - 1] === 1;
        if (next === COMMA) {
          if (isObject) this.#passKey();
          break;
        }
        if (next !== (isObject ? CLOSE_BRACE : CLOSE_BRACKET)) throw new NotJson();
        open--;
      }
    }
  }

  /** The JSON between two places, as text. */
  source(start: number, end: number): string {
    return this.bytes.utf8Slice(start, end);
  }

  #enter(open: number): boolean {
    if (this.peek() === open) {
      this.at++;
      return true;
    }
    return this.#nullOr() !== null;
  }

  #nullOr(): null {
    if (this.bytes[this.at] !== 0x6e) throw new UnexpectedValue();
    this.#passLiteral('null');
    return null;
  }

  #passColon(): void {
    if (this.bytes[this.at] === COLON) this.at++;
    else this.expect(COLON);
  }

  #passKey(): void {
    if (this.peek() !== QUOTE) throw new NotJson();
    this.at++;
    this.#passString();
    this.#passColon();
  }

  /** From behind the opening quote to behind the closing one, whose place it gives. */
  #passString(): number {
    const { bytes } = this;
    let { at } = this;
    this.#escaped = false;
    this.#ascii = true;
    for (;;) {
      while (IN_STRING[bytes[at]!] === 0) at++;
      const byte = bytes[at]!;
      if (byte === QUOTE) {
        this.at = at + 1;
        return at;
      }
      if (byte >= 0x80) {
        this.#ascii = false;
        at++;
      } else if (byte === BACKSLASH) {
        this.#escaped = true;
        at = this.#passEscape(at);
      } else throw new NotJson();
    }
  }

  #passEscape(at: number): number {
    const letter = this.bytes[at + 1]!;
    if (!ESCAPABLE.has(letter)) throw new NotJson();
    if (letter !== 0x75) return at + 2;
    if (!/^[0-9a-fA-F]{4}$/.test(this.bytes.latin1Slice(at + 2, at + 6))) throw new NotJson();
    return at + 6;
  }

  #unescaped(start: number, end: number): string {
    return JSON.parse(this.bytes.utf8Slice(start - 1, end + 1)) as string;
  }

  #oddText(start: number, end: number): string {
    return this.#escaped ? this.#unescaped(start, end) : this.bytes.utf8Slice(start, end);
  }

  #passScalar(byte: number): void {
    if (byte === 0x74) this.#passLiteral('true');
    else if (byte === 0x66) this.#passLiteral('false');
    else if (byte === 0x6e) this.#passLiteral('null');
    else this.#passNumber();
  }

  #passLiteral(word: string): void {
    for (let i = 0; i < word.length; i++) if (this.bytes[this.at + i] !== word.charCodeAt(i)) throw new NotJson();
    this.at += word.length;
  }

  #passNumber(): string | undefined {
    const { bytes } = this;
    const start = this.at;
    let at = start;
    let odd = bytes[at] === ZERO;
    for (;;) {
      const byte = bytes[at]!;
      if (byte >= ZERO && byte <= 0x39) at++;
      else if (byte === MINUS || byte === 0x2b || byte === 0x2e || byte === 0x45 || byte === 0x65) {
        odd = true;
        at++;
      } else break;
    }
    this.at = at;
    if (at === start) throw new NotJson();
    if (!odd) return undefined;
    if (at === start + 1 && bytes[start] === ZERO) return undefined;
    const literal = this.bytes.latin1Slice(start, at);
    if (!NUMBER.test(literal)) throw new NotJson();
    return literal;
  }

  #oddInteger(): number | bigint {
    const start = this.at;
    const byte = this.bytes[start]!;
    if (byte !== MINUS && !(byte >= ZERO && byte <= 0x39)) throw new UnexpectedValue();
    this.#passNumber();
    const literal = this.bytes.latin1Slice(start, this.at);
    const value = Number(literal);
    if (Number.isSafeInteger(value)) return value;
    if (!WHOLE.test(literal)) throw new UnexpectedValue();
    const exact = BigInt(literal);
    if (BigInt.asIntN(64, exact) !== exact) throw new UnexpectedValue();
    return exact;
  }

  /** `2026-01-05T13:45:00.123Z` at this place, with its closing quote; NaN for anything else. */
  #usualInstant(start: number): number {
    const { bytes } = this;
    for (let i = 0; i < USUAL_INSTANT.length; i++) {
      const byte = bytes[start + i]!;
      const wanted = USUAL_INSTANT[i]!;
      if (wanted === ZERO ? !(byte >= ZERO && byte <= 0x39) : byte !== wanted) return Number.NaN;
    }
    if (bytes[start + USUAL_INSTANT.length] !== QUOTE) return Number.NaN;
    const two = (at: number): number => bytes[start + at]! * 10 + bytes[start + at + 1]! - 528;
    const hour = two(11);
    const minute = two(14);
    const second = two(17);
    const date = (two(0) * 100 + two(2)) * 10_000 + two(5) * 100 + two(8);
    if (date !== this.#lastDate) {
      const month = two(5);
      const day = two(8);
      // Days that not every month has are left to the careful way.
      if (date < 10_000_000 || month < 1 || month > 12 || day < 1 || day > 28) return Number.NaN;
      this.#lastDate = date;
      this.#lastDateMs = Date.UTC(Math.floor(date / 10_000), month - 1, day);
    }
    if (hour > 23 || minute > 59 || second > 59) return Number.NaN;
    return this.#lastDateMs + hour * 3_600_000 + minute * 60_000 + second * 1000 + (bytes[start + 20]! - ZERO) * 100 + two(21);
  }
}
