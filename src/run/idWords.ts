import { createHash } from 'node:crypto';
import type { TextData } from '../model/columns/columnData.js';

const UUID_LENGTH = 36;
const DASH = 45;

const hexDigit = (code: number): number => (code >= 48 && code <= 57 ? code - 48 : code >= 97 && code <= 102 ? code - 87 : -1);

/** Four 32-bit words of an id. */
export type Words = Uint32Array;

/**
 * Reads a lower-case UUID's 128 bits into `into`; false where the bytes are none.
 *
 * Shape: word order is text order, so comparing words compares ids.
 */
const uuidWords = (bytes: Uint8Array, start: number, into: Words): boolean => {
  let nibble = 0;
  let word = 0;
  for (let i = 0; i < UUID_LENGTH; i++) {
    const code = bytes[start + i]!;
    if (i === 8 || i === 13 || i === 18 || i === 23) {
      if (code !== DASH) return false;
      continue;
    }
    const digit = hexDigit(code);
    if (digit < 0) return false;
    word = (word << 4) | digit;
    if ((++nibble & 7) === 0) into[(nibble >> 3) - 1] = word;
  }
  return true;
};

/** 128 bits that stand for an id: a UUID's own, else half of its SHA-256. */
export const idWords = (ids: TextData, index: number, into: Words): void => {
  const start = ids.offsets[index]!;
  const end = ids.offsets[index + 1]!;
  if (end - start === UUID_LENGTH && uuidWords(ids.bytes, start, into)) return;
  const digest = createHash('sha256').update(ids.bytes.subarray(start, end)).digest();
  for (let i = 0; i < 4; i++) into[i] = digest.readUInt32BE(i * 4);
};
