import type { OpenFile } from '../model/files.js';

const READ_BYTES = 1024 * 1024;

const QUOTE = 0x22;
const NEWLINE = 0x0a;
const QUOTES = 0x2222_2222;
const NEWLINES = 0x0a0a_0a0a;

/** Whether one of a word's four bytes is zero. Source: Warren, Hacker's Delight, section 6-1. */
const hasZeroByte = (word: number): boolean => ((word - 0x0101_0101) & ~word & 0x8080_8080) !== 0;

/** Counts line ends outside quotes. An inner quote is doubled, so that it toggles twice. */
class RecordCount {
  records = 0;
  isQuoted = false;

  /** Four bytes at a time: few of them hold a quote or a line end. */
  add(chunk: Uint8Array): void {
    const bytes = chunk.byteOffset % 4 === 0 ? chunk : chunk.slice();
    const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
    for (let i = 0; i < words.length; i++) {
      const word = words[i]!;
      if (hasZeroByte(word ^ QUOTES) || hasZeroByte(word ^ NEWLINES)) this.#add(bytes, i * 4, i * 4 + 4);
    }
    this.#add(bytes, words.length * 4, bytes.length);
  }

  #add(bytes: Uint8Array, from: number, to: number): void {
    for (let i = from; i < to; i++) {
      if (bytes[i] === QUOTE) this.isQuoted = !this.isQuoted;
      else if (bytes[i] === NEWLINE && !this.isQuoted) this.records++;
    }
  }
}

/** Records of a CSV file, its header included; NaN where a quote is left open. */
export const countCsvRecords = async (file: OpenFile, bytes: number): Promise<number> => {
  const count = new RecordCount();
  const memory = new ArrayBuffer(READ_BYTES);
  for (let at = 0; at < bytes; ) {
    const chunk = await file.read(at, Math.min(READ_BYTES, bytes - at), memory);
    if (chunk.length === 0) break;
    at += chunk.length;
    count.add(chunk);
  }
  return count.isQuoted ? Number.NaN : count.records;
};
