import { lastBytes } from './textEnds.as';
import { RECURRING, RECURRING_SLOT, RECURRING_SLOTS, TEXT } from './memory.as';

const LONGEST_RECURRING: u32 = RECURRING_SLOT - 8;

/** The highest twelve bits of a hash: as many as RECURRING_SLOTS has. */
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
  if (load<u32>(place) == length && isSame(text, place + 8, length)) return slot;
  store<u32>(place, length);
  memory.copy(place + 8, text, length);
  return -1 - <i32>slot;
}
