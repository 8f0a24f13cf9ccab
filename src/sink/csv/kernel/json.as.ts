import { BACKSLASH, QUOTE, ZERO } from '../../../model/kernel/bytes.as';
import { plainBytes } from './plainBytes.as';

/** A byte of JSON text takes at most so many within a field: `\u001f`. */
export const JSON_BYTES: u32 = 6;

/** `\"` within a field's quotes, and `\\`. */
const ESCAPED_QUOTE: u32 = 0x22225c;
const ESCAPED_BACKSLASH: u16 = 0x5c5c;

/** What does not stand for itself in a JSON string. */
@inline
function isSpecial(bytes: v128): v128 {
  return v128.or(i8x16.lt_u(bytes, i8x16.splat(0x20)), v128.or(i8x16.eq(bytes, i8x16.splat(QUOTE)), i8x16.eq(bytes, i8x16.splat(BACKSLASH))));
}

/** The letter that stands for a control character behind a backslash; 0 where none does. */
@inline
function letterOf(byte: u8): u32 {
  switch (byte) {
    case 0x08: return 0x62;
    case 0x09: return 0x74;
    case 0x0a: return 0x6e;
    case 0x0c: return 0x66;
    case 0x0d: return 0x72;
    default: return 0;
  }
}

function putEscape(byte: u8, out: usize): usize {
  if (byte == QUOTE) {
    store<u32>(out, ESCAPED_QUOTE);
    return out + 3;
  }
  if (byte == BACKSLASH) {
    store<u16>(out, ESCAPED_BACKSLASH);
    return out + 2;
  }
  const letter = letterOf(byte);
  if (letter != 0) {
    store<u16>(out, <u16>(BACKSLASH | (letter << 8)));
    return out + 2;
  }
  // `\u00`, and two hexadecimal digits in lower case.
  store<u32>(out, 0x3030755c);
  store<u8>(out, ZERO + (byte >> 4), 4);
  const low = byte & 15;
  store<u8>(out, low < 10 ? ZERO + low : 0x57 + low, 5);
  return out + 6;
}

/**
 * Puts a text as a JSON string, as JSON.stringify writes it, its quotes doubled as they stand within a field's. Gives its end.
 *
 * Shape: at most JSON_BYTES times the text and four; sixteen bytes are read from wherever the text ends, and the bytes behind are overwritten.
 */
export function putJson(from: usize, to: usize, out: usize): usize {
  store<u16>(out, 0x2222);
  out += 2;
  while (from < to) {
    const bytes = v128.load(from);
    v128.store(out, bytes);
    const plain = plainBytes(isSpecial(bytes), to - from);
    from += plain;
    out += plain;
    if (plain == 16 || from == to) continue;
    out = putEscape(load<u8>(from), out);
    from++;
  }
  store<u16>(out, 0x2222);
  return out + 2;
}
