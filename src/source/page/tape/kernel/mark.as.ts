import { BACKSLASH, QUOTE } from '../../../../model/kernel/bytes.as';
import { parity } from '../../../../model/kernel/parity.as';
import { PLACES, TEXT } from './memory.as';

// Carried from sixty-four bytes to the next.
let isEscaped: u64 = 0;
let inString: u64 = 0;
let inScalar: u64 = 0;

/** A text begins. */
export function beginMarks(): void {
  isEscaped = 0;
  inString = 0;
  inScalar = 0;
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

const ODD: u64 = 0xaaaaaaaaaaaaaaaa;

/**
 * Notes the places of a piece that matter, at PLACES; gives how many: quotes, brackets, colons, commas and the first bytes of numbers and words outside strings,
 * and within strings what does not simply stand for itself.
 *
 * Source: Langdale and Lemire, "Parsing Gigabytes of JSON per Second" (2019).
 * @param from a multiple of 64, as is `to`
 */
export function mark(from: u32, to: u32): u32 {
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
    // Control characters, and all beyond ASCII.
    const low = i8x16.splat(0x20);
    const odd = bitsOf(i8x16.lt_s(a, low), i8x16.lt_s(b, low), i8x16.lt_s(c, low), i8x16.lt_s(d, low));
    // Outside strings only line ends and tabs may be among these; mostly there are none, and space alone is looked for.
    const space = (odd & ~within) == 0 ? equal(a, b, c, d, low) : bitsOf(isSpace(a), isSpace(b), isSpace(c), isSpace(d));
    const scalar = ~(operator | space | quote | within);
    const first = scalar & ~((scalar << 1) | inScalar);
    inScalar = scalar >> 63;

    let special = odd & within;
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
