import { firstBytes, isSame32, lastBytes } from './shortTexts.as';
import { KEY_LENGTHS, KEY_NAMES, KEY_SLOTS, LONGEST_KEY, makeRoom, NO_KEY, TEXT } from './memory.as';

let keyFactor: u32 = 1;

/** Where known keys are put: their slots (a byte each, the key's number or NO_KEY), their lengths (a byte each), their names (32 bytes each). 0 where there is no memory. */
export function placeOfKeys(): usize {
  return makeRoom(TEXT) ? KEY_SLOTS : 0;
}

/** Says how slots are reckoned, see `slotOf` in keyTable.ts. */
export function setKeyFactor(factor: u32): void {
  keyFactor = factor;
}

/** The number of a known key; -1 of any other. */
export function findKey(from: u32, end: u32): i32 {
  const length = end - from;
  if (length - 1 >= LONGEST_KEY) return -1;
  const text: usize = TEXT + from;
  const hash = (firstBytes(text, length) + lastBytes(text, length) * 0x9e3779b97f4a7c15 + length) * <u64>keyFactor;
  const number = load<u8>(KEY_SLOTS + <usize>(hash >> 54));
  if (number == NO_KEY || <u32>load<u8>(KEY_LENGTHS + number) != length) return -1;
  return isSame32(text, KEY_NAMES + <u32>number * LONGEST_KEY, length) ? number : -1;
}
