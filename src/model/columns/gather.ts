import type { Column } from '../table.js';
import { NULL_CODE, textCount, type ColumnBatch, type ColumnData, type ColumnKind, type TextData, type Validity } from './columnData.js';
import { columnKind } from './columnKind.js';
import { Scratch } from './scratch.js';
import { TextInterner } from './textInterner.js';
import { TextRuns } from './textRuns.js';

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

/*
 * What loops over rows is a function of its own. A loop inside a longer function is compiled while it runs, before the code behind it has ever run; when that code is
 * reached, what was compiled is thrown away.
 */

const rowsIn = (parts: readonly { from: number; to: number }[]): number => parts.reduce((sum, part) => sum + part.to - part.from, 0);

/** Offsets behind `from` up to `to`, put behind `row` and moved by `shift`. */
const moveOffsets = (offsets: Uint32Array, from: number, to: number, into: Uint32Array, row: number, shift: number): void => {
  for (let i = from + 1, at = row + 1; i <= to; i++, at++) into[at] = offsets[i]! + shift;
};

const gatherText = (scratch: Scratch, parts: readonly TextPart[]): TextData => {
  let size = 0;
  for (const { text, from, to } of parts) size += text.offsets[to]! - text.offsets[from]!;
  const offsets = scratch.uint32(rowsIn(parts) + 1);
  const bytes = scratch.uint8(size);
  offsets[0] = 0;
  let at = 0;
  let row = 0;
  for (const { text, from, to } of parts) {
    const start = text.offsets[from]!;
    const end = text.offsets[to]!;
    bytes.set(text.bytes.subarray(start, end), at);
    moveOffsets(text.offsets, from, to, offsets, row, at - start);
    row += to - from;
    at += end - start;
  }
  return { offsets, bytes };
};

const gatherValidity = (scratch: Scratch, parts: readonly { readonly data: { readonly valid: Validity }; readonly from: number; readonly to: number }[]): Validity => {
  if (parts.every((part) => part.data.valid === undefined)) return undefined;
  const valid = scratch.uint8(rowsIn(parts));
  let row = 0;
  for (const { data, from, to } of parts) {
    if (data.valid === undefined) valid.fill(1, row, row + to - from);
    else valid.set(data.valid.subarray(from, to), row);
    row += to - from;
  }
  return valid;
};

/** Offsets of nested values, and the parts of those values. */
const gatherOffsets = (scratch: Scratch, parts: readonly (Part<'list'> | Part<'map'>)[]): Uint32Array => {
  const offsets = scratch.uint32(rowsIn(parts) + 1);
  offsets[0] = 0;
  let row = 0;
  let at = 0;
  for (const { data, from, to } of parts) {
    moveOffsets(data.offsets, from, to, offsets, row, at - data.offsets[from]!);
    row += to - from;
    at += data.offsets[to]! - data.offsets[from]!;
  }
  return offsets;
};

const nested = <P extends Part<'list'> | Part<'map'>>(scratch: Scratch, parts: readonly P[], text: (data: P['data']) => TextData): TextData =>
  gatherText(scratch, parts.map(({ data, from, to }) => ({ text: text(data), from: data.offsets[from]!, to: data.offsets[to]! })));

/** What the codes of a block became in a row group's dictionary. */
class Translation {
  #codes = new Uint32Array(256);

  /** NULL_CODE for so many codes; holds until the next call. */
  begin(count: number): Uint32Array {
    if (count > this.#codes.length) this.#codes = new Uint32Array(count * 2);
    return this.#codes.fill(NULL_CODE, 0, count);
  }
}

/** Codes of a part as codes of `values`, put at `row`. */
const translate = ({ data, from, to }: Part<'dictionary'>, translated: Uint32Array, values: TextInterner, into: Uint32Array, row: number): void => {
  const { codes } = data;
  const { bytes, offsets } = data.values;
  for (let i = from, at = row; i < to; i++, at++) {
    const code = codes[i]!;
    if (code !== NULL_CODE && translated[code] === NULL_CODE) translated[code] = values.codeOf(bytes, offsets[code]!, offsets[code + 1]!);
    into[at] = code === NULL_CODE ? NULL_CODE : translated[code]!;
  }
};

/** One dictionary for all parts; values in the order of their first row, so that the result does not depend on how rows were paged. */
const gatherDictionary = (scratch: Scratch, values: TextInterner, translation: Translation, parts: readonly Part<'dictionary'>[]): ColumnData => {
  const codes = scratch.uint32(rowsIn(parts));
  values.clear();
  let row = 0;
  // Slices of one block mostly follow each other: what its codes became is kept for as long.
  let source: Uint32Array | undefined;
  let translated: Uint32Array = new Uint32Array(0);
  for (const part of parts) {
    const { data, from, to } = part;
    if (data.codes !== source) {
      source = data.codes;
      translated = translation.begin(textCount(data.values));
    }
    translate(part, translated, values, codes, row);
    row += to - from;
  }
  return { kind: 'dictionary', codes, values: values.values() };
};

/** Codes of a part as codes of `values`, put at `row`, where values come in runs: a value is looked at once a run. */
const translateRuns = ({ data, from, to }: Part<'dictionary'>, values: TextRuns, into: Uint32Array, row: number): void => {
  const { codes } = data;
  const { bytes, offsets } = data.values;
  let last = NULL_CODE;
  let lastAs = NULL_CODE;
  for (let i = from, at = row; i < to; i++, at++) {
    const code = codes[i]!;
    if (code !== NULL_CODE && code !== last) {
      last = code;
      lastAs = values.codeOf(bytes, offsets[code]!, offsets[code + 1]!);
    }
    into[at] = code === NULL_CODE ? NULL_CODE : lastAs;
  }
};

/** Where values come in runs: each is compared with the last one alone. */
const gatherRuns = (scratch: Scratch, values: TextRuns, parts: readonly Part<'dictionary'>[]): ColumnData => {
  const codes = scratch.uint32(rowsIn(parts));
  values.clear();
  let row = 0;
  for (const part of parts) {
    translateRuns(part, values, codes, row);
    row += part.to - part.from;
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

const gatherColumn = (kind: Exclude<ColumnKind, 'dictionary'>, scratch: Scratch, parts: readonly Part<ColumnKind>[]): ColumnData => {
  switch (kind) {
    case 'text': {
      const of = parts as readonly Part<'text'>[];
      return { kind, valid: gatherValidity(scratch, of), text: gatherText(scratch, of.map(({ data, from, to }) => ({ text: data.text, from, to }))) };
    }
    case 'int64': {
      const of = parts as readonly Part<'int64'>[];
      return { kind, valid: gatherValidity(scratch, of), values: gatherFixed(of, scratch.int64(rowsIn(of))) };
    }
    case 'int32': {
      const of = parts as readonly Part<'int32'>[];
      return { kind, valid: gatherValidity(scratch, of), values: gatherFixed(of, scratch.int32(rowsIn(of))) };
    }
    case 'boolean': {
      const of = parts as readonly Part<'boolean'>[];
      return { kind, valid: gatherValidity(scratch, of), values: gatherFixed(of, scratch.uint8(rowsIn(of))) };
    }
    case 'list': {
      const of = parts as readonly Part<'list'>[];
      return { kind, valid: gatherValidity(scratch, of), offsets: gatherOffsets(scratch, of), items: nested(scratch, of, (data) => data.items) };
    }
    case 'map': {
      const of = parts as readonly Part<'map'>[];
      return { kind, valid: gatherValidity(scratch, of), offsets: gatherOffsets(scratch, of), keys: nested(scratch, of, (data) => data.keys), items: nested(scratch, of, (data) => data.items) };
    }
  }
};

/** What rows are gathered in: by one gatherer at a time, by any number one after the other. */
export class GatherMemory {
  readonly scratch = new Scratch();
  readonly #interners: TextInterner[] = [];
  readonly #runs: TextRuns[] = [];

  /** That of the i-th column of a batch. */
  interner(i: number): TextInterner {
    return (this.#interners[i] ??= new TextInterner());
  }

  /** The same for a column whose values come in runs. */
  runs(i: number): TextRuns {
    return (this.#runs[i] ??= new TextRuns());
  }
}

/** Brings the parts of the i-th column together, time after time. */
const columnGatherer = (column: Column, i: number, memory: GatherMemory): ((parts: readonly Part<ColumnKind>[]) => ColumnData) => {
  const { scratch } = memory;
  const kind = columnKind(column);
  if (kind !== 'dictionary') return (parts) => gatherColumn(kind, scratch, parts);
  if (column.repeats === 'inRuns') {
    const runs = memory.runs(i);
    return (parts) => gatherRuns(scratch, runs, parts as readonly Part<'dictionary'>[]);
  }
  const values = memory.interner(i);
  const translation = new Translation();
  return (parts) => gatherDictionary(scratch, values, translation, parts as readonly Part<'dictionary'>[]);
};

/**
 * Brings rows from several batches of one table together, time after time, in the same memory.
 *
 * Invariant: the result depends on the rows alone, not on how they were spread over batches.
 */
export class Gatherer {
  readonly #scratch: Scratch;
  readonly #columns: readonly ((parts: readonly Part<ColumnKind>[]) => ColumnData)[];

  constructor(columns: readonly Column[], memory = new GatherMemory()) {
    this.#scratch = memory.scratch;
    this.#columns = columns.map((column, i) => columnGatherer(column, i, memory));
  }

  /** The slices' rows, in the order given, as one batch, which holds until the next call. */
  gather(slices: readonly Slice[]): ColumnBatch {
    this.#scratch.clear();
    return {
      rowCount: rowsIn(slices),
      columns: this.#columns.map((column, i) => column(slices.map(({ batch, from, to }) => ({ data: batch.columns[i]!, from, to })))),
    };
  }
}

/** Rows from several batches of one table, in the order given, as one batch in memory of its own. */
export const gather = (columns: readonly Column[], slices: readonly Slice[]): ColumnBatch => new Gatherer(columns).gather(slices);
