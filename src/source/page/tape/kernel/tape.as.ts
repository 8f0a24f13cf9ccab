import { ARRAY, HAS_ESCAPES, KEY_OR_CLOSE } from './entries.as';
import { findKey } from './keys.as';
import { KEY_WANTED, OPEN } from './memory.as';

// What KEY_WANTED holds: as in ../wantedKeys.ts.
const UNWANTED: u32 = 0;
const WANTED: u32 = 1;
const WHOLLY: u32 = 2;

const ENTRY: usize = 8;
const NO_LEVEL: u32 = 0xffffffff;

let wantsAll = true;
let tape: usize = 0;
let tapeEnd: usize = 0;

// Carried from piece to piece.
/** By so much an entry takes the tape further: by nothing where nobody wants it, so that the next one is written over it. */
let advance: usize = ENTRY;
/** Behind a key that is unwanted, or wanted wholly: how many containers are open around it, itself not counted. NO_LEVEL elsewhere. */
let keyLevel: u32 = NO_LEVEL;

/** Whether all keys are wanted, whatever KEY_WANTED holds. */
export function wantAll(whether: bool): void {
  wantsAll = whether;
}

/** Where it is told which known keys are wanted, a byte each. Room has been made for the text. */
export function placeOfWanted(): usize {
  return KEY_WANTED;
}

/** A tape begins here. @param place a multiple of 8 */
export function beginTape(place: usize): void {
  tape = place;
  tapeEnd = place;
  advance = ENTRY;
  keyLevel = wantsAll ? 0 : NO_LEVEL;
}

/** Where the tape begins. */
export function placeOfTape(): usize {
  return tape;
}

/** Where the tape ends so far; an entry may have been written behind it. */
export function endOfTape(): usize {
  return tapeEnd;
}

/** Writes an entry. */
@inline
export function write(kind: u32, at: u32, more: u32): void {
  store<u32>(tapeEnd, (at << 3) | kind);
  store<u32>(tapeEnd, more, 4);
  tapeEnd += advance;
}

/** What is told of a key. One that is written with escapes may be any: it is wanted wholly. Of the outermost object all keys are wanted. */
@inline
function wantednessOf(known: i32, flags: u32, levels: u32): u32 {
  if ((flags & HAS_ESCAPES) != 0) return WHOLLY;
  const told: u32 = known < 0 ? UNWANTED : load<u8>(KEY_WANTED + known);
  return told == UNWANTED && levels == 1 ? WANTED : told;
}

/** Writes a key, unless it is unwanted: then nothing is written until its value has ended. @param levels how many containers are open */
@inline
export function writeKey(start: u32, end: u32, flags: u32, levels: u32): void {
  if (advance == 0) return;
  const known = flags == 0 ? findKey(start, end) : -1;
  if (keyLevel == NO_LEVEL) {
    const wantedness = wantednessOf(known, flags, levels);
    if (wantedness != WANTED) keyLevel = levels;
    if (wantedness == UNWANTED) advance = 0;
  }
  write(KEY_OR_CLOSE, start, known < 0 ? (end << 2) | flags : <u32>(-1 - known));
}

/** A value has ended. @param levels how many containers are open */
@inline
export function endValue(levels: u32): void {
  if (levels != keyLevel) return;
  keyLevel = NO_LEVEL;
  advance = ENTRY;
}

/** Opens a container. */
@inline
export function open(at: u32, levels: u32, isObject: u32): void {
  store<u32>(OPEN + (levels << 2), (<u32>((tapeEnd - tape) >> 2) << 1) | isObject);
  write(ARRAY + isObject, at, 0);
}

/** Closes the innermost container: its entry says where the closing one is. Of one that nobody wants both are behind the tape's end. */
@inline
export function close(at: u32, levels: u32): void {
  const opened = load<u32>(OPEN + ((levels - 1) << 2)) >> 1;
  store<u32>(tape + (opened << 2), <u32>((tapeEnd - tape) >> 2), 4);
  write(KEY_OR_CLOSE, at, 0);
}

/** Whether the innermost container is an object. */
@inline
export function isInObject(levels: u32): u32 {
  return levels == 0 ? 0 : load<u32>(OPEN + ((levels - 1) << 2)) & 1;
}
