import { Buffer } from 'node:buffer';
import { NULL_CODE, textCount, type ColumnBatch, type ColumnData, type TextData, type Validity } from '../model/columns/columnData.js';
import { formatInstant } from '../model/instant.js';
import type { Column } from '../model/table.js';
import type { ByteBuffer } from './byteBuffer.js';

/** Writes one row's value of a column; nothing for NULL. */
export type CsvField = (row: number) => void;

/** 1 for `"` `,` `\r` `\n`. A lone `\r` or `\n` counts too: readers take either for the record's end. */
const SPECIAL = new Uint8Array(256);
for (const char of '",\r\n') SPECIAL[char.charCodeAt(0)] = 1;

/** First bytes that are escaped: those that make a spreadsheet compute (`= + - @`, TAB, CR, and NUL, which some programs skip), and the apostrophe itself, so that no two texts become one. */
const ESCAPED = new Uint8Array(256);
for (const char of "=+-@\t\r\0'") ESCAPED[char.charCodeAt(0)] = 1;

const APOSTROPHE = 0x27;

/** An apostrophe before the text makes a spreadsheet take it for text. */
const putEscaped = (out: ByteBuffer, bytes: Uint8Array, from: number, to: number): void => {
  const escaped = new Uint8Array(to - from + 1);
  escaped[0] = APOSTROPHE;
  escaped.set(bytes.subarray(from, to), 1);
  if (!out.copyUnless(escaped, 0, escaped.length, SPECIAL)) out.quoted(escaped, 0, escaped.length);
};

/** Bytes that need no quotes go over as they are; all others between quotes (RFC 4180). */
const textWriter = (out: ByteBuffer, text: TextData, escapeFormulas: boolean): ((index: number) => void) => {
  const bytes = Buffer.from(text.bytes.buffer, text.bytes.byteOffset, text.bytes.byteLength);
  const { offsets } = text;
  return (index) => {
    const from = offsets[index]!;
    const to = offsets[index + 1]!;
    if (from === to) out.ascii('""');
    else if (escapeFormulas && ESCAPED[bytes[from]!] === 1) putEscaped(out, bytes, from, to);
    else if (!out.copyUnless(bytes, from, to, SPECIAL)) out.quoted(bytes, from, to);
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

const DAY_MS = 86_400_000;
/** Years of four digits: others are written by the library of the language. */
const [FIRST_MS, END_MS] = [Date.parse('0000-01-01T00:00:00Z'), Date.UTC(10_000, 0, 1)];
const TWO_32 = 2 ** 32;

const putTime = (out: ByteBuffer, msOfDay: number): void => {
  const seconds = Math.floor(msOfDay / 1000);
  out.digits(Math.floor(seconds / 3600), 2);
  out.ascii(':');
  out.digits(Math.floor(seconds / 60) % 60, 2);
  out.ascii(':');
  out.digits(seconds % 60, 2);
  out.ascii('.');
  out.digits(msOfDay % 1000, 3);
  out.ascii('Z');
};

/** The last value's text is kept, and that of its day: conversations have several rows, which are ordered by time. A value is read as two halves, as a bigint would be an allocation. */
const timestampField = (out: ByteBuffer, values: BigInt64Array): CsvField => {
  const high = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
  const low = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
  const made = out.fresh();
  let last = Number.NaN;
  let text = made.view();
  let day = Number.NaN;
  let date = '';
  const make = (ms: number): void => {
    if (ms < FIRST_MS || ms >= END_MS) {
      made.ascii(formatInstant(ms));
      return;
    }
    const itsDay = Math.floor(ms / DAY_MS);
    if (itsDay !== day) {
      day = itsDay;
      date = formatInstant(day * DAY_MS).slice(0, 'YYYY-MM-DDT'.length);
    }
    made.ascii(date);
    putTime(made, ms - day * DAY_MS);
  };
  return (row) => {
    const ms = high[2 * row + 1]! * TWO_32 + low[2 * row]!;
    if (ms !== last) {
      last = ms;
      made.clear();
      make(ms);
      text = made.view();
    }
    out.copy(text, 0, text.length);
  };
};

/** Memory of a column's JSON texts is bounded by so many. */
const KNOWN_TEXTS = 4096;

/** JSON text of a value as it stands between the quotes of a field; kept, as items and keys recur. */
const jsonReader = (text: TextData): ((index: number) => string) => {
  const bytes = Buffer.from(text.bytes.buffer, text.bytes.byteOffset, text.bytes.byteLength);
  const known = new Map<string, string>();
  return (index) => {
    const value = bytes.utf8Slice(text.offsets[index], text.offsets[index + 1]);
    const made = known.get(value);
    if (made !== undefined) return made;
    const json = JSON.stringify(value).replaceAll('"', '""');
    if (known.size < KNOWN_TEXTS) known.set(value, json);
    return json;
  };
};

/** JSON text, made piece by piece: an object would lose a key named `__proto__` and reorder numeric ones. */
const jsonField = (out: ByteBuffer, offsets: Uint32Array, open: string, shut: string, item: (index: number) => string): CsvField => {
  return (row) => {
    const [from, to] = [offsets[row]!, offsets[row + 1]!];
    if (from === to) {
      out.ascii(open);
      out.ascii(shut);
      return;
    }
    let text = `"${open}`;
    for (let i = from; i < to; i++) text += i === from ? item(i) : `,${item(i)}`;
    out.text(`${text}${shut}"`);
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
    case 'list':
      return jsonField(out, data.offsets, '[', ']', jsonReader(data.items));
    case 'map': {
      const key = jsonReader(data.keys);
      const item = jsonReader(data.items);
      return jsonField(out, data.offsets, '{', '}', (i) => `${key(i)}:${item(i)}`);
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
 * @param escapeFormulas puts `'` before text that a spreadsheet would take for a formula, and before text that begins with `'`: dropping it gives the text back.
 */
export const csvFields = (out: ByteBuffer, columns: readonly Column[], batch: ColumnBatch, escapeFormulas: boolean): readonly CsvField[] =>
  columns.map((column, i) => {
    const data = batch.columns[i]!;
    return data.kind === 'dictionary' ? dictionaryField(out, data, escapeFormulas) : unlessNull(data.valid, presentField(out, column, data, escapeFormulas));
  });
