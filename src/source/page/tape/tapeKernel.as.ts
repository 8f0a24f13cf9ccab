/*
 * AssemblyScript, compiled to WebAssembly by `npm run kernel` (tapeKernelBinary.ts). Makes the tape of one JSON text (RFC 8259): what jsonTape.ts reads.
 *
 * In two steps, a piece of the text at a time. Sixteen bytes at once are told apart (`mark`): quotes, brackets, colons, commas and the first bytes of numbers and words,
 * as far as they lie outside strings, and within strings what does not simply stand for itself; their places are noted. Then the grammar is followed from place to place (`follow`).
 * After Langdale and Lemire, "Parsing Gigabytes of JSON per Second" (2019).
 *
 * Invariant: a text that is taken is JSON to its last byte, its strings apart from UTF-8, which the caller has checked.
 */

const QUOTE: u8 = 0x22;
const COMMA: u8 = 0x2c;
const MINUS: u8 = 0x2d;
const POINT: u8 = 0x2e;
const ZERO: u8 = 0x30;
const COLON: u8 = 0x3a;
const OPEN_BRACKET: u8 = 0x5b;
const BACKSLASH: u8 = 0x5c;
const CLOSE_BRACKET: u8 = 0x5d;
const OPEN_BRACE: u8 = 0x7b;
const CLOSE_BRACE: u8 = 0x7d;

// Kinds of entries, as in jsonTape.ts.
const NULL: u32 = 0;
const TRUE: u32 = 1;
const FALSE: u32 = 2;
const NUMBER: u32 = 3;
const STRING: u32 = 4;
const ARRAY: u32 = 5;
const OBJECT: u32 = 6;
const KEY_OR_CLOSE: u32 = 7;

const HAS_ESCAPES: u32 = 1;
const BEYOND_ASCII: u32 = 2;

const NOT_JSON: i32 = -1;
const NESTED_TOO_DEEP: i32 = -2;
const MAX_DEPTH: u32 = 64;

// What may come next.
const VALUE: u32 = 0;
const FIRST_ITEM: u32 = 1;
const FIRST_KEY: u32 = 2;
const KEY: u32 = 3;
const AFTER_KEY: u32 = 4;
const AFTER_VALUE: u32 = 5;
const NOTHING: u32 = 6;
const IN_KEY: u32 = 7;
const IN_STRING: u32 = 8;

// Memory: known keys, open containers, text that recurs, places of a piece, the text, its tape.
const KEY_SLOTS: usize = 1024;
const KEY_SLOT_COUNT: u32 = 512;
const KEY_LENGTHS: usize = KEY_SLOTS + KEY_SLOT_COUNT;
const KEY_NAMES: usize = KEY_LENGTHS + 128;
const LONGEST_KEY: u32 = 32;
const OPEN: usize = KEY_NAMES + 128 * LONGEST_KEY;
const RECURRING: usize = OPEN + MAX_DEPTH * 4;
const RECURRING_SLOTS: u32 = 4096;
/** A length, and as much text. */
const RECURRING_SLOT: u32 = 48;
const LONGEST_RECURRING: u32 = RECURRING_SLOT - 8;
const PLACES: usize = RECURRING + RECURRING_SLOTS * RECURRING_SLOT;
const PIECE: u32 = 16 * 1024;
const TEXT: usize = (PLACES + (PIECE + 64) * 4 + 63) & ~63;
/** Read beyond the end: white space. */
const MARGIN: usize = 64;
const WASM_PAGE: usize = 64 * 1024;

let tape: usize = 0;
let tapeEnd: usize = 0;
let keyFactor: u32 = 1;

// Where `mark` is: carried from sixty-four bytes to the next.
let isEscaped: u64 = 0;
let inString: u64 = 0;
let inScalar: u64 = 0;

// Where `follow` is: carried from piece to piece.
let state: u32 = VALUE;
let depth: u32 = 0;
let start: u32 = 0;
let flags: u32 = 0;

function makeRoom(end: usize): void {
  const missing = <i32>end - <i32>(<usize>memory.size() * WASM_PAGE);
  if (missing > 0 && memory.grow(<i32>((<usize>missing + WASM_PAGE - 1) / WASM_PAGE)) < 0) unreachable();
}

/** Where the text goes. Room is made for it. @param length in bytes */
export function placeOfText(length: u32): usize {
  makeRoom(TEXT + <usize>length + MARGIN);
  return TEXT;
}

/** Where the tape of the last text begins. */
export function placeOfTape(): usize {
  return tape;
}

/** Where known keys are put: their slots (a byte each, the key's number or 255), their lengths (a byte each), their names (32 bytes each). */
export function placeOfKeys(): usize {
  makeRoom(TEXT);
  return KEY_SLOTS;
}

/** Says how slots are reckoned, see `hashOf` in keyTable.ts. */
export function setKeyFactor(factor: u32): void {
  keyFactor = factor;
}

@inline
function bitsOf(a: v128, b: v128, c: v128, d: v128): u64 {
  return <u64>(<u32>i8x16.bitmask(a)) | (<u64>(<u32>i8x16.bitmask(b)) << 16) | (<u64>(<u32>i8x16.bitmask(c)) << 32) | (<u64>(<u32>i8x16.bitmask(d)) << 48);
}

@inline
function equal(a: v128, b: v128, c: v128, d: v128, byte: v128): u64 {
  return bitsOf(i8x16.eq(a, byte), i8x16.eq(b, byte), i8x16.eq(c, byte), i8x16.eq(d, byte));
}

/** White space, found by its lower four bits. */
@inline
function isSpace(bytes: v128): v128 {
  const table = i8x16(0x20, 0x64, 0x64, 0x64, 0x11, 0x64, 0x71, 0x02, 0x64, 0x09, 0x0a, 0x70, 0x64, 0x0d, 0x64, 0x64);
  return i8x16.eq(i8x16.swizzle(table, v128.and(bytes, i8x16.splat(0x0f))), bytes);
}

/** Brackets, colons and commas, found likewise, and two control characters, which `follow` refuses. */
@inline
function isOperator(bytes: v128): v128 {
  const table = i8x16(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x3a, 0x7b, 0x2c, 0x7d, 0, 0);
  return i8x16.eq(i8x16.swizzle(table, v128.and(bytes, i8x16.splat(0x0f))), v128.or(bytes, i8x16.splat(0x20)));
}

/** Whether each bit has an odd number of bits at or below it. */
@inline
function parity(bits: u64): u64 {
  bits ^= bits << 1;
  bits ^= bits << 2;
  bits ^= bits << 4;
  bits ^= bits << 8;
  bits ^= bits << 16;
  return bits ^ (bits << 32);
}

const ODD: u64 = 0xaaaaaaaaaaaaaaaa;

/** Notes the places of a piece that matter; gives how many. @param from and to: multiples of 64 */
function mark(from: u32, to: u32): u32 {
  let place: usize = PLACES;
  for (let at = from; at < to; at += 64) {
    const a = v128.load(TEXT + at);
    const b = v128.load(TEXT + at, 16);
    const c = v128.load(TEXT + at, 32);
    const d = v128.load(TEXT + at, 48);

    const backslash = equal(a, b, c, d, i8x16.splat(BACKSLASH));
    let escaped = isEscaped;
    let escaping: u64 = 0;
    if (backslash == 0) isEscaped = 0;
    else {
      const potential = backslash & ~isEscaped;
      const series = (((potential << 1) | ODD) - potential) ^ ODD;
      escaped = series ^ (backslash | isEscaped);
      escaping = series & backslash;
      isEscaped = escaping >> 63;
    }
    const quote = equal(a, b, c, d, i8x16.splat(QUOTE)) & ~escaped;
    // Opening quotes are in, closing ones are not.
    const within = parity(quote) ^ inString;
    inString = <u64>(<i64>within >> 63);

    const operator = bitsOf(isOperator(a), isOperator(b), isOperator(c), isOperator(d));
    const space = bitsOf(isSpace(a), isSpace(b), isSpace(c), isSpace(d));
    const scalar = ~(operator | space | quote | within);
    const first = scalar & ~((scalar << 1) | inScalar);
    inScalar = scalar >> 63;

    // Control characters, and all beyond ASCII.
    const low = i8x16.splat(0x20);
    let special = bitsOf(i8x16.lt_s(a, low), i8x16.lt_s(b, low), i8x16.lt_s(c, low), i8x16.lt_s(d, low)) & within;
    if (special != 0) {
      // Of characters beyond ASCII the first byte is enough.
      const lead = i8x16.splat(-64);
      special &= ~bitsOf(i8x16.lt_s(a, lead), i8x16.lt_s(b, lead), i8x16.lt_s(c, lead), i8x16.lt_s(d, lead));
    }
    let bits = (operator & ~within) | first | quote | special | (escaping & within);
    while (bits != 0) {
      store<u32>(place, at + <u32>ctz(bits));
      place += 4;
      bits &= bits - 1;
    }
  }
  return <u32>((place - PLACES) >> 2);
}

@inline
function isDigit(byte: u8): bool {
  return <u8>(byte - ZERO) <= 9;
}

/** What may stand behind a number or a word. */
@inline
function isBoundary(byte: u8): bool {
  return byte == COMMA || byte == CLOSE_BRACE || byte == CLOSE_BRACKET || byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09;
}

/** The place behind the number that begins here; 0 where there is none. */
function passNumber(from: u32): u32 {
  let at: usize = TEXT + from;
  if (load<u8>(at) == MINUS) at++;
  const first = load<u8>(at);
  if (!isDigit(first)) return 0;
  at++;
  if (first == ZERO) {
    if (isDigit(load<u8>(at))) return 0;
  } else while (isDigit(load<u8>(at))) at++;
  if (load<u8>(at) == POINT) {
    at++;
    if (!isDigit(load<u8>(at))) return 0;
    while (isDigit(load<u8>(at))) at++;
  }
  if ((load<u8>(at) | 0x20) == 0x65) {
    at++;
    const sign = load<u8>(at);
    if (sign == 0x2b || sign == MINUS) at++;
    if (!isDigit(load<u8>(at))) return 0;
    while (isDigit(load<u8>(at))) at++;
  }
  return <u32>(at - TEXT);
}

@inline
function isHex(byte: u8): bool {
  return isDigit(byte) || <u8>((byte | 0x20) - 0x61) <= 5;
}

/** Whether a backslash begins an escape. */
function isEscape(at: u32): bool {
  const letter = load<u8>(TEXT + at, 1);
  switch (letter) {
    case 0x22: case 0x5c: case 0x2f: case 0x62: case 0x66: case 0x6e: case 0x72: case 0x74:
      return true;
    case 0x75:
      return isHex(load<u8>(TEXT + at, 2)) && isHex(load<u8>(TEXT + at, 3)) && isHex(load<u8>(TEXT + at, 4)) && isHex(load<u8>(TEXT + at, 5));
    default:
      return false;
  }
}

/** The number of a known key; -1 of any other. */
function findKey(from: u32, end: u32): i32 {
  const length = end - from;
  if (length - 1 >= LONGEST_KEY) return -1;
  const text: usize = TEXT + from;
  const hash = length * 7 + <u32>load<u8>(text) * keyFactor + <u32>load<u8>(text + ((length * 5) >> 3)) * 31 + <u32>load<u8>(text + length - 1) * 3;
  const number = load<u8>(KEY_SLOTS + (hash & (KEY_SLOT_COUNT - 1)));
  if (number == 255 || <u32>load<u8>(KEY_LENGTHS + number) != length) return -1;
  const name: usize = KEY_NAMES + <u32>number * LONGEST_KEY;
  let at: usize = 0;
  for (; at + 8 <= length; at += 8) if (load<u64>(text + at) != load<u64>(name + at)) return -1;
  for (; at < length; at++) if (load<u8>(text + at) != load<u8>(name + at)) return -1;
  return number;
}

@inline
function write(kind: u32, at: u32, more: u32): void {
  store<u32>(tapeEnd, (at << 3) | kind);
  store<u32>(tapeEnd, more, 4);
  tapeEnd += 8;
}

/** Writes the key that ends here. */
@inline
function writeKey(end: u32): void {
  const known = flags == 0 ? findKey(start, end) : -1;
  write(KEY_OR_CLOSE, start, known < 0 ? (end << 2) | flags : <u32>(-1 - known));
}

/** Writes the number or word that begins here; false where there is none. */
@inline
function writeScalar(at: u32, byte: u8): bool {
  let kind = NUMBER;
  let behind: u32 = 0;
  if (byte == 0x74 || byte == 0x6e) {
    if (load<u32>(TEXT + at) == (byte == 0x74 ? 0x65757274 : 0x6c6c756e)) behind = at + 4;
    kind = byte == 0x74 ? TRUE : NULL;
  } else if (byte == 0x66) {
    if (load<u32>(TEXT + at, 1) == 0x65736c61) behind = at + 5;
    kind = FALSE;
  } else behind = passNumber(at);
  if (behind == 0 || !isBoundary(load<u8>(TEXT + behind))) return false;
  write(kind, at, behind);
  return true;
}

/** Follows the grammar over the places of a piece; gives 0, NOT_JSON or NESTED_TOO_DEEP. */
function follow(count: u32): i32 {
  const end: usize = PLACES + (<usize>count << 2);
  let next = state;
  let levels = depth;
  let inObject: u32 = levels == 0 ? 0 : load<u32>(OPEN + ((levels - 1) << 2)) & 1;
  for (let place: usize = PLACES; place < end; place += 4) {
    const at = load<u32>(place);
    const byte = load<u8>(TEXT + at);
    if (byte == QUOTE && next <= KEY) {
      start = at + 1;
      flags = 0;
      const isValue = next <= FIRST_ITEM;
      // Mostly nothing within is special, and the closing quote is the next place.
      const close = load<u32>(place, 4);
      if (place + 4 < end && load<u8>(TEXT + close) == QUOTE) {
        place += 4;
        if (isValue) {
          write(STRING, at + 1, close << 2);
          next = levels == 0 ? NOTHING : AFTER_VALUE;
        } else {
          writeKey(close);
          next = AFTER_KEY;
        }
      } else next = isValue ? IN_STRING : IN_KEY;
    } else if (next == AFTER_KEY) {
      if (byte != COLON) return NOT_JSON;
      next = VALUE;
    } else if (next == AFTER_VALUE && byte == COMMA) {
      next = inObject ? KEY : VALUE;
    } else if (next >= IN_KEY) {
      if (byte == QUOTE) {
        if (next == IN_KEY) {
          writeKey(at);
          next = AFTER_KEY;
        } else {
          write(STRING, start, (at << 2) | flags);
          next = levels == 0 ? NOTHING : AFTER_VALUE;
        }
      } else if (byte >= 0x80) flags |= BEYOND_ASCII;
      else if (byte == BACKSLASH && isEscape(at)) flags |= HAS_ESCAPES;
      else return NOT_JSON;
    } else if (byte == CLOSE_BRACE || byte == CLOSE_BRACKET) {
      if (levels == 0 || inObject != <u32>(byte == CLOSE_BRACE)) return NOT_JSON;
      if (next != AFTER_VALUE && next != (inObject ? FIRST_KEY : FIRST_ITEM)) return NOT_JSON;
      const open = load<u32>(OPEN + ((levels - 1) << 2));
      store<u32>(tape + ((open >> 1) << 2), <u32>((tapeEnd - tape) >> 2), 4);
      write(KEY_OR_CLOSE, at, 0);
      levels--;
      inObject = levels == 0 ? 0 : load<u32>(OPEN + ((levels - 1) << 2)) & 1;
      next = levels == 0 ? NOTHING : AFTER_VALUE;
    } else if (next > FIRST_ITEM) return NOT_JSON;
    else if (byte == OPEN_BRACE || byte == OPEN_BRACKET) {
      if (levels == MAX_DEPTH) return NESTED_TOO_DEEP;
      inObject = byte == OPEN_BRACE ? 1 : 0;
      store<u32>(OPEN + (levels << 2), (<u32>((tapeEnd - tape) >> 2) << 1) | inObject);
      levels++;
      write(ARRAY + inObject, at, 0);
      next = inObject ? FIRST_KEY : FIRST_ITEM;
    } else {
      if (!writeScalar(at, byte)) return NOT_JSON;
      next = levels == 0 ? NOTHING : AFTER_VALUE;
    }
  }
  state = next;
  depth = levels;
  return 0;
}

/**
 * Makes the tape of the text that was put at `placeOfText`.
 *
 * Shape: entries of two words; gives the words' number, or -1 where the text is no JSON, -2 where it is nested too deep.
 * @param from what is before is passed over: a byte order mark
 */
export function read(from: u32, length: u32): i32 {
  memory.fill(TEXT + length, 0x20, MARGIN);
  memory.fill(TEXT, 0x20, from);
  tape = (TEXT + <usize>length + MARGIN + 7) & ~7;
  tapeEnd = tape;
  isEscaped = 0;
  inString = 0;
  inScalar = 0;
  state = VALUE;
  depth = 0;
  for (let at: u32 = 0; at < length; at += PIECE) {
    const to = min(at + PIECE, (length + 63) & ~63);
    const count = mark(at, to);
    makeRoom(tapeEnd + (<usize>count << 3));
    const result = follow(count);
    if (result != 0) return result;
  }
  return state == NOTHING ? <i32>((tapeEnd - tape) >> 2) : NOT_JSON;
}

/** Up to eight bytes, the others as zeros. */
@inline
function lastBytes(at: usize, length: u32): u64 {
  return length >= 8 ? load<u64>(at + length - 8) : load<u64>(at) & ((<u64>1 << (<u64>length << 3)) - 1);
}

@inline
function placeOfHash(at: usize, length: u32): u32 {
  let hash: u64 = length;
  for (let i: u32 = 0; i + 8 < length; i += 8) hash = (hash ^ load<u64>(at + i)) * 0x9e3779b97f4a7c15;
  hash = (hash ^ lastBytes(at, length)) * 0x9e3779b97f4a7c15;
  return <u32>(hash >> 52);
}

@inline
function isSame(one: usize, other: usize, length: u32): bool {
  for (let i: u32 = 0; i + 8 < length; i += 8) if (load<u64>(one + i) != load<u64>(other + i)) return false;
  return lastBytes(one, length) == lastBytes(other, length);
}

/**
 * The slot of text that recurs: names of attributes, members of enumerations, queues, wrap-up codes. -1 - slot where something else was there until now, and -1 - RECURRING_SLOTS where the text is too long.
 *
 * Shape: a cache by place, so bounded: another text at the same place takes it over.
 * Why: a string that is there already costs less than a new one, and its hash is known to every map that it is looked up in.
 */
export function recurring(from: u32, end: u32): i32 {
  const length = end - from;
  if (length - 1 >= LONGEST_RECURRING) return -1 - <i32>RECURRING_SLOTS;
  const text: usize = TEXT + from;
  const slot = placeOfHash(text, length);
  const place: usize = RECURRING + slot * RECURRING_SLOT;
  if (load<u32>(place) == length && isSame(text, place + 8, length)) return slot;
  store<u32>(place, length);
  memory.copy(place + 8, text, length);
  return -1 - <i32>slot;
}

/** Two digits as a number, NaN-like large where they are none. */
@inline
function two(at: usize): u32 {
  const high = <u32>load<u8>(at) - ZERO;
  const low = <u32>load<u8>(at, 1) - ZERO;
  return high <= 9 && low <= 9 ? high * 10 + low : 1_000_000;
}

function daysIn(month: u32, year: u32): u32 {
  if (month == 2) return (year & 3) == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/**
 * The instant that twenty-four bytes of a string hold, as the API writes it: `2026-01-05T13:45:00.123Z` to the letter; NaN for anything else.
 *
 * Units: UTC epoch milliseconds.
 */
export function instantAt(from: u32): f64 {
  const at: usize = TEXT + from;
  // `-` and `-` and `T`, `:` and `:` and `.`, `Z`: where they have to be.
  const hasMarks = load<u8>(at, 4) == MINUS && load<u8>(at, 7) == MINUS && load<u8>(at, 10) == 0x54 && load<u8>(at, 13) == COLON && load<u8>(at, 16) == COLON && load<u8>(at, 19) == POINT && load<u8>(at, 23) == 0x5a;
  const year = two(at) * 100 + two(at + 2);
  const month = two(at + 5);
  const day = two(at + 8);
  const hour = two(at + 11);
  const minute = two(at + 14);
  const second = two(at + 17);
  const hundreds = <u32>load<u8>(at, 20) - ZERO;
  const rest = two(at + 21);
  if (!hasMarks || year < 1000 || year > 9999 || month - 1 > 11 || day - 1 >= daysIn(month, year) || hour > 23 || minute > 59 || second > 59 || hundreds > 9 || rest > 99) return NaN;
  // Days since 1970, years beginning in March. Source: Howard Hinnant, chrono-compatible low-level date algorithms.
  const marchYear = month <= 2 ? year - 1 : year;
  const era = marchYear / 400;
  const yearOfEra = marchYear % 400;
  const dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const days = <i32>(era * 146097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear) - 719468;
  return <f64>days * 86_400_000 + <f64>(hour * 3_600_000 + minute * 60_000 + second * 1000 + hundreds * 100 + rest);
}
