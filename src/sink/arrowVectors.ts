import { Bool, Dictionary, Field, Int32, Int64, List, makeData, makeVector, Map_, RecordBatch, Schema, Struct, TimestampMillisecond, Utf8, type Data, type DataType } from 'apache-arrow';
import { NULL_CODE, textCount, type ColumnBatch, type ColumnData, type TextData, type Validity } from '../model/columns/columnData.js';
import { SinkError } from '../model/errors.js';
import type { Column } from '../model/table.js';

/** Arrow's Utf8, List and Map reckon in signed 32-bit offsets. */
const MAX_OFFSET = 0x7fff_ffff;

/** Key and value of a map's entries; neither is ever NULL. */
const entryType = (): Struct<{ key: Utf8; value: Utf8 }> => new Struct<{ key: Utf8; value: Utf8 }>([new Field('key', new Utf8(), false), new Field('value', new Utf8(), false)]);

const arrowType = (column: Column, index: number): DataType => {
  switch (column.type) {
    case 'string':
      // The id is the column's place: Arrow's own counter would make the bytes depend on what was written before.
      return column.repeats === undefined ? new Utf8() : new Dictionary(new Utf8(), new Int32(), index);
    case 'timestamp':
      return new TimestampMillisecond('UTC');
    case 'int64':
      return new Int64();
    case 'int32':
      return new Int32();
    case 'boolean':
      return new Bool();
    case 'list':
      return new List(new Field('element', new Utf8(), false));
    case 'map':
      return new Map_(new Field('key_value', entryType(), false), false);
  }
};

/** The Arrow schema of declared columns: NULL only where the column allows it; list items, map keys and map values are never NULL. */
export const arrowSchema = (columns: readonly Column[]): Schema => new Schema(columns.map((column, i) => new Field(column.name, arrowType(column, i), column.nullable)));

interface Nulls {
  readonly nullCount: number;
  readonly nullBitmap: Uint8Array | undefined;
}

const NO_NULLS: Nulls = { nullCount: 0, nullBitmap: undefined };

/** One bit a row, least significant first, of bytes that are 1 or 0. */
const bitsOf = (flags: Uint8Array): Uint8Array => {
  const bits = new Uint8Array(Math.ceil(flags.length / 8));
  for (let row = 0; row < flags.length; row++) bits[row >> 3]! |= flags[row]! << (row & 7);
  return bits;
};

/** One bit a row, set where the code is that of a value. */
const bitsOfCodes = (codes: Uint32Array): Uint8Array => {
  const bits = new Uint8Array(Math.ceil(codes.length / 8));
  for (let row = 0; row < codes.length; row++) if (codes[row] !== NULL_CODE) bits[row >> 3]! |= 1 << (row & 7);
  return bits;
};

const nullsIn = (valid: Uint8Array): number => {
  let nulls = 0;
  for (let row = 0; row < valid.length; row++) nulls += 1 - valid[row]!;
  return nulls;
};

const nullCodesIn = (codes: Uint32Array): number => {
  let nulls = 0;
  for (let row = 0; row < codes.length; row++) if (codes[row] === NULL_CODE) nulls++;
  return nulls;
};

const nullsOf = (valid: Validity): Nulls => (valid === undefined ? NO_NULLS : { nullCount: nullsIn(valid), nullBitmap: bitsOf(valid) });

/** The same bytes, read as signed. */
const signed = (offsets: Uint32Array): Int32Array => {
  if (offsets[offsets.length - 1]! > MAX_OFFSET) {
    throw new SinkError('a row group holds more than 2 GiB of one column', { remedy: 'Lower parquet.rowGroupRows in the job.' });
  }
  return new Int32Array(offsets.buffer, offsets.byteOffset, offsets.length);
};

const textData = (text: TextData, nulls: Nulls = NO_NULLS): Data<Utf8> =>
  makeData({ type: new Utf8(), length: textCount(text), ...nulls, valueOffsets: signed(text.offsets), data: text.bytes });

const dictionaryData = (type: Dictionary<Utf8, Int32>, data: Extract<ColumnData, { kind: 'dictionary' }>): Data => {
  const { codes } = data;
  const nullCount = nullCodesIn(codes);
  // The same bytes, read as signed; what stands where a row is NULL is never looked at.
  const indices = new Int32Array(codes.buffer, codes.byteOffset, codes.length);
  return makeData({ type, length: codes.length, nullCount, nullBitmap: nullCount === 0 ? undefined : bitsOfCodes(codes), data: indices, dictionary: makeVector(textData(data.values)) });
};

const columnData = (type: DataType, data: ColumnData): Data => {
  switch (data.kind) {
    case 'text':
      return textData(data.text, nullsOf(data.valid));
    case 'dictionary':
      return dictionaryData(type as Dictionary<Utf8, Int32>, data);
    case 'int64':
      // A timestamp is held as an int64 of epoch milliseconds: the same eight bytes.
      return makeData({ type: type as Int64, length: data.values.length, ...nullsOf(data.valid), data: data.values });
    case 'int32':
      return makeData({ type: type as Int32, length: data.values.length, ...nullsOf(data.valid), data: data.values });
    case 'boolean':
      return makeData({ type: type as Bool, length: data.values.length, ...nullsOf(data.valid), data: bitsOf(data.values) });
    case 'list':
      return makeData({ type: type as List<Utf8>, length: data.offsets.length - 1, ...nullsOf(data.valid), valueOffsets: signed(data.offsets), child: textData(data.items) });
    case 'map': {
      const entries = makeData({ type: entryType(), length: textCount(data.keys), nullCount: 0, children: [textData(data.keys), textData(data.items)] });
      return makeData({ type: type as Map_<Utf8, Utf8>, length: data.offsets.length - 1, ...nullsOf(data.valid), valueOffsets: signed(data.offsets), child: entries });
    }
  }
};

/**
 * A batch's columns as an Arrow record batch: values and offsets are shared, not copied.
 *
 * @throws SinkError where a column outgrows Arrow's 32-bit offsets.
 */
export const arrowBatch = (schema: Schema, batch: ColumnBatch): RecordBatch => {
  const children = schema.fields.map((field, i) => columnData(field.type as DataType, batch.columns[i]!));
  return new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length: batch.rowCount, nullCount: 0, children }));
};
