import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OpenFile } from '../../../src/model/files.js';
import { countCsvRecords } from '../../../src/sink/csv/csvRecordCount.js';

/** A file of bytes that gives them in pieces, at whatever offsets of their buffers. */
const fileOf = (bytes: Uint8Array, piece: number): Pick<OpenFile, 'read'> => ({
  read: (position, length) => {
    const end = Math.min(position + Math.min(length, piece), bytes.length);
    const padded = new Uint8Array(end - position + 3);
    padded.set(bytes.subarray(position, end), 3);
    return Promise.resolve(piece % 2 === 0 ? padded.subarray(3) : padded.slice(3));
  },
});

const count = (text: string, piece = 1 << 20): Promise<number> => {
  const bytes = new TextEncoder().encode(text);
  return countCsvRecords(fileOf(bytes, piece) as OpenFile, bytes.length);
};

describe('count of CSV records', () => {
  it('counts line ends outside quotes', async () => {
    expect(await count('')).toBe(0);
    expect(await count('a,b\n')).toBe(1);
    expect(await count('a,"x\ny"\n"","""\n"""\n')).toBe(2);
  });

  it('says that a quote is left open, and does not count a record without an end', async () => {
    expect(await count('a\n"b\n')).toBeNaN();
    expect(await count('a\nb')).toBe(1);
  });

  it('counts as byte by byte does, however the file comes in pieces', async () => {
    const text = fc.array(fc.constantFrom('a', '"', '\n', '""', ',', 'é', '\u0000', '\u0080', 'abcdefgh', '\u0b0b\u2323'), { maxLength: 60 }).map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 17 }), async (given, piece) => {
        let records = 0;
        let isQuoted = false;
        for (const char of given) {
          if (char === '"') isQuoted = !isQuoted;
          else if (char === '\n' && !isQuoted) records++;
        }
        expect(await count(given, piece)).toBe(isQuoted ? Number.NaN : records);
      }),
    );
  });
});
