import { crc32 } from 'node:zlib';
import type { OpenFile } from '../model/files.js';

const MAGIC = 0x324a_4347; // "GCJ2"
const HEADER = 16;
const CHUNK = 1024 * 1024;

/** CRC-32 of a stretch of a file; undefined where the file ends in it. */
const crcOf = async (file: OpenFile, from: number, length: number, before: number): Promise<number | undefined> => {
  let crc = before;
  for (let at = 0; at < length; ) {
    const chunk = await file.read(from + at, Math.min(CHUNK, length - at));
    if (chunk.length === 0) return undefined;
    crc = crc32(chunk, crc);
    at += chunk.length;
  }
  return crc;
};

/** Length of the whole, undamaged page at a place; undefined where there is none. */
const pageLength = async (file: OpenFile, at: number, size: number): Promise<number | undefined> => {
  const bytes = await file.read(at, HEADER);
  if (bytes.length < HEADER) return undefined;
  const head = new DataView(bytes.buffer, bytes.byteOffset, HEADER);
  const length = head.getUint32(4, true) + head.getUint32(8, true);
  if (head.getUint32(0, true) !== MAGIC || at + HEADER + length > size) return undefined;
  const crc = await crcOf(file, at + HEADER, length, crc32(bytes.subarray(0, 12)));
  return crc === head.getUint32(12, true) ? HEADER + length : undefined;
};

/**
 * Where the whole pages of a journal segment that is not sealed end, and how long it is: the same number where every page is as it was written.
 *
 * Source: state/pageFrame.ts. A page is `u32 magic · u32 length · u32 length · u32 CRC-32 of those 12 bytes and of what follows`, then as many bytes as both lengths say, little-endian.
 */
export const wholePages = async (file: OpenFile): Promise<{ readonly end: number; readonly size: number }> => {
  const size = await file.size();
  let end = 0;
  for (let length = await pageLength(file, end, size); length !== undefined; length = await pageLength(file, end, size)) end += length;
  return { end, size };
};
