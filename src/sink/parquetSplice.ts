import { decodeThrift, encodeThrift, I64, LIST, STRUCT, type ThriftList, type ThriftStruct } from './thriftCompact.js';

/** Field ids of parquet.thrift that hold or lead to an absolute place in the file. */
const FILE = { numRows: 3, rowGroups: 4, keyValueMetadata: 5 } as const;
const GROUP = { columns: 1, numRows: 3, fileOffset: 5, ordinal: 7 } as const;
const CHUNK = { fileOffset: 2, metaData: 3, offsetIndexOffset: 4, offsetIndexLength: 5, columnIndexOffset: 6, columnIndexLength: 7 } as const;
const META = { dataPageOffset: 9, indexPageOffset: 10, dictionaryPageOffset: 11 } as const;
const OFFSET_INDEX = { pageLocations: 1 } as const;
const PAGE_LOCATION = { offset: 1 } as const;

const I16 = 4;
const MAGIC = Uint8Array.of(0x50, 0x41, 0x52, 0x31);

const integer = (struct: ThriftStruct, id: number): number | undefined => {
  const value = struct.get(id)?.value;
  return typeof value === 'bigint' ? Number(value) : undefined;
};

const structs = (struct: ThriftStruct, id: number): readonly ThriftStruct[] => {
  const value = struct.get(id)?.value;
  if (value === undefined) return [];
  return (value as ThriftList).items as readonly ThriftStruct[];
};

const setInteger = (struct: ThriftStruct, id: number, value: number): void => {
  const type = struct.get(id)?.type ?? I64;
  struct.set(id, { type, value: BigInt(value) });
};

/** Moves a place in the file; 0 is what writers put where there is none. */
const shift = (struct: ThriftStruct, id: number, by: number): void => {
  const at = integer(struct, id);
  if (at !== undefined && at !== 0) setInteger(struct, id, at + by);
};

interface ChunkIndex {
  readonly chunk: ThriftStruct;
  /** Bytes of the column index (minima and maxima of pages): it holds no place in the file. */
  readonly columnIndex: Uint8Array | undefined;
  /** Bytes of the offset index, moved to where the pages are now. */
  readonly offsetIndex: Uint8Array | undefined;
}

const within = (file: Uint8Array, chunk: ThriftStruct, offset: number, length: number): Uint8Array | undefined => {
  const at = integer(chunk, offset);
  const size = integer(chunk, length);
  return at === undefined || size === undefined ? undefined : file.slice(at, at + size);
};

const movedOffsetIndex = (bytes: Uint8Array, by: number): Uint8Array => {
  const index = decodeThrift(bytes);
  for (const location of structs(index, OFFSET_INDEX.pageLocations)) shift(location, PAGE_LOCATION.offset, by);
  return encodeThrift(index);
};

const moveChunk = (file: Uint8Array, chunk: ThriftStruct, by: number): ChunkIndex => {
  const columnIndex = within(file, chunk, CHUNK.columnIndexOffset, CHUNK.columnIndexLength);
  const offsetIndex = within(file, chunk, CHUNK.offsetIndexOffset, CHUNK.offsetIndexLength);
  shift(chunk, CHUNK.fileOffset, by);
  const metaData = chunk.get(CHUNK.metaData)?.value as ThriftStruct;
  for (const id of [META.dataPageOffset, META.indexPageOffset, META.dictionaryPageOffset]) shift(metaData, id, by);
  return { chunk, columnIndex, offsetIndex: offsetIndex === undefined ? undefined : movedOffsetIndex(offsetIndex, by) };
};

/** Fields in ascending id, as writers write them; a field that was not there goes to its place. */
const inOrder = (struct: ThriftStruct): ThriftStruct => new Map([...struct].sort(([a], [b]) => a - b));

/** What a whole Parquet file in memory ends with, and where its pages end. */
interface Footer {
  readonly metadata: ThriftStruct;
  /** First byte behind the last page: page indexes and footer follow. */
  readonly pagesEnd: number;
}

const footerOf = (file: Uint8Array): Footer => {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < 12 || !MAGIC.every((byte, i) => file[i] === byte && file[file.length - 4 + i] === byte)) throw new RangeError('parquet: no magic bytes');
  const metadataAt = file.length - 8 - view.getUint32(file.length - 8, true);
  if (metadataAt < 4) throw new RangeError('parquet: the footer is longer than the file');
  const metadata = decodeThrift(file.subarray(metadataAt, file.length - 8));
  let pagesEnd = metadataAt;
  for (const group of structs(metadata, FILE.rowGroups)) {
    for (const chunk of structs(group, GROUP.columns)) {
      pagesEnd = Math.min(pagesEnd, integer(chunk, CHUNK.columnIndexOffset) ?? pagesEnd, integer(chunk, CHUNK.offsetIndexOffset) ?? pagesEnd);
    }
  }
  return { metadata, pagesEnd };
};

/**
 * Joins Parquet files of one schema, one row group each, into one file whose pages are written as they come.
 *
 * Why: parquet-wasm's streaming writer grows with the file and cannot end a row group where a batch ends; a writer a row group keeps memory to one row group.
 * Page indexes (a few hundred bytes a column) are held until the end, as the format wants them behind all pages.
 * Key-value metadata is left out: it holds the Arrow schema, which makes Arrow readers give dictionaries for plain text columns.
 * Source: github.com/apache/parquet-format, parquet.thrift.
 */
export class ParquetSplice {
  #metadata: ThriftStruct | undefined;
  readonly #groups: ThriftStruct[] = [];
  readonly #indexes: ChunkIndex[] = [];
  readonly #groupRows: number[] = [];
  #at = 0;

  /** Rows of each row group so far. */
  get groupRows(): readonly number[] {
    return this.#groupRows;
  }

  /**
   * Takes a whole file over; gives the bytes to append now, a view of it.
   *
   * @throws RangeError where the bytes are no Parquet file.
   */
  add(file: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const { metadata, pagesEnd } = footerOf(file);
    this.#metadata ??= metadata;
    const bytes = file.subarray(this.#at === 0 ? 0 : MAGIC.length, pagesEnd);
    const by = this.#at === 0 ? 0 : this.#at - MAGIC.length;
    for (const group of structs(metadata, FILE.rowGroups)) {
      for (const chunk of structs(group, GROUP.columns)) this.#indexes.push(moveChunk(file, chunk, by));
      shift(group, GROUP.fileOffset, by);
      // The ordinal is an i16: beyond its range the field is left out, which the format allows.
      if (this.#groups.length <= 0x7fff) group.set(GROUP.ordinal, { type: I16, value: BigInt(this.#groups.length) });
      else group.delete(GROUP.ordinal);
      this.#groups.push(inOrder(group));
      this.#groupRows.push(integer(group, GROUP.numRows) ?? 0);
    }
    this.#at += bytes.length;
    return bytes;
  }

  /** The file's end: page indexes, then the footer. */
  finish(): Uint8Array {
    const metadata = this.#metadata ?? new Map();
    const parts = [...this.#placeIndexes()];
    setInteger(metadata, FILE.numRows, this.#groupRows.reduce((sum, rows) => sum + rows, 0));
    metadata.set(FILE.rowGroups, { type: LIST, value: { itemType: STRUCT, items: this.#groups } });
    metadata.delete(FILE.keyValueMetadata);
    const footer = encodeThrift(inOrder(metadata));
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, footer.length, true);
    return Buffer.concat([...parts, footer, length, MAGIC]);
  }

  /** Column indexes of the whole file first, then offset indexes: the order of the other writers. */
  *#placeIndexes(): Generator<Uint8Array> {
    for (const { chunk, columnIndex } of this.#indexes) {
      if (columnIndex === undefined) continue;
      setInteger(chunk, CHUNK.columnIndexOffset, this.#at);
      this.#at += columnIndex.length;
      yield columnIndex;
    }
    for (const { chunk, offsetIndex } of this.#indexes) {
      if (offsetIndex === undefined) continue;
      setInteger(chunk, CHUNK.offsetIndexOffset, this.#at);
      setInteger(chunk, CHUNK.offsetIndexLength, offsetIndex.length);
      this.#at += offsetIndex.length;
      yield offsetIndex;
    }
  }
}
