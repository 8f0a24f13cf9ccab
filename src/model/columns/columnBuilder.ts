import type { Column, Value } from '../table.js';
import { columnKind } from './columnKind.js';
import { NULL_CODE, type ColumnData, type Validity } from './columnData.js';
import { TextBuilder } from './textBuilder.js';

/** Gathers the values of one column. */
export interface ColumnBuilder {
  /** @throws TypeError where the value is not of the column's type: a table's `rows` is wrong, which is our bug. */
  append(value: Value): void;
  finish(): ColumnData;
  /** Values in which lone surrogates became U+FFFD. */
  readonly replaced: number;
}

const FIRST_ROWS = 128;

const wrong = (column: Column, value: Value): never => {
  throw new TypeError(`column ${column.name} (${column.type}) was given ${value === null ? 'NULL though it is not nullable' : typeof value}`);
};

/** One byte a row; dropped when no row is NULL. */
class ValidityBuilder {
  #valid = new Uint8Array(FIRST_ROWS);
  #rows = 0;
  #nulls = 0;

  append(valid: boolean): void {
    if (this.#rows === this.#valid.length) {
      const larger = new Uint8Array(this.#rows * 2);
      larger.set(this.#valid);
      this.#valid = larger;
    }
    this.#valid[this.#rows++] = valid ? 1 : 0;
    if (!valid) this.#nulls++;
  }

  finish(): Validity {
    return this.#nulls === 0 ? undefined : this.#valid.slice(0, this.#rows);
  }
}

const textColumn = (column: Column): ColumnBuilder => {
  const text = new TextBuilder();
  const validity = new ValidityBuilder();
  return {
    append(value) {
      if (typeof value === 'string') {
        text.append(value);
        validity.append(true);
      } else if (value === null && column.nullable) {
        text.appendEmpty();
        validity.append(false);
      } else wrong(column, value);
    },
    finish: () => ({ kind: 'text', valid: validity.finish(), text: text.finish() }),
    get replaced() {
      return text.replaced;
    },
  };
};

const dictionaryColumn = (column: Column): ColumnBuilder => {
  const known = new Map<string, number>();
  const text = new TextBuilder();
  let codes = new Uint32Array(FIRST_ROWS);
  let rows = 0;
  let last = '';
  let lastCode = NULL_CODE;
  const codeOf = (value: string): number => {
    // Parents' ids come in runs.
    if (lastCode !== NULL_CODE && value === last) return lastCode;
    let code = known.get(value);
    if (code === undefined) {
      code = known.size;
      known.set(value, code);
      text.append(value);
    }
    last = value;
    lastCode = code;
    return code;
  };
  return {
    append(value) {
      if (rows === codes.length) {
        const larger = new Uint32Array(rows * 2);
        larger.set(codes);
        codes = larger;
      }
      if (typeof value === 'string') codes[rows++] = codeOf(value);
      else if (value === null && column.nullable) codes[rows++] = NULL_CODE;
      else wrong(column, value);
    },
    finish: () => ({ kind: 'dictionary', codes: codes.slice(0, rows), values: text.finish() }),
    get replaced() {
      return text.replaced;
    },
  };
};

const TWO_32 = 2 ** 32;

const int64Column = (column: Column): ColumnBuilder => {
  let values = new BigInt64Array(FIRST_ROWS);
  // A number is written as two halves: making a bigint of each would cost an allocation.
  let halves = new Int32Array(values.buffer);
  const validity = new ValidityBuilder();
  let rows = 0;
  const grow = (): void => {
    const larger = new BigInt64Array(rows * 2);
    larger.set(values);
    values = larger;
    halves = new Int32Array(values.buffer);
  };
  return {
    append(value) {
      if (rows === values.length) grow();
      if (typeof value === 'number') {
        if (!Number.isSafeInteger(value)) wrong(column, value);
        halves[rows * 2] = value | 0;
        halves[rows * 2 + 1] = Math.floor(value / TWO_32);
      } else if (typeof value === 'bigint') {
        if (BigInt.asIntN(64, value) !== value) wrong(column, value);
        values[rows] = value;
      } else if (value !== null || !column.nullable) wrong(column, value);
      validity.append(value !== null);
      rows++;
    },
    finish: () => ({ kind: 'int64', valid: validity.finish(), values: values.slice(0, rows) }),
    replaced: 0,
  };
};

const int32Column = (column: Column): ColumnBuilder => {
  const values: number[] = [];
  const validity = new ValidityBuilder();
  return {
    append(value) {
      if (typeof value === 'number' && value === (value | 0)) values.push(value);
      else if (value === null && column.nullable) values.push(0);
      else wrong(column, value);
      validity.append(value !== null);
    },
    finish: () => ({ kind: 'int32', valid: validity.finish(), values: Int32Array.from(values) }),
    replaced: 0,
  };
};

const booleanColumn = (column: Column): ColumnBuilder => {
  const values: number[] = [];
  const validity = new ValidityBuilder();
  return {
    append(value) {
      if (typeof value === 'boolean') values.push(value ? 1 : 0);
      else if (value === null && column.nullable) values.push(0);
      else wrong(column, value);
      validity.append(value !== null);
    },
    finish: () => ({ kind: 'boolean', valid: validity.finish(), values: Uint8Array.from(values) }),
    replaced: 0,
  };
};

const listColumn = (column: Column): ColumnBuilder => {
  const items = new TextBuilder();
  const offsets: number[] = [0];
  const validity = new ValidityBuilder();
  return {
    append(value) {
      if (Array.isArray(value)) for (const item of value as readonly string[]) items.append(item);
      else if (value !== null || !column.nullable) wrong(column, value);
      offsets.push(items.count);
      validity.append(value !== null);
    },
    finish: () => ({ kind: 'list', valid: validity.finish(), offsets: Uint32Array.from(offsets), items: items.finish() }),
    get replaced() {
      return items.replaced;
    },
  };
};

const mapColumn = (column: Column): ColumnBuilder => {
  const keys = new TextBuilder();
  const items = new TextBuilder();
  const offsets: number[] = [0];
  const validity = new ValidityBuilder();
  return {
    append(value) {
      if (value instanceof Map) {
        for (const [key, item] of value as ReadonlyMap<string, string>) {
          keys.append(key);
          items.append(item);
        }
      } else if (value !== null || !column.nullable) wrong(column, value);
      offsets.push(keys.count);
      validity.append(value !== null);
    },
    finish: () => ({ kind: 'map', valid: validity.finish(), offsets: Uint32Array.from(offsets), keys: keys.finish(), items: items.finish() }),
    get replaced() {
      return keys.replaced + items.replaced;
    },
  };
};

const BUILDERS = { text: textColumn, dictionary: dictionaryColumn, int64: int64Column, int32: int32Column, boolean: booleanColumn, list: listColumn, map: mapColumn };

/** A builder for a declared column. */
export const columnBuilder = (column: Column): ColumnBuilder => BUILDERS[columnKind(column)](column);
