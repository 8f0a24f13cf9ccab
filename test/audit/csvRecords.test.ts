import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CsvRecords, type CsvRecord } from '../../src/audit/csvRecords.js';
import { Unreadable } from '../../src/audit/unreadable.js';

const read = (bytes: Uint8Array, chunkBytes = bytes.length): CsvRecord[] => {
  const parser = new CsvRecords();
  const records: CsvRecord[] = [];
  for (let at = 0; at < bytes.length; at += Math.max(1, chunkBytes)) records.push(...parser.push(bytes.subarray(at, at + Math.max(1, chunkBytes))));
  parser.finish();
  return records;
};

const text = (csv: string): Uint8Array => new TextEncoder().encode(csv);

const quoted = (cell: string | null): string => {
  if (cell === null) return '';
  return cell === '' || /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
};

// One field that is NULL is an empty line, which is a record all the same.
const cell = fc.oneof(fc.constant(null), fc.string({ unit: 'grapheme' }), fc.constantFrom('', '"', ',', '\n', '\r\n', '""', '\ufeff', '\0', '😀'));

describe('CsvRecords', () => {
  it('gives back any table, however the bytes are cut into chunks', () => {
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { maxLength: 6 }), fc.integer({ min: 1, max: 50 }), (table, chunkBytes) => {
        const csv = table.map((record) => `${record.map(quoted).join(',')}\n`).join('');
        expect(read(text(csv), chunkBytes)).toEqual(table);
      }),
    );
  });

  it('tells NULL from the empty string', () => {
    expect(read(text(',"",\n'))).toEqual([[null, '', null]]);
  });

  it.each([
    ['a quote inside an unquoted field', 'a"b,c"\n'],
    ['text after a closing quote', '"a"b\n'],
    ['a carriage return outside quotes', 'a\r\n'],
    ['a file that is cut off', 'a,b\nc,d'],
    ['a quote that is never closed', 'a,"b\nc\n'],
  ])('refuses %s', (_, csv) => {
    expect(() => read(text(csv))).toThrow(Unreadable);
  });

  it('refuses bytes that are not UTF-8', () => {
    expect(() => read(Uint8Array.of(0x61, 0xff, 0x0a))).toThrow(Unreadable);
  });

  it('gives up on a record without an end instead of keeping it all', () => {
    const parser = new CsvRecords(1000);
    expect(() => {
      for (let i = 0; i < 1000; i++) parser.push(text('"aaaaaaaaa'));
    }).toThrow('record 1 does not end');
  });

  it('never quotes a cell in a message', () => {
    expect(() => read(text('"secret"x\n'))).toThrow(/^record 1, field 1: text after the closing quote$/);
  });
});
