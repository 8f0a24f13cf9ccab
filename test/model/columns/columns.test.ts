import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BatchBuilder } from '../../../src/model/columns/batchBuilder.js';
import { decodeIndex, decodeTableBlock, encodeBlock, readDirectory } from '../../../src/model/columns/blockCodec.js';
import { rowsOf } from '../../../src/model/columns/cells.js';
import { columnKind } from '../../../src/model/columns/columnKind.js';
import { NULL_CODE, textCount, type ColumnBatch, type ColumnData } from '../../../src/model/columns/columnData.js';
import { gather, Gatherer, GatherMemory } from '../../../src/model/columns/gather.js';
import { TextBuilder } from '../../../src/model/columns/textBuilder.js';
import { StateError } from '../../../src/model/errors.js';
import type { Row } from '../../../src/model/table.js';
import { anyRow, asRead, EVERY_COLUMN } from '../../support/anyRows.js';

const kinds = EVERY_COLUMN.map(columnKind);

const batchOf = (rows: readonly Row[]): ColumnBatch => {
  const builder = new BatchBuilder({ columns: EVERY_COLUMN });
  for (const row of rows) builder.append(row);
  return builder.finish();
};

const dictionaryOf = ({ columns }: ColumnBatch): Extract<ColumnData, { kind: 'dictionary' }> => {
  const [column] = columns;
  if (column?.kind !== 'dictionary') throw new Error('no dictionary');
  return column;
};

const emptyIndex = { count: 0, ids: new TextBuilder().finish(), startMs: new Float64Array(0), flags: new Uint8Array(0) };

const throughBytes = (batch: ColumnBatch): ColumnBatch => {
  const bytes = encodeBlock({ index: emptyIndex, tables: [{ rowStarts: Uint32Array.of(0, batch.rowCount), batch }] });
  const span = readDirectory(bytes, 1)[1]!;
  return decodeTableBlock(bytes.slice(span.offset, span.offset + span.length), kinds).batch;
};

describe('columns', () => {
  it('give back the rows they were built from', () => {
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 300 }), (rows) => {
        expect([...rowsOf(EVERY_COLUMN, batchOf(rows))]).toEqual(rows.map(asRead));
      }),
      { numRuns: 60 },
    );
  });

  it('survive the journal’s bytes', () => {
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 50 }), (rows) => {
        expect([...rowsOf(EVERY_COLUMN, throughBytes(batchOf(rows)))]).toEqual(rows.map(asRead));
      }),
      { numRuns: 60 },
    );
  });

  it('gathered from several batches do not depend on how rows were spread over them', () => {
    fc.assert(
      fc.property(fc.array(anyRow, { minLength: 1, maxLength: 60 }), fc.array(fc.nat(60), { maxLength: 5 }), (rows, cuts) => {
        const places = [...new Set([0, ...cuts.map((cut) => Math.min(cut, rows.length)), rows.length])].sort((a, b) => a - b);
        const slices = places.slice(1).map((to, i) => {
          const from = places[i]!;
          // A row too many on each side, so that slices do not begin and end with their batch.
          return { batch: batchOf([rows[0]!, ...rows.slice(from, to), rows[0]!]), from: 1, to: 1 + to - from };
        });
        expect(gather(EVERY_COLUMN, slices)).toEqual(gather(EVERY_COLUMN, [{ batch: batchOf(rows), from: 0, to: rows.length }]));
        expect([...rowsOf(EVERY_COLUMN, gather(EVERY_COLUMN, slices))]).toEqual(rows.map(asRead));
      }),
      { numRuns: 60 },
    );
  });

  it('built or gathered in memory that was used before are the same', () => {
    const builder = new BatchBuilder({ columns: EVERY_COLUMN });
    const memory = new GatherMemory();
    const gatherer = new Gatherer(EVERY_COLUMN, memory);
    // Another table's, whose columns are others at each place.
    const before = new Gatherer([...EVERY_COLUMN].reverse(), memory);
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 300 }), (rows) => {
        builder.clear();
        for (const row of rows) builder.append(row);
        expect(builder.finish()).toEqual(batchOf(rows));
        const batch = batchOf(rows);
        before.gather([{ batch: { ...batch, columns: [...batch.columns].reverse() }, from: 0, to: rows.length }]);
        const slices = [{ batch, from: rows.length >> 1, to: rows.length }];
        expect(gatherer.gather(slices)).toEqual(gather(EVERY_COLUMN, slices));
      }),
      { numRuns: 60 },
    );
  });

  it('write a lone surrogate as U+FFFD and count the value', () => {
    const builder = new BatchBuilder({ columns: EVERY_COLUMN.slice(0, 1) });
    builder.append(['a\ud800b']);
    builder.append(['😀']);
    expect([...rowsOf(EVERY_COLUMN.slice(0, 1), builder.finish())]).toEqual([['a\ufffdb'], ['😀']]);
    expect(builder.replaced).toBe(1);
  });

  it('refuse a value that is not of the column’s type', () => {
    const builder = new BatchBuilder({ columns: EVERY_COLUMN.slice(0, 1) });
    expect(() => builder.append([null])).toThrow(TypeError);
    expect(() => builder.append([1])).toThrow(TypeError);
    const int64 = new BatchBuilder({ columns: EVERY_COLUMN.slice(5, 6) });
    expect(() => int64.append([2 ** 53])).toThrow(TypeError);
    expect(() => int64.append([2n ** 63n])).toThrow(TypeError);
  });
});

describe('a column of values that come in runs', () => {
  const columns = EVERY_COLUMN.filter(({ name }) => name === 'in_runs_or_null');
  const of = (...values: readonly (string | null)[]): ColumnBatch => {
    const builder = new BatchBuilder({ columns });
    for (const value of values) builder.append([value]);
    return builder.finish();
  };

  it('holds a value once a run, a NULL between ends none', () => {
    expect(textCount(dictionaryOf(of('a', 'a', null, 'a', 'b', 'b', 'a')).values)).toBe(3);
  });

  it('gathered, holds a run of several batches once', () => {
    const slices = [of('z', 'a', 'a'), of('a', null), of('a', 'b')].map((batch, i) => ({ batch, from: i === 0 ? 1 : 0, to: batch.rowCount }));
    const gathered = gather(columns, slices);
    expect([...rowsOf(columns, gathered)].flat()).toEqual(['a', 'a', 'a', null, 'a', 'b']);
    expect([...dictionaryOf(gathered).codes]).toEqual([0, 0, 0, NULL_CODE, 0, 1]);
  });
});

describe('a block', () => {
  it('is the same bytes, and no others, whatever its room held', () => {
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 50 }), (rows) => {
        const batch = batchOf(rows);
        const block = { index: emptyIndex, tables: [{ rowStarts: Uint32Array.of(0, batch.rowCount), batch }] };
        const room = new Uint8Array(1024 * 1024).fill(0xab).buffer;
        const made = encodeBlock(block, room);
        expect(made.buffer).toBe(room);
        expect(Buffer.compare(made, encodeBlock(block))).toBe(0);
        expect(encodeBlock(block, new ArrayBuffer(8)).buffer.byteLength).toBeGreaterThan(8);
      }),
      { numRuns: 30 },
    );
  });

  it('keeps its conversation index', () => {
    const ids = new TextBuilder();
    ids.append('one');
    ids.append('zwei');
    const index = { count: 2, ids: ids.finish(), startMs: Float64Array.of(1.5e12, Number.NaN), flags: Uint8Array.of(1, 3) };
    const bytes = encodeBlock({ index, tables: [] });
    const span = readDirectory(bytes, 0)[0]!;
    expect(decodeIndex(bytes.slice(span.offset, span.offset + span.length))).toEqual(index);
  });

  it('of other tables is refused', () => {
    const bytes = encodeBlock({ index: emptyIndex, tables: [{ rowStarts: Uint32Array.of(0), batch: batchOf([]) }] });
    expect(() => readDirectory(bytes, 2)).toThrow(StateError);
    const span = readDirectory(bytes, 1)[1]!;
    expect(() => decodeTableBlock(bytes.slice(span.offset, span.offset + span.length), kinds.slice(1))).toThrow(StateError);
    expect(() => decodeTableBlock(bytes.slice(span.offset, span.offset + 8), kinds)).toThrow(StateError);
  });
});
