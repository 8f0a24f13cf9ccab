import { BACKSLASH, CLOSE_BRACE, CLOSE_BRACKET, COLON, COMMA, OPEN_BRACE, OPEN_BRACKET, QUOTE } from '../../../../model/kernel/bytes.as';
import { BEYOND_ASCII, FALSE, HAS_ESCAPES, NULL, NUMBER, STRING, TRUE } from './entries.as';
import { MAX_DEPTH, PLACES, TEXT } from './memory.as';
import { isBoundary, isEscape, passNumber } from './scalars.as';
import { close, endValue, isInObject, open, write, writeKey } from './tape.as';

/** The text is no JSON. */
export const NOT_JSON: i32 = -1;
/** Containers lie deeper than MAX_DEPTH in one another. */
export const NESTED_TOO_DEEP: i32 = -2;
/** There is no room for the tape. */
export const NO_MEMORY: i32 = -3;

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

// Carried from piece to piece.
let state: u32 = VALUE;
let depth: u32 = 0;
let start: u32 = 0;
let flags: u32 = 0;

/** A text begins. */
export function beginText(): void {
  state = VALUE;
  depth = 0;
}

/** Whether the text is complete, after its last piece. */
export function isComplete(): bool {
  return state == NOTHING;
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

/** What may come after a value, which has ended. */
@inline
function afterValue(levels: u32): u32 {
  endValue(levels);
  return levels == 0 ? NOTHING : AFTER_VALUE;
}

/** Writes the key or the string that ends here; gives what may come next. */
@inline
function endText(isValue: bool, end: u32, levels: u32): u32 {
  if (!isValue) {
    writeKey(start, end, flags, levels);
    return AFTER_KEY;
  }
  write(STRING, start, (end << 2) | flags);
  return afterValue(levels);
}

/** Follows the grammar (RFC 8259) over the places of a piece; gives 0, NOT_JSON or NESTED_TOO_DEEP. Room for an entry a place has been made. */
export function follow(count: u32): i32 {
  const end: usize = PLACES + (<usize>count << 2);
  let next = state;
  let levels = depth;
  let inObject = isInObject(levels);
  for (let place: usize = PLACES; place < end; place += 4) {
    const at = load<u32>(place);
    const byte = load<u8>(TEXT + at);
    if (byte == QUOTE && next <= KEY) {
      start = at + 1;
      flags = 0;
      const isValue = next <= FIRST_ITEM;
      // Mostly nothing within is special, and the closing quote is the next place.
      const behind = load<u32>(place, 4);
      if (place + 4 < end && load<u8>(TEXT + behind) == QUOTE) {
        place += 4;
        next = endText(isValue, behind, levels);
        // Mostly what has to come is the next byte, and so the next place.
        const following = load<u8>(TEXT + behind, 1);
        if (place + 4 < end && following == (isValue ? COMMA : COLON) && next != NOTHING) {
          place += 4;
          next = isValue && inObject ? KEY : VALUE;
        }
      } else next = isValue ? IN_STRING : IN_KEY;
    } else if (next == AFTER_KEY) {
      if (byte != COLON) return NOT_JSON;
      next = VALUE;
    } else if (next == AFTER_VALUE && byte == COMMA) {
      next = inObject ? KEY : VALUE;
    } else if (next >= IN_KEY) {
      if (byte == QUOTE) next = endText(next == IN_STRING, at, levels);
      else if (byte >= 0x80) flags |= BEYOND_ASCII;
      else if (byte == BACKSLASH && isEscape(at)) flags |= HAS_ESCAPES;
      else return NOT_JSON;
    } else if (byte == CLOSE_BRACE || byte == CLOSE_BRACKET) {
      if (levels == 0 || inObject != <u32>(byte == CLOSE_BRACE)) return NOT_JSON;
      if (next != AFTER_VALUE && next != (inObject ? FIRST_KEY : FIRST_ITEM)) return NOT_JSON;
      close(at, levels--);
      inObject = isInObject(levels);
      next = afterValue(levels);
    } else if (next > FIRST_ITEM) return NOT_JSON;
    else if (byte == OPEN_BRACE || byte == OPEN_BRACKET) {
      if (levels == MAX_DEPTH) return NESTED_TOO_DEEP;
      inObject = byte == OPEN_BRACE ? 1 : 0;
      open(at, levels++, inObject);
      next = inObject ? FIRST_KEY : FIRST_ITEM;
    } else {
      if (!writeScalar(at, byte)) return NOT_JSON;
      next = afterValue(levels);
    }
  }
  state = next;
  depth = levels;
  return 0;
}
