import { Buffer } from 'node:buffer';
import { decodeThrift, encodeThrift, STRUCT, type ThriftList, type ThriftStruct } from './thriftCompact.js';

/** Field ids of parquet.thrift. */
const FILE_SCHEMA = 2;
const ELEMENT = { convertedType: 6, logicalType: 10 } as const;
const LOGICAL_TIMESTAMP = 8;
const TIMESTAMP = { isAdjustedToUtc: 1, unit: 2 } as const;
const UNIT_MILLIS = 1;

/** ConvertedType.TIMESTAMP_MILLIS. */
const TIMESTAMP_MILLIS = 9n;
const BOOLEAN_TRUE = 1;
/** Footer length and magic bytes. */
const TAIL_BYTES = 8;

const timestampUtcMillis = (): ThriftStruct => {
  const unit: ThriftStruct = new Map([[UNIT_MILLIS, { type: STRUCT, value: new Map() }]]);
  const timestamp: ThriftStruct = new Map([
    [TIMESTAMP.isAdjustedToUtc, { type: BOOLEAN_TRUE, value: true }],
    [TIMESTAMP.unit, { type: STRUCT, value: unit }],
  ]);
  return new Map([[LOGICAL_TIMESTAMP, { type: STRUCT, value: timestamp }]]);
};

/**
 * A footer of parquetjs-lite, in which timestamps also say by their logical type that they are UTC.
 *
 * Why: the library knows only the older converted types, which DuckDB reads as timestamps without a zone.
 * Source: github.com/apache/parquet-format, LogicalTypes.md.
 */
export const withUtcTimestamps = (footer: Uint8Array): Uint8Array => {
  const metadata = decodeThrift(footer.subarray(0, footer.length - TAIL_BYTES));
  const schema = metadata.get(FILE_SCHEMA)?.value as ThriftList;
  for (const element of schema.items as readonly ThriftStruct[]) {
    if (element.get(ELEMENT.convertedType)?.value === TIMESTAMP_MILLIS) element.set(ELEMENT.logicalType, { type: STRUCT, value: timestampUtcMillis() });
  }
  const bytes = encodeThrift(metadata);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([bytes, length, footer.subarray(footer.length - 4)]);
};
