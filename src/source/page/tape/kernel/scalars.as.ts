import { CLOSE_BRACE, CLOSE_BRACKET, COMMA, isDigit, MINUS, POINT, ZERO } from '../../../../model/kernel/bytes.as';
import { TEXT } from './memory.as';

/** What may stand behind a number or a word. */
@inline
export function isBoundary(byte: u8): bool {
  return byte == COMMA || byte == CLOSE_BRACE || byte == CLOSE_BRACKET || byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09;
}

/** The place behind the number that begins here; 0 where there is none. */
export function passNumber(from: u32): u32 {
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
export function isEscape(at: u32): bool {
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
