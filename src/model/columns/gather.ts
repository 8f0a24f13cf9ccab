import { NULL_CODE, textCount, type ColumnBatch, type ColumnData, type ColumnKind, type TextData, type Validity } from './columnData.js';
import { TextInterner } from './textInterner.js';

/** Rows `[from, to)` of a batch. */
export interface Slice {
  readonly batch: ColumnBatch;
  readonly from: number;
  readonly to: number;
}

/** Rows `[from, to)` of one column. */
interface Part<K extends ColumnKind> {
  readonly data: Extract<ColumnData, { kind: K }>;
  readonly from: number;
  readonly to: number;
}

/** A part whose row span is that of the nested values. */
interface TextPart {
  readonly text: TextData;
  readonly from: number;
  readonly to: number;
}

const rowsIn = (parts: readonly { from: number; to: number }[]): number => parts.reduce((sum, part) => sum + part.to - part.from, 0);

const gatherText = (parts: readonly TextPart[]): TextData => {
  let size = 0;
  for (const { text, from, to } of parts) size += text.offsets[to]! - text.offsets[from]!;
  const offsets = new Uint32Array(rowsIn(parts) + 1);
  const bytes = new Uint8Array(size);
  let at = 0;
  let row = 0;
  for (const { text, from, to } of parts) {
    const start = text.offsets[from]!;
    const end = text.offsets[to]!;
    bytes.set(text.bytes.subarray(start, end), at);
    const shift = at - start;
    for (let i = from + 1; i <= to; i++) offsets[++row] = text.offsets[i]! + shift;
    at += end - start;
  }
  return { offsets, bytes };
};

const gatherValidity = (parts: readonly { readonly data: { readonly valid: Validity }; readonly from: number; readonly to: number }[]): Validity => {
  if (parts.every((part) => part.data.valid === undefined)) return undefined;
  const valid = new Uint8Array(rowsIn(parts));
  let row = 0;
  for (const { data, from, to } of parts) {
    if (data.valid === undefined) valid.fill(1, row, row + to - from);
    else valid.set(data.valid.subarray(from, to), row);
    row += to - from;
  }
  return valid;
};

/** Offsets of nested values, and the parts of those values. */
const gatherOffsets = (parts: readonly (Part<'list'> | Part<'map'>)[]): Uint32Array => {
  const offsets = new Uint32Array(rowsIn(parts) + 1);
  let row = 0;
  let at = 0;
  for (const { data, from, to } of parts) {
    const shift = at - data.offsets[from]!;
    for (let i = from + 1; i <= to; i++) offsets[++row] = data.offsets[i]! + shift;
    at += data.offsets[to]! - data.offsets[from]!;
  }
  return offsets;
};

const nested = <P extends Part<'list'> | Part<'map'>>(parts: readonly P[], text: (data: P['data']) => TextData): TextData =>
  gatherText(parts.map(({ data, from, to }) => ({ text: text(data), from: data.offsets[from]!, to: data.offsets[to]! })));

/** One dictionary for all parts; values in the order of their first row, so that the result does not depend on how rows were paged. */
const gatherDictionary = (parts: readonly Part<'dictionary'>[]): ColumnData => {
  const codes = new Uint32Array(rowsIn(parts));
  const values = new TextInterner();
  let row = 0;
  // Slices of one block mostly follow each other: what its codes became is kept for as long.
  let source: Uint32Array | undefined;
  let translated = new Uint32Array(0);
  for (const { data, from, to } of parts) {
    if (data.codes !== source) {
      source = data.codes;
      translated = new Uint32Array(textCount(data.values)).fill(NULL_CODE);
    }
    const { bytes, offsets } = data.values;
    for (let i = from; i < to; i++) {
      const code = data.codes[i]!;
      if (code !== NULL_CODE && translated[code] === NULL_CODE) translated[code] = values.codeOf(bytes, offsets[code]!, offsets[code + 1]!);
      codes[row++] = code === NULL_CODE ? NULL_CODE : translated[code]!;
    }
  }
  return { kind: 'dictionary', codes, values: values.values() };
};

const gatherFixed = <A extends BigInt64Array | Int32Array | Uint8Array>(parts: readonly { readonly data: { readonly values: A }; readonly from: number; readonly to: number }[], into: A): A => {
  let row = 0;
  for (const { data, from, to } of parts) {
    (into as { set(values: A, at: number): void }).set(data.values.subarray(from, to) as A, row);
    row += to - from;
  }
  return into;
};

const gatherColumn = (kind: ColumnKind, parts: readonly Part<ColumnKind>[]): ColumnData => {
  switch (kind) {
    case 'text': {
      const of = parts as readonly Part<'text'>[];
      return { kind, valid: gatherValidity(of), text: gatherText(of.map(({ data, from, to }) => ({ text: data.text, from, to }))) };
    }
    case 'dictionary':
      return gatherDictionary(parts as readonly Part<'dictionary'>[]);
    case 'int64': {
      const of = parts as readonly Part<'int64'>[];
      return { kind, valid: gatherValidity(of), values: gatherFixed(of, new BigInt64Array(rowsIn(of))) };
    }
    case 'int32': {
      const of = parts as readonly Part<'int32'>[];
      return { kind, valid: gatherValidity(of), values: gatherFixed(of, new Int32Array(rowsIn(of))) };
    }
    case 'boolean': {
      const of = parts as readonly Part<'boolean'>[];
      return { kind, valid: gatherValidity(of), values: gatherFixed(of, new Uint8Array(rowsIn(of))) };
    }
    case 'list': {
      const of = parts as readonly Part<'list'>[];
      return { kind, valid: gatherValidity(of), offsets: gatherOffsets(of), items: nested(of, (data) => data.items) };
    }
    case 'map': {
      const of = parts as readonly Part<'map'>[];
      return { kind, valid: gatherValidity(of), offsets: gatherOffsets(of), keys: nested(of, (data) => data.keys), items: nested(of, (data) => data.items) };
    }
  }
};

/**
 * Rows from several batches of one table, in the order given, as one batch.
 *
 * Invariant: the result depends on the rows alone, not on how they were spread over batches.
 */
export const gather = (kinds: readonly ColumnKind[], slices: readonly Slice[]): ColumnBatch => ({
  rowCount: rowsIn(slices),
  columns: kinds.map((kind, i) => gatherColumn(kind, slices.map(({ batch, from, to }) => ({ data: batch.columns[i]!, from, to })))),
});
