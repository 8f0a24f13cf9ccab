import type { Attributes } from '../conversation.js';
import type { Column, Value } from '../table.js';
import { columnKind } from './columnKind.js';
import { NULL_CODE, type ColumnData, type Validity } from './columnData.js';
import { GrowingBytes, GrowingInt32, GrowingInt64, GrowingUint32 } from './growing.js';
import { TextBuilder } from './textBuilder.js';

/** Gathers the values of one column. */
export interface ColumnBuilder {
  /** @throws TypeError where the value is not of the column's type: a table's `rows` is wrong, which is our bug. */
  readonly append: (value: Value) => void;
  /** The values so far: views, which hold until `clear`. */
  finish(): ColumnData;
  /** Begins anew, in the same memory. */
  clear(): void;
  /** Values in which lone surrogates became U+FFFD. */
  readonly replaced: number;
}

const wrong = (column: Column, value: Value): never => {
  throw new TypeError(`column ${column.name} (${column.type}) was given ${value === null ? 'NULL though it is not nullable' : typeof value}`);
};

/** One byte a row; dropped when no row is NULL. */
class ValidityBuilder {
  readonly #valid = new GrowingBytes();
  #nulls = 0;

  append(valid: boolean): void {
    this.#valid.append(valid ? 1 : 0);
    if (!valid) this.#nulls++;
  }

  finish(): Validity {
    return this.#nulls === 0 ? undefined : this.#valid.finish();
  }

  clear(): void {
    this.#valid.clear();
    this.#nulls = 0;
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
    clear: () => {
      text.clear();
      validity.clear();
    },
    get replaced() {
      return text.replaced;
    },
  };
};

/** Numbers a dictionary's values. */
interface TextCodes {
  codeOf(value: string): number;
  clear(): void;
}

/** Places for values that were lately asked for; a power of two. */
const RECENT = 256;

/** A value keeps its number, wherever it comes again. */
const recurringCodes = (text: TextBuilder): TextCodes => {
  const known = new Map<string, number>();
  // A comparison, mostly of pointers, costs a fraction of a look into the map. Ids differ in no length: a letter of their midst tells them apart, too, the one behind the hyphen there.
  const recent = new Array<string | undefined>(RECENT).fill(undefined);
  const recentCodes = new Uint32Array(RECENT);
  return {
    codeOf(value) {
      const place = (value.length + value.charCodeAt(value.length - 1) + 17 * value.charCodeAt((9 * value.length) >> 4)) & (RECENT - 1);
      if (recent[place] === value) return recentCodes[place]!;
      let code = known.get(value);
      if (code === undefined) {
        code = known.size;
        known.set(value, code);
        text.append(value);
      }
      recent[place] = value;
      recentCodes[place] = code;
      return code;
    },
    clear() {
      known.clear();
      recent.fill(undefined);
    },
  };
};

/** A value keeps its number for as long as it comes row after row. */
const runCodes = (text: TextBuilder): TextCodes => {
  let last: string | undefined;
  return {
    codeOf(value) {
      if (value !== last) {
        text.append(value);
        last = value;
      }
      return text.count - 1;
    },
    clear() {
      last = undefined;
    },
  };
};

const dictionaryColumn = (column: Column): ColumnBuilder => {
  const text = new TextBuilder();
  const codes = new GrowingUint32();
  const known = column.repeats === 'inRuns' ? runCodes(text) : recurringCodes(text);
  return {
    append(value) {
      if (typeof value === 'string') codes.append(known.codeOf(value));
      else if (value === null && column.nullable) codes.append(NULL_CODE);
      else wrong(column, value);
    },
    finish: () => ({ kind: 'dictionary', codes: codes.finish(), values: text.finish() }),
    clear: () => {
      known.clear();
      text.clear();
      codes.clear();
    },
    get replaced() {
      return text.replaced;
    },
  };
};

const int64Column = (column: Column): ColumnBuilder => {
  const values = new GrowingInt64();
  const validity = new ValidityBuilder();
  return {
    append(value) {
      if (typeof value === 'number') {
        if (!Number.isSafeInteger(value)) wrong(column, value);
        values.appendNumber(value);
      } else if (typeof value === 'bigint') {
        if (BigInt.asIntN(64, value) !== value) wrong(column, value);
        values.append(value);
      } else if (value === null && column.nullable) values.appendNumber(0);
      else wrong(column, value);
      validity.append(value !== null);
    },
    finish: () => ({ kind: 'int64', valid: validity.finish(), values: values.finish() }),
    clear: () => {
      values.clear();
      validity.clear();
    },
    replaced: 0,
  };
};

const int32Column = (column: Column): ColumnBuilder => {
  const values = new GrowingInt32();
  const validity = new ValidityBuilder();
  return {
    append(value) {
      if (typeof value === 'number' && value === (value | 0)) values.append(value);
      else if (value === null && column.nullable) values.append(0);
      else wrong(column, value);
      validity.append(value !== null);
    },
    finish: () => ({ kind: 'int32', valid: validity.finish(), values: values.finish() }),
    clear: () => {
      values.clear();
      validity.clear();
    },
    replaced: 0,
  };
};

const booleanColumn = (column: Column): ColumnBuilder => {
  const values = new GrowingBytes();
  const validity = new ValidityBuilder();
  return {
    append(value) {
      if (typeof value === 'boolean') values.append(value ? 1 : 0);
      else if (value === null && column.nullable) values.append(0);
      else wrong(column, value);
      validity.append(value !== null);
    },
    finish: () => ({ kind: 'boolean', valid: validity.finish(), values: values.finish() }),
    clear: () => {
      values.clear();
      validity.clear();
    },
    replaced: 0,
  };
};

const listColumn = (column: Column): ColumnBuilder => {
  const items = new TextBuilder();
  const offsets = new GrowingUint32();
  offsets.append(0);
  const validity = new ValidityBuilder();
  return {
    append(value) {
      if (Array.isArray(value)) for (const item of value as readonly string[]) items.append(item);
      else if (value !== null || !column.nullable) wrong(column, value);
      offsets.append(items.count);
      validity.append(value !== null);
    },
    finish: () => ({ kind: 'list', valid: validity.finish(), offsets: offsets.finish(), items: items.finish() }),
    clear: () => {
      items.clear();
      offsets.clear();
      offsets.append(0);
      validity.clear();
    },
    get replaced() {
      return items.replaced;
    },
  };
};

const isAttributes = (value: Value): value is Attributes => typeof value === 'object' && value !== null && 'names' in value;

const mapColumn = (column: Column): ColumnBuilder => {
  const keys = new TextBuilder();
  const items = new TextBuilder();
  const appendEntries = (names: readonly string[], values: readonly string[]): void => {
    for (let i = 0; i < names.length; i++) {
      keys.append(names[i]!);
      items.append(values[i]!);
    }
  };
  const offsets = new GrowingUint32();
  offsets.append(0);
  const validity = new ValidityBuilder();
  return {
    append(value) {
      if (value instanceof Map) appendEntries([...value.keys()], [...value.values()]);
      else if (isAttributes(value)) appendEntries(value.names, value.values);
      else if (value !== null || !column.nullable) wrong(column, value);
      offsets.append(keys.count);
      validity.append(value !== null);
    },
    finish: () => ({ kind: 'map', valid: validity.finish(), offsets: offsets.finish(), keys: keys.finish(), items: items.finish() }),
    clear: () => {
      keys.clear();
      items.clear();
      offsets.clear();
      offsets.append(0);
      validity.clear();
    },
    get replaced() {
      return keys.replaced + items.replaced;
    },
  };
};

const BUILDERS = { text: textColumn, dictionary: dictionaryColumn, int64: int64Column, int32: int32Column, boolean: booleanColumn, list: listColumn, map: mapColumn };

/** A builder for a declared column. */
export const columnBuilder = (column: Column): ColumnBuilder => BUILDERS[columnKind(column)](column);
