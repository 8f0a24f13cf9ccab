/** A struct: its fields by id, in the order of the bytes. */
export type ThriftStruct = Map<number, ThriftField>;

/** A list: every item of the type that the header names. */
export interface ThriftList {
  readonly itemType: number;
  readonly items: readonly ThriftValue[];
}

/** Integers are bigints, whatever their width; doubles and byte strings are kept as bytes. */
export type ThriftValue = bigint | boolean | Uint8Array | ThriftList | ThriftStruct;

/** A value with the type its header names. */
export interface ThriftField {
  readonly type: number;
  readonly value: ThriftValue;
}

/** The compact protocol's type of a 64-bit integer. Source: thrift-compact-protocol.md. */
export const I64 = 6;
/** The compact protocol's type of a list. */
export const LIST = 9;
/** The compact protocol's type of a struct. */
export const STRUCT = 12;

const [TRUE, FALSE, BYTE, I16, I32, DOUBLE, BINARY] = [1, 2, 3, 4, 5, 7, 8];

/** Parquet's own structs nest some ten levels deep. */
const MAX_DEPTH = 32;

class Reader {
  at = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  byte(): number {
    const byte = this.#bytes[this.at++];
    if (byte === undefined) throw new RangeError('thrift: the bytes end inside a value');
    return byte;
  }

  take(length: number): Uint8Array {
    if (this.at + length > this.#bytes.length) throw new RangeError('thrift: the bytes end inside a value');
    return this.#bytes.slice(this.at, (this.at += length));
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError('thrift: an integer has more than 64 bits');
  }

  zigzag(): bigint {
    const value = this.varint();
    return (value >> 1n) ^ -(value & 1n);
  }
}

const readList = (reader: Reader, depth: number): ThriftList => {
  const header = reader.byte();
  const count = header >> 4 === 15 ? Number(reader.varint()) : header >> 4;
  const itemType = header & 0x0f;
  const items: ThriftValue[] = [];
  for (let i = 0; i < count; i++) items.push(itemType === TRUE || itemType === FALSE ? reader.byte() === TRUE : readValue(reader, itemType, depth));
  return { itemType, items };
};

const readValue = (reader: Reader, type: number, depth: number): ThriftValue => {
  switch (type) {
    case TRUE:
    case FALSE:
      return type === TRUE;
    case BYTE:
      return BigInt(reader.byte());
    case I16:
    case I32:
    case I64:
      return reader.zigzag();
    case DOUBLE:
      return reader.take(8);
    case BINARY:
      return reader.take(Number(reader.varint()));
    case LIST:
      return readList(reader, depth + 1);
    case STRUCT:
      return readStruct(reader, depth + 1);
    default:
      throw new RangeError(`thrift: type ${String(type)} is not one that Parquet uses`);
  }
};

const readStruct = (reader: Reader, depth: number): ThriftStruct => {
  if (depth > MAX_DEPTH) throw new RangeError('thrift: structs nest too deep');
  const fields: ThriftStruct = new Map();
  let id = 0;
  for (let header = reader.byte(); header !== 0; header = reader.byte()) {
    id = header >> 4 === 0 ? Number(reader.zigzag()) : id + (header >> 4);
    const type = header & 0x0f;
    fields.set(id, { type, value: readValue(reader, type, depth) });
  }
  return fields;
};

/**
 * Reads one struct of Thrift's compact protocol, without knowing its declaration.
 *
 * Why without: what a newer Parquet writer adds to its footer is carried over, not dropped.
 * @throws RangeError where the bytes are no such struct.
 */
export const decodeThrift = (bytes: Uint8Array): ThriftStruct => readStruct(new Reader(bytes), 0);

const putVarint = (out: number[], value: bigint): void => {
  let rest = value;
  for (; rest > 0x7fn; rest >>= 7n) out.push(Number(rest & 0x7fn) | 0x80);
  out.push(Number(rest));
};

const putZigzag = (out: number[], value: bigint): void => putVarint(out, BigInt.asUintN(64, (value << 1n) ^ (value >> 63n)));

const putBytes = (out: number[], bytes: Uint8Array): void => {
  for (const byte of bytes) out.push(byte);
};

const putList = (out: number[], list: ThriftList): void => {
  const count = list.items.length;
  out.push((Math.min(count, 15) << 4) | list.itemType);
  if (count >= 15) putVarint(out, BigInt(count));
  for (const item of list.items) {
    if (typeof item === 'boolean') out.push(item ? TRUE : FALSE);
    else putValue(out, list.itemType, item);
  }
};

const putValue = (out: number[], type: number, value: ThriftValue): void => {
  if (typeof value === 'bigint') {
    if (type === BYTE) out.push(Number(value));
    else putZigzag(out, value);
  } else if (value instanceof Uint8Array) {
    if (type === BINARY) putVarint(out, BigInt(value.length));
    putBytes(out, value);
  } else if (value instanceof Map) putStruct(out, value);
  else if (typeof value === 'object') putList(out, value);
};

const putStruct = (out: number[], fields: ThriftStruct): void => {
  let last = 0;
  for (const [id, { type, value }] of fields) {
    const step = id - last;
    if (step > 0 && step < 16) out.push((step << 4) | type);
    else {
      out.push(type);
      putZigzag(out, BigInt(id));
    }
    last = id;
    putValue(out, type, value);
  }
  out.push(0);
};

/** Writes a struct in Thrift's compact protocol: what `decodeThrift` read comes out byte for byte. */
export const encodeThrift = (fields: ThriftStruct): Uint8Array => {
  const out: number[] = [];
  putStruct(out, fields);
  return Uint8Array.from(out);
};
