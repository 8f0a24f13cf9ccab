import { beginMarks, mark } from './mark.as';
import { beginText, follow, isComplete, NO_MEMORY, NOT_JSON } from './follow.as';
import { makeRoom, MARGIN, PIECE, TEXT } from './memory.as';
import { beginTape, endOfTape, placeOfTape } from './tape.as';

/*
 * AssemblyScript, compiled to WebAssembly by `npm run kernel` (../tapeKernelBinary.ts): makes the tape of one JSON text, which jsonTape.ts reads.
 *
 * In two steps, a piece of the text at a time: sixteen bytes at once are told apart, and the places that matter are noted (mark.as.ts); then the grammar is followed
 * from place to place (follow.as.ts), and what is wanted is noted (tape.as.ts). Numbers and words are looked at where they begin (scalars.as.ts).
 */

export { instantAt } from './instant.as';
export { placeOfKeys, setKeyFactor } from './keys.as';
export { recurring } from './recurring.as';
export { placeOfTape, placeOfWanted, wantAll } from './tape.as';

/** Where the text goes: room is made for it. 0 where there is no memory. @param length in bytes */
export function placeOfText(length: u32): usize {
  return makeRoom(TEXT + <usize>length + MARGIN) ? TEXT : 0;
}

/**
 * Makes the tape of the text that was put at `placeOfText`: of what is wanted of it.
 *
 * Shape: entries of two words; gives the words' number, or NOT_JSON, NESTED_TOO_DEEP or NO_MEMORY.
 * Invariant: a text that is taken is JSON to its last byte, its strings apart from UTF-8, which the caller has checked.
 * @param from what is before is passed over: a byte order mark
 */
export function read(from: u32, length: u32): i32 {
  memory.fill(TEXT + length, 0x20, MARGIN);
  memory.fill(TEXT, 0x20, from);
  beginMarks();
  beginText();
  beginTape((TEXT + <usize>length + MARGIN + 7) & ~7);
  for (let at: u32 = 0; at < length; at += PIECE) {
    const count = mark(at, min(at + PIECE, (length + 63) & ~63));
    if (!makeRoom(endOfTape() + (<usize>(count + 1) << 3))) return NO_MEMORY;
    const result = follow(count);
    if (result != 0) return result;
  }
  return isComplete() ? <i32>((endOfTape() - placeOfTape()) >> 2) : NOT_JSON;
}
