import { StateError } from '../errors.js';
import { newPiece } from '../memoryPool.js';
import { aligned } from './aligned.js';
import type { Block, ConversationIndex, TableBlock } from './block.js';
import type { ColumnData, ColumnKind, TextData, Validity } from './columnData.js';

/*
 * A block as bytes, little-endian:
 *   u32 magic · u32 sections · for each section u32 offset, u32 length · sections, each at a multiple of 8
 * Section 0 is the conversation index, section t+1 the rows of table t. A section:
 *   u32 buffers · u32 rows · for each buffer u32 length in bytes (ABSENT: there is none) · buffers, each at a multiple of 8
 * Which buffer is what follows from the column kinds, which both ends know.
 */

const MAGIC = 0x3142_4347; // "GCB1"
const ABSENT = 0xffff_ffff;

type Buf = Uint8Array | Uint32Array | Int32Array | BigInt64Array | Float64Array | undefined;

const columnBuffers = (data: ColumnData): Buf[] => {
  switch (data.kind) {
    case 'text':
      return [data.valid, data.text.offsets, data.text.bytes];
    case 'dictionary':
      return [data.codes, data.values.offsets, data.values.bytes];
    case 'int64':
    case 'int32':
    case 'boolean':
      return [data.valid, data.values];
    case 'list':
      return [data.valid, data.offsets, data.items.offsets, data.items.bytes];
    case 'map':
      return [data.valid, data.offsets, data.keys.offsets, data.keys.bytes, data.items.offsets, data.items.bytes];
  }
};

interface Section {
  readonly rows: number;
  readonly buffers: readonly Buf[];
}

const sectionSize = ({ buffers }: Section): number =>
  buffers.reduce((at, buffer) => (buffer === undefined ? at : aligned(at + buffer.byteLength)), aligned(8 + buffers.length * 4));

const writeSection = (out: Uint8Array<ArrayBuffer>, start: number, section: Section): void => {
  const first = start + aligned(8 + section.buffers.length * 4);
  out.fill(0, start, first);
  const head = new Uint32Array(out.buffer, start, 2 + section.buffers.length);
  head[0] = section.buffers.length;
  head[1] = section.rows;
  let at = first;
  section.buffers.forEach((buffer, i) => {
    head[2 + i] = buffer === undefined ? ABSENT : buffer.byteLength;
    if (buffer === undefined) return;
    out.set(new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength), at);
    const end = at + buffer.byteLength;
    at = aligned(end);
    out.fill(0, end, at);
  });
};

const sectionsOf = (block: Block): Section[] => {
  const { index } = block;
  const first: Section = { rows: index.count, buffers: [index.ids.offsets, index.ids.bytes, index.startMs, index.flags] };
  return [
    first,
    ...block.tables.map(({ rowStarts, batch }) => ({ rows: batch.rowCount, buffers: [rowStarts, ...batch.columns.flatMap(columnBuffers)] })),
  ];
};

/**
 * A block as bytes, alone in their buffer, so that a thread can hand them over.
 *
 * @param room used where it is large enough, whatever it holds.
 */
export const encodeBlock = (block: Block, room?: ArrayBuffer): Uint8Array<ArrayBuffer> => {
  const sections = sectionsOf(block);
  let size = aligned(8 + sections.length * 8);
  const starts = sections.map((section) => {
    const start = size;
    size = aligned(size + sectionSize(section));
    return start;
  });
  const out = new Uint8Array(room !== undefined && room.byteLength >= size ? room : newPiece(size), 0, size);
  out.fill(0, 0, aligned(8 + sections.length * 8));
  const head = new Uint32Array(out.buffer, 0, 2 + sections.length * 2);
  head[0] = MAGIC;
  head[1] = sections.length;
  sections.forEach((section, i) => {
    head[2 + i * 2] = starts[i]!;
    head[3 + i * 2] = sectionSize(section);
    writeSection(out, starts[i]!, section);
  });
  return out;
};

/** Where a section lies in a block's bytes. */
export interface SectionSpan {
  readonly offset: number;
  readonly length: number;
}

/** Bytes of the directory at a block's beginning. */
export const directoryLength = (tables: number): number => aligned(8 + (tables + 1) * 8);

const damaged = (what: string): StateError =>
  new StateError(`journal block: ${what}`, { remedy: 'The journal is damaged. Run the job again: the partition is asked for anew.' });

/**
 * Where the sections lie: the conversation index first, then one a table.
 *
 * @param head the block's first bytes, at least `directoryLength(tables)` of them; aligned to 8.
 * @throws StateError where they are not a block of so many tables.
 */
export const readDirectory = (head: Uint8Array, tables: number): readonly SectionSpan[] => {
  if (head.byteLength < directoryLength(tables)) throw damaged('is too short');
  const words = new Uint32Array(head.buffer, head.byteOffset, 2 + (tables + 1) * 2);
  if (words[0] !== MAGIC || words[1] !== tables + 1) throw damaged('is not one of this job’s tables');
  return Array.from({ length: tables + 1 }, (_, i) => ({ offset: words[2 + i * 2]!, length: words[3 + i * 2]! }));
};

/** Takes the buffers of a section one after the other. */
class SectionReader {
  readonly rows: number;
  readonly #bytes: Uint8Array;
  readonly #lengths: Uint32Array;
  #next = 0;
  #at: number;

  constructor(bytes: Uint8Array, buffers: number) {
    if (bytes.byteLength < 8 + buffers * 4) throw damaged('a section is too short');
    const head = new Uint32Array(bytes.buffer, bytes.byteOffset, 2);
    if (head[0] !== buffers) throw damaged('a section has other columns');
    this.rows = head[1]!;
    this.#lengths = new Uint32Array(bytes.buffer, bytes.byteOffset + 8, buffers);
    this.#bytes = bytes;
    this.#at = aligned(8 + buffers * 4);
  }

  take(): Uint8Array | undefined {
    const length = this.#lengths[this.#next++];
    if (length === undefined) throw damaged('a section has other columns');
    if (length === ABSENT) return undefined;
    const start = this.#at;
    if (start + length > this.#bytes.byteLength) throw damaged('a section is cut short');
    this.#at = aligned(start + length);
    return this.#bytes.subarray(start, start + length);
  }

  need(): Uint8Array {
    const bytes = this.take();
    if (bytes === undefined) throw damaged('a buffer is missing');
    return bytes;
  }

  u32(): Uint32Array {
    const bytes = this.need();
    return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  }

  text(): TextData {
    return { offsets: this.u32(), bytes: this.need() };
  }

  valid(): Validity {
    return this.take();
  }
}

const readColumn = (kind: ColumnKind, from: SectionReader): ColumnData => {
  switch (kind) {
    case 'text':
      return { kind, valid: from.valid(), text: from.text() };
    case 'dictionary':
      return { kind, codes: from.u32(), values: from.text() };
    case 'int64': {
      const valid = from.valid();
      const bytes = from.need();
      return { kind, valid, values: new BigInt64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8) };
    }
    case 'int32': {
      const valid = from.valid();
      const bytes = from.need();
      return { kind, valid, values: new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4) };
    }
    case 'boolean':
      return { kind, valid: from.valid(), values: from.need() };
    case 'list':
      return { kind, valid: from.valid(), offsets: from.u32(), items: from.text() };
    case 'map':
      return { kind, valid: from.valid(), offsets: from.u32(), keys: from.text(), items: from.text() };
  }
};

const BUFFERS: Record<ColumnKind, number> = { text: 3, dictionary: 3, int64: 2, int32: 2, boolean: 2, list: 4, map: 6 };

/** Reads the conversation index from its section's bytes (aligned to 8). */
export const decodeIndex = (section: Uint8Array): ConversationIndex => {
  const from = new SectionReader(section, 4);
  const ids = from.text();
  const starts = from.need();
  return { count: from.rows, ids, startMs: new Float64Array(starts.buffer, starts.byteOffset, starts.byteLength / 8), flags: from.need() };
};

/** Reads one table's rows from its section's bytes (aligned to 8); the arrays are views of them. */
export const decodeTableBlock = (section: Uint8Array, kinds: readonly ColumnKind[]): TableBlock => {
  const from = new SectionReader(section, 1 + kinds.reduce((sum, kind) => sum + BUFFERS[kind], 0));
  const rowStarts = from.u32();
  return { rowStarts, batch: { rowCount: from.rows, columns: kinds.map((kind) => readColumn(kind, from)) } };
};
