import { Buffer } from 'node:buffer';
import { stringify } from 'csv-stringify/sync';
import { NULL_CODE, textCount, type ColumnBatch, type ColumnData, type TextData, type Validity } from '../model/columns/columnData.js';
import { formatInstant } from '../model/instant.js';
import type { Column } from '../model/table.js';
import type { ByteBuffer } from './byteBuffer.js';

/** Writes one row's value of a column; nothing for NULL. */
export type CsvField = (row: number) => void;

const QUOTED = { quoted: true, quoted_empty: true, record_delimiter: '\n', eof: false } as const;

/** A value in quotes, by the library. */
const quoted = (text: string): string => stringify([[text]], QUOTED);

/** 1 for `"` `,` `\r` `\n`. A lone `\r` or `\n` counts too: readers take either for the record's end. */
const SPECIAL = new Uint8Array(256);
for (const char of '",\r\n') SPECIAL[char.charCodeAt(0)] = 1;

/** First bytes that make a spreadsheet compute: `= + - @`, TAB, CR, and NUL, which some programs skip. */
const FORMULA = new Uint8Array(256);
for (const char of '=+-@\t\r\0') FORMULA[char.charCodeAt(0)] = 1;

/** The fast way for bytes that need no quotes: they go over as they are; all others through the library. */
const textWriter = (out: ByteBuffer, text: TextData, escapeFormulas: boolean): ((index: number) => void) => {
  const bytes = Buffer.from(text.bytes.buffer, text.bytes.byteOffset, text.bytes.byteLength);
  const { offsets } = text;
  return (index) => {
    const from = offsets[index]!;
    const to = offsets[index + 1]!;
    if (from === to) out.ascii('""');
    else if (escapeFormulas && FORMULA[bytes[from]!] === 1) {
      const escaped = `'${bytes.utf8Slice(from, to)}`;
      if (/[",\r\n]/.test(escaped)) out.text(quoted(escaped));
      else out.text(escaped);
    } else if (!out.copyUnless(bytes, from, to, SPECIAL)) out.text(quoted(bytes.utf8Slice(from, to)));
  };
};

/** Each distinct value is made once. */
const dictionaryField = (out: ByteBuffer, data: Extract<ColumnData, { kind: 'dictionary' }>, escapeFormulas: boolean): CsvField => {
  const made = out.fresh();
  const write = textWriter(made, data.values, escapeFormulas);
  const ends = new Uint32Array(textCount(data.values) + 1);
  for (let code = 0; code < textCount(data.values); code++) {
    write(code);
    ends[code + 1] = made.length;
  }
  const bytes = made.view();
  return (row) => {
    const code = data.codes[row]!;
    if (code !== NULL_CODE) out.copy(bytes, ends[code]!, ends[code + 1]!);
  };
};

/** Rows of one conversation follow each other: the last instant's text is kept. */
const timestampField = (out: ByteBuffer, values: BigInt64Array): CsvField => {
  let last: bigint | undefined;
  let text = '';
  return (row) => {
    const value = values[row]!;
    if (value !== last) {
      text = formatInstant(Number(value));
      last = value;
    }
    out.ascii(text);
  };
};

const textReader = (text: TextData): ((index: number) => string) => {
  const bytes = Buffer.from(text.bytes.buffer, text.bytes.byteOffset, text.bytes.byteLength);
  return (index) => bytes.utf8Slice(text.offsets[index], text.offsets[index + 1]);
};

/** JSON text, made piece by piece: an object would lose a key named `__proto__` and reorder numeric ones. */
const jsonField = (out: ByteBuffer, offsets: Uint32Array, open: string, shut: string, item: (index: number) => string): CsvField => {
  return (row) => {
    const items: string[] = [];
    for (let i = offsets[row]!; i < offsets[row + 1]!; i++) items.push(item(i));
    const text = `${open}${items.join(',')}${shut}`;
    if (items.length === 0) out.ascii(text);
    else out.text(quoted(text));
  };
};

const presentField = (out: ByteBuffer, column: Column, data: Exclude<ColumnData, { kind: 'dictionary' }>, escapeFormulas: boolean): CsvField => {
  switch (data.kind) {
    case 'text':
      return textWriter(out, data.text, escapeFormulas);
    case 'int64':
      return column.type === 'timestamp'
        ? timestampField(out, data.values)
        : (row) => {
            out.ascii(String(data.values[row]));
          };
    case 'int32':
      return (row) => {
        out.ascii(String(data.values[row]));
      };
    case 'boolean':
      return (row) => {
        out.ascii(data.values[row] === 1 ? 'true' : 'false');
      };
    case 'list': {
      const item = textReader(data.items);
      return jsonField(out, data.offsets, '[', ']', (i) => JSON.stringify(item(i)));
    }
    case 'map': {
      const key = textReader(data.keys);
      const item = textReader(data.items);
      return jsonField(out, data.offsets, '{', '}', (i) => `${JSON.stringify(key(i))}:${JSON.stringify(item(i))}`);
    }
  }
};

const unlessNull = (valid: Validity, field: CsvField): CsvField => {
  if (valid === undefined) return field;
  return (row) => {
    if (valid[row] === 1) field(row);
  };
};

/**
 * A writer for each column of a batch, all into one buffer: NULL is nothing, the empty string `""`; instants are ISO-8601 with milliseconds and `Z`; lists and maps JSON.
 *
 * @param escapeFormulas puts `'` before text that a spreadsheet would take for a formula.
 */
export const csvFields = (out: ByteBuffer, columns: readonly Column[], batch: ColumnBatch, escapeFormulas: boolean): readonly CsvField[] =>
  columns.map((column, i) => {
    const data = batch.columns[i]!;
    return data.kind === 'dictionary' ? dictionaryField(out, data, escapeFormulas) : unlessNull(data.valid, presentField(out, column, data, escapeFormulas));
  });
