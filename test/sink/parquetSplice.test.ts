import { Compression, Table as WasmTable, writeParquet, WriterPropertiesBuilder } from '../../src/sink/parquetWasm.js';
import { parquetReadObjects, type FileMetaData, parquetMetadata } from 'hyparquet';
import { Table as ArrowTable, tableToIPC } from 'apache-arrow';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Row } from '../../src/model/table.js';
import { arrowBatch, arrowSchema } from '../../src/sink/arrowVectors.js';
import { ParquetSplice } from '../../src/sink/parquetSplice.js';
import { decodeThrift, encodeThrift, type ThriftField, type ThriftStruct } from '../../src/sink/thriftCompact.js';
import { everyTable } from '../support/hostileRows.js';
import { batchOf } from '../support/sinkFile.js';

const table = { ...everyTable, columns: everyTable.columns.filter(({ name }) => ['text_or_null', 'repeated_or_null'].includes(name)) };

const wholeFile = (rows: readonly Row[]): Uint8Array<ArrayBuffer> => {
  const schema = arrowSchema(table.columns);
  const ipc = tableToIPC(new ArrowTable(schema, [arrowBatch(schema, batchOf(table, rows))]), 'stream');
  return writeParquet(WasmTable.fromIPCStream(ipc), new WriterPropertiesBuilder().setCompression(Compression.UNCOMPRESSED).build()) as Uint8Array<ArrayBuffer>;
};

const spliced = (files: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> => {
  const splice = new ParquetSplice();
  const parts = files.map((file) => Uint8Array.from(splice.add(file)));
  return new Uint8Array(Buffer.concat([...parts, splice.finish()]));
};

const footerBytes = (file: Uint8Array): Uint8Array => {
  const length = new DataView(file.buffer, file.byteOffset).getUint32(file.length - 8, true);
  return file.slice(file.length - 8 - length, file.length - 8);
};

const rowsOf = (n: number, prefix: string): Row[] => Array.from({ length: n }, (_, i): Row => [i % 5 === 0 ? null : `${prefix}${String(i)}`, `${prefix}${String(i % 3)}`]);

/** Every place that a footer names must lie in the file, and no two column chunks may share bytes. */
const spans = (metadata: FileMetaData): (readonly [number, number])[] =>
  metadata.row_groups.flatMap((group) =>
    group.columns.map(({ meta_data: chunk }) => {
      const start = Number(chunk!.dictionary_page_offset ?? chunk!.data_page_offset);
      return [start, start + Number(chunk!.total_compressed_size)] as const;
    }),
  );

describe('splicing Parquet files', () => {
  it('gives one file whose pages, indexes and row groups do not overlap, end to end', async () => {
    const groups = [rowsOf(700, 'a'), rowsOf(1, 'b'), rowsOf(300, 'c')];
    const file = spliced(groups.map(wholeFile));
    const metadata = parquetMetadata(file);
    const chunks = spans(metadata);
    expect(chunks[0]![0]).toBe(4);
    expect(chunks.slice(1).every(([start], i) => start === chunks[i]![1])).toBe(true);
    const indexes = metadata.row_groups.flatMap(({ columns }) => columns).flatMap((chunk) => [
      [Number(chunk.column_index_offset), chunk.column_index_length!] as const,
      [Number(chunk.offset_index_offset), chunk.offset_index_length!] as const,
    ]);
    indexes.sort(([a], [b]) => a - b);
    let at = chunks.at(-1)![1];
    for (const [start, length] of indexes) {
      expect(start).toBe(at);
      at += length;
    }
    expect(at).toBe(file.length - 8 - footerBytes(file).length);
    const read = await parquetReadObjects({ file: file.buffer });
    expect(read.map((record) => Object.values(record))).toEqual(groups.flat());
  });

  it('refuses bytes that are no Parquet file', () => {
    const sound = wholeFile(rowsOf(3, 'a'));
    for (const bytes of [new Uint8Array(0), new Uint8Array(457), sound.subarray(0, sound.length - 1), sound.subarray(1)]) expect(() => new ParquetSplice().add(bytes)).toThrow(RangeError);
  });
});

const value: fc.Arbitrary<ThriftField> = fc.letrec<{ field: ThriftField; struct: ThriftStruct }>((tie) => ({
  struct: fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 60 }), tie('field')), { selector: ([id]) => id, maxLength: 5 }).map((fields) => new Map(fields.sort(([a], [b]) => a - b))),
  field: fc.oneof(
    { depthSize: 'small' },
    fc.boolean().map((flag) => ({ type: flag ? 1 : 2, value: flag })),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((integer) => ({ type: 6, value: integer })),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => ({ type: 8, value: bytes })),
    fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => ({ type: 7, value: bytes })),
    fc.array(fc.integer(), { maxLength: 20 }).map((items) => ({ type: 9, value: { itemType: 5, items: items.map(BigInt) } })),
    fc.array(fc.boolean(), { maxLength: 20 }).map((items) => ({ type: 9, value: { itemType: 1, items } })),
    tie('struct').map((struct) => ({ type: 12, value: struct })),
  ),
})).field;

describe('Thrift’s compact protocol', () => {
  it('gives back every footer byte for byte', () => {
    for (const rows of [0, 1, 900]) {
      const bytes = footerBytes(wholeFile(rowsOf(rows, 'x')));
      expect(encodeThrift(decodeThrift(bytes))).toEqual(bytes);
    }
  });

  it('gives back any struct', () => {
    fc.assert(
      fc.property(value, (field) => {
        const struct: ThriftStruct = new Map([[3, field]]);
        expect(decodeThrift(encodeThrift(struct))).toEqual(struct);
      }),
    );
  });

  it('answers any bytes with a struct or a RangeError, soon', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          expect(decodeThrift(bytes)).toBeInstanceOf(Map);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
    );
  });
});
