import { COMMA, QUOTE } from '../../../model/kernel/bytes.as';
import { plainBytes } from './plainBytes.as';

const APOSTROPHE: u8 = 0x27;

let escapesFormulas = false;

/** Whether an apostrophe goes before text that a spreadsheet would compute. */
export function escapeFormulas(whether: bool): void {
  escapesFormulas = whether;
}

/** First bytes that make a spreadsheet compute (`= + - @`, TAB, CR, and NUL, which some programs skip), and the apostrophe itself, so that no two texts become one. */
@inline
function isFormula(byte: u8): bool {
  return byte == 0x3d || byte == 0x2b || byte == 0x2d || byte == 0x40 || byte == 0x09 || byte == 0x0d || byte == 0 || byte == APOSTROPHE;
}

/** `"` `,` `\r` `\n`, found by their lower four bits (1 where that would be NUL). A lone `\r` or `\n` counts too: readers take either for the record's end. */
@inline
function needsQuotes(bytes: v128): v128 {
  const table = i8x16(1, 0, 0x22, 0, 0, 0, 0, 0, 0, 0, 0x0a, 0, COMMA, 0x0d, 0, 0);
  return i8x16.eq(i8x16.swizzle(table, v128.and(bytes, i8x16.splat(0x0f))), bytes);
}

/** Copies text that needs no quotes; gives its end, or 0 where it does need them. */
function putPlain(from: usize, to: usize, out: usize): usize {
  const end = out + (to - from);
  for (; from + 16 <= to; from += 16, out += 16) {
    const bytes = v128.load(from);
    if (v128.any_true(needsQuotes(bytes))) return 0;
    v128.store(out, bytes);
  }
  const bytes = v128.load(from);
  if ((i8x16.bitmask(needsQuotes(bytes)) & ((1 << <i32>(to - from)) - 1)) != 0) return 0;
  v128.store(out, bytes);
  return end;
}

/** Copies text with each quote doubled; gives its end. */
function putDoubled(from: usize, to: usize, out: usize): usize {
  while (from < to) {
    const bytes = v128.load(from);
    v128.store(out, bytes);
    const plain = plainBytes(i8x16.eq(bytes, i8x16.splat(QUOTE)), to - from);
    from += plain;
    out += plain;
    if (plain == 16 || from == to) continue;
    store<u16>(out, 0x2222);
    from++;
    out += 2;
  }
  return out;
}

/**
 * Puts a text as a field (RFC 4180): the empty one is `""`, text that needs no quotes goes over as it is. Gives the field's end.
 *
 * Shape: at most twice the text and three; sixteen bytes are read from wherever the text ends, and the bytes behind the field are overwritten.
 */
export function putText(from: usize, to: usize, out: usize): usize {
  if (from == to) {
    store<u16>(out, 0x2222);
    return out + 2;
  }
  const isEscaped = escapesFormulas && isFormula(load<u8>(from));
  if (isEscaped) store<u8>(out, APOSTROPHE);
  const plain = putPlain(from, to, out + <usize>isEscaped);
  if (plain != 0) return plain;
  store<u8>(out, QUOTE);
  if (isEscaped) store<u8>(++out, APOSTROPHE);
  const end = putDoubled(from, to, out + 1);
  store<u8>(end, QUOTE);
  return end + 1;
}
