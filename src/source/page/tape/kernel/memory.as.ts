/*
 * The kernel's memory, from its beginning: known keys, open containers, text that recurs, places of a piece, the text, its tape.
 */

/** Containers may lie this deep in one another. As in tapeKernel.ts. */
export const MAX_DEPTH: u32 = 64;
/** Known keys by what is reckoned from them: a byte a slot, the key's number or NO_KEY. */
export const KEY_SLOTS: usize = 1024;
/** A power of two. */
export const KEY_SLOT_COUNT: u32 = 1024;
/** In a slot without a key. */
export const NO_KEY: u8 = 255;
/** The lengths of known keys, a byte each. */
export const KEY_LENGTHS: usize = KEY_SLOTS + KEY_SLOT_COUNT;
/** Known keys, LONGEST_KEY bytes each. */
export const KEY_NAMES: usize = KEY_LENGTHS + 128;
/** No known key is longer. */
export const LONGEST_KEY: u32 = 32;
/** How far known keys are wanted, a byte each: tape.as.ts. */
export const KEY_WANTED: usize = KEY_NAMES + 128 * LONGEST_KEY;
/** Containers that are open: twice the place of their entry on the tape, and 1 for an object. */
export const OPEN: usize = KEY_WANTED + 128;
/** Text that recurs. */
export const RECURRING: usize = OPEN + MAX_DEPTH * 4;
/** A power of two; as many as tapeKernel.ts has strings. */
export const RECURRING_SLOTS: u32 = 4096;
/** Eight bytes for a length, and forty of text. */
export const RECURRING_SLOT: u32 = 48;
/** The places of a piece that matter. */
export const PLACES: usize = RECURRING + RECURRING_SLOTS * RECURRING_SLOT;
/** Bytes that are marked before they are followed. A multiple of 64. */
export const PIECE: u32 = 16 * 1024;
/** The text. */
export const TEXT: usize = (PLACES + (PIECE + 64) * 4 + 63) & ~63;
/** What is read beyond the text's end: white space. */
export const MARGIN: usize = 64;

const WASM_PAGE: usize = 64 * 1024;

/**
 * Lets memory grow to this size, at least, by half where it is less than that: the engine may answer each time with a full collection. False where there is no more.
 *
 * Why more than is asked for costs nothing: what nobody touches is not resident.
 */
export function makeRoom(end: usize): bool {
  const has: i32 = memory.size();
  const missing = <i32>((end + WASM_PAGE - 1) / WASM_PAGE) - has;
  return missing <= 0 || memory.grow(max(missing, has >> 1)) >= 0 || memory.grow(missing) >= 0;
}
