import type { Buffer } from 'node:buffer';

/*
 * The grammar of JSON over bytes (RFC 8259): functions that pass a value from one place to the place behind it and make nothing.
 * Beyond the end a byte is undefined, which equals none and is of no class.
 */

/** Containers may lie this deep in one another. Real pages need nine levels. */
export const MAX_DEPTH = 64;

/** The bytes are no JSON. */
export class NotJson extends Error {}
/** A value is nested deeper than MAX_DEPTH. */
export class NestedTooDeep extends Error {}

/** `"` */
export const QUOTE = 0x22;
/** `,` */
export const COMMA = 0x2c;
/** `:` */
export const COLON = 0x3a;
/** `{` */
export const OPEN_BRACE = 0x7b;
/** `}` */
export const CLOSE_BRACE = 0x7d;
/** `[` */
export const OPEN_BRACKET = 0x5b;
/** `]` */
export const CLOSE_BRACKET = 0x5d;
/** `-` */
export const MINUS = 0x2d;
/** `0` */
export const ZERO = 0x30;
/** `9` */
export const NINE = 0x39;
const BACKSLASH = 0x5c;

const classOf = (isMember: (byte: number) => boolean): Uint8Array => Uint8Array.from({ length: 256 }, (_, byte) => (isMember(byte) ? 1 : 0));

/** 1 for white space. */
export const IS_SPACE = classOf((byte) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09);
/** 0 for what simply stands for itself in a string. */
const IS_SPECIAL = classOf((byte) => byte === QUOTE || byte === BACKSLASH || byte < 0x20 || byte >= 0x80);
const IS_ESCAPABLE = classOf((byte) => '"\\/bfnrtu'.includes(String.fromCharCode(byte)));
/** Of numbers, in whatever order. */
const IN_NUMBER = classOf((byte) => '+-.eE0123456789'.includes(String.fromCharCode(byte)));
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const HEX = /^[0-9a-fA-F]{4}$/;

/** What passStringAt adds to the place of the closing quote, which is in the bits above. */
export const HAS_ESCAPES = 1;
/** See HAS_ESCAPES. */
export const BEYOND_ASCII = 2;
/** See HAS_ESCAPES. */
export const FLAG_BITS = 2;

const passEscape = (bytes: Buffer, at: number): number => {
  const letter = bytes[at + 1]!;
  if (IS_ESCAPABLE[letter] !== 1) throw new NotJson();
  if (letter !== 0x75) return at + 2;
  if (!HEX.test(bytes.latin1Slice(at + 2, at + 6))) throw new NotJson();
  return at + 6;
};

/**
 * Passes a string.
 *
 * Shape: the place of its closing quote, shifted by FLAG_BITS, and what was noticed on the way in the bits below.
 * @param at behind the opening quote
 */
export const passStringAt = (bytes: Buffer, at: number): number => {
  let flags = 0;
  for (;;) {
    while (IS_SPECIAL[bytes[at]!] === 0) at++;
    const byte = bytes[at]!;
    if (byte === QUOTE) return (at << FLAG_BITS) | flags;
    if (byte >= 0x80) {
      flags |= BEYOND_ASCII;
      at++;
    } else if (byte === BACKSLASH) {
      flags |= HAS_ESCAPES;
      at = passEscape(bytes, at);
    } else throw new NotJson();
  }
};

/** Passes a number; gives the place behind it. */
export const passNumberAt = (bytes: Buffer, start: number): number => {
  let at = start;
  // Digits that do not begin with 0: most numbers are such.
  if (bytes[at]! > ZERO) while (bytes[at]! >= ZERO && bytes[at]! <= NINE) at++;
  if (at > start && IN_NUMBER[bytes[at]!] !== 1) return at;
  while (IN_NUMBER[bytes[at]!] === 1) at++;
  if (!NUMBER.test(bytes.latin1Slice(start, at))) throw new NotJson();
  return at;
};

/** Passes `true`, `false` or `null`; gives the place behind it. */
export const passWordAt = (bytes: Buffer, at: number, word: string): number => {
  for (let i = 0; i < word.length; i++) if (bytes[at + i] !== word.charCodeAt(i)) throw new NotJson();
  return at + word.length;
};

const passScalarAt = (bytes: Buffer, at: number): number => {
  switch (bytes[at]) {
    case QUOTE:
      return (passStringAt(bytes, at + 1) >> FLAG_BITS) + 1;
    case 0x74:
      return passWordAt(bytes, at, 'true');
    case 0x66:
      return passWordAt(bytes, at, 'false');
    case 0x6e:
      return passWordAt(bytes, at, 'null');
    default:
      return passNumberAt(bytes, at);
  }
};

/** Passes white space. */
export const passSpaceAt = (bytes: Buffer, at: number): number => {
  while (IS_SPACE[bytes[at]!] === 1) at++;
  return at;
};

/** Passes a key and its colon. */
const passKeyAt = (bytes: Buffer, from: number): number => {
  let at = passSpaceAt(bytes, from);
  if (bytes[at] !== QUOTE) throw new NotJson();
  at = (passStringAt(bytes, at + 1) >> FLAG_BITS) + 1;
  if (bytes[at] !== COLON) {
    at = passSpaceAt(bytes, at);
    if (bytes[at] !== COLON) throw new NotJson();
  }
  return at + 1;
};

/** Whether each container that is open is an object. One array for all: nothing is passed while something is passed. */
const isObject = new Uint8Array(MAX_DEPTH);

/**
 * Passes a value of whatever kind, white space before it included; gives the place behind it.
 *
 * @param depth of the containers that are open around it
 * @throws NotJson · NestedTooDeep
 */
export const passValueAt = (bytes: Buffer, start: number, depth: number): number => {
  let at = start;
  let open = 0;
  for (;;) {
    at = passSpaceAt(bytes, at);
    const byte = bytes[at]!;
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      if (depth + open >= MAX_DEPTH) throw new NestedTooDeep();
      at = passSpaceAt(bytes, at + 1);
      // An opening bracket's closing one comes two places later.
      if (bytes[at] !== byte + 2) {
        isObject[open++] = byte === OPEN_BRACE ? 1 : 0;
        if (byte === OPEN_BRACE) at = passKeyAt(bytes, at);
        continue;
      }
      at++;
    } else at = passScalarAt(bytes, at);
    // A value is over: so may be the containers around it.
    for (;;) {
      if (open === 0) return at;
      at = passSpaceAt(bytes, at);
      const inObject = isObject[open - 1] === 1;
      const next = bytes[at++];
      if (next === COMMA) {
        if (inObject) at = passKeyAt(bytes, at);
        break;
      }
      if (next !== (inObject ? CLOSE_BRACE : CLOSE_BRACKET)) throw new NotJson();
      open--;
    }
  }
};
