import { firstBytes, isSame48, lastBytes } from './shortTexts.as';
import { RECURRING, RECURRING_SLOT, RECURRING_SLOTS, TEXT } from './memory.as';

const LONGEST_RECURRING: u32 = RECURRING_SLOT - 8;

/** Twelve bits of the length, and of eight bytes from either end and from the midst: as many as RECURRING_SLOTS has. */
@inline
function placeOfHash(at: usize, length: u32): u32 {
  const midst = select<u64>(load<u64>(at + ((max(length, 8) - 8) >> 1)), 0, length >= 8);
  const hash = (firstBytes(at, length) + length) * 0x9e3779b97f4a7c15 + lastBytes(at, length) * 0xc2b2ae3d27d4eb4f + midst * 0x165667b19e3779f9;
  return <u32>((hash ^ (hash >> 32)) * 0x9e3779b97f4a7c15 >> 52);
}

/**
 * The slot of text that recurs: names of attributes, members of enumerations, queues, wrap-up codes. -1 - slot where something else was there until now, and -1 - RECURRING_SLOTS where the text is too long, or empty.
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
  if (load<u32>(place) == length && isSame48(text, place + 8, length)) return slot;
  store<u32>(place, length);
  memory.copy(place + 8, text, length);
  return -1 - <i32>slot;
}
