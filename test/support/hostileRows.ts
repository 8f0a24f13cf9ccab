import type { Column, Row, Table } from '../../src/model/table.js';
import { EVERY_COLUMN } from './anyRows.js';

/** A column of every type, nullable and not. */
const COLUMNS: readonly Column[] = [
  ...EVERY_COLUMN,
  { name: 'items_always', type: 'list', nullable: false, doc: 'list' },
  { name: 'entries_always', type: 'map', nullable: false, doc: 'map' },
  { name: 'at_always', type: 'timestamp', nullable: false, doc: 'time' },
  { name: 'flag_always', type: 'boolean', nullable: false, doc: 'flag' },
];

/** A table that has a column of every type. */
export const everyTable: Table = { name: 'conversations', doc: 'every type', key: ['text'], columns: COLUMNS, needsAttributes: false, parts: {}, rows: () => [] };

/** Text that writers and readers have stumbled on. */
export const HOSTILE_TEXTS: readonly string[] = [
  '', '__proto__', 'constructor', 'a\u0000b', '\u0000', '😀👩‍👩‍👧', 'line\nbreak', 'line\r\nbreak', '\r', '\n', '"', '""', ',', 'a,b"c', '\uFEFFbom', 'é', 'ü'.repeat(512),
  'x'.repeat(1024), ' spaces ', '\t', 'NULL', 'null', '\\N', 'ÿ\u{10FFFF}', '\uFFFD', '=1+1', "'", "'=", '-2', '@x', '+49', '#', 'true', '1', '{}',
];

const at = (i: number): number => Date.UTC(2026, 0, 5, 13, 45, 0, 123) + i * 61_001;

/** A row a hostile text, in every column of text; NULLs in turn. int64 stays within 2^53. */
export const hostileRows: readonly Row[] = HOSTILE_TEXTS.map((text, i) => [
  text,
  i % 3 === 0 ? null : text,
  text,
  i % 4 === 0 ? null : text,
  i % 5 === 0 ? null : i % 7 === 0 ? -at(i) : at(i),
  i % 6 === 0 ? null : BigInt(i % 2 === 0 ? Number.MAX_SAFE_INTEGER - i : -Number.MAX_SAFE_INTEGER + i),
  i % 7 === 0 ? null : i % 2 === 0 ? 2 ** 31 - 1 : -(2 ** 31),
  i % 8 === 0 ? null : i % 2 === 0,
  i % 3 === 0 ? null : i % 3 === 1 ? [] : [text, '', text],
  i % 3 === 1 ? null : i % 3 === 2 ? new Map() : new Map([['__proto__', text], ['1', ''], [text, 'v'], ['0', 'after 1']]),
  text,
  i % 3 === 0 ? null : `run ${String(i >> 2)}`,
  i % 2 === 0 ? [] : [text],
  i % 2 === 0 ? new Map() : new Map([[text, text]]),
  at(i),
  i % 2 === 1,
]);
