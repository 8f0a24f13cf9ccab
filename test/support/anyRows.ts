import fc from 'fast-check';
import type { Column, Row, Value } from '../../src/model/table.js';
import { anyText } from './anyText.js';

/** A column of every type, nullable and not. */
export const EVERY_COLUMN: readonly Column[] = [
  { name: 'text', type: 'string', nullable: false, doc: 'text' },
  { name: 'text_or_null', type: 'string', nullable: true, doc: 'text' },
  { name: 'repeated', type: 'string', nullable: false, repeats: 'anywhere', doc: 'text' },
  { name: 'repeated_or_null', type: 'string', nullable: true, repeats: 'anywhere', doc: 'text' },
  { name: 'at', type: 'timestamp', nullable: true, doc: 'time' },
  { name: 'big', type: 'int64', nullable: true, doc: 'number' },
  { name: 'small', type: 'int32', nullable: true, doc: 'number' },
  { name: 'flag', type: 'boolean', nullable: true, doc: 'flag' },
  { name: 'items', type: 'list', nullable: true, doc: 'list' },
  { name: 'entries', type: 'map', nullable: true, doc: 'map' },
  { name: 'in_runs', type: 'string', nullable: false, repeats: 'inRuns', doc: 'text' },
  { name: 'in_runs_or_null', type: 'string', nullable: true, repeats: 'inRuns', doc: 'text' },
];

const text = fc.oneof(anyText(20), fc.constantFrom('', '__proto__', 'ünïcode', '\u0000', '😀', 'a,b"c\r\nd', '\uFEFFx'));

const orNull = (value: fc.Arbitrary<Value>): fc.Arbitrary<Value> => fc.option(value, { nil: null, freq: 4 });

/** A row for EVERY_COLUMN; text is well formed. */
export const anyRow: fc.Arbitrary<Row> = fc.tuple(
  text,
  orNull(text),
  fc.constantFrom('customer', 'agent', 'ivr'),
  orNull(text),
  orNull(fc.integer({ min: -8_640_000_000_000_000, max: 8_640_000_000_000_000 })),
  orNull(fc.oneof(fc.maxSafeInteger(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }))),
  orNull(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
  orNull(fc.boolean()),
  orNull(fc.array(text, { maxLength: 4 })),
  orNull(fc.array(fc.tuple(text, text), { maxLength: 4 }).map((entries) => new Map(entries))),
  fc.constantFrom('one', 'two'),
  orNull(fc.constantFrom('', 'ü', 'one')),
);

/** A value as `rowsOf` gives it back: int64 always as a bigint. */
export const asRead = (row: Row): Row => row.map((value, i) => (EVERY_COLUMN[i]!.type === 'int64' && typeof value === 'number' ? BigInt(value) : value));
