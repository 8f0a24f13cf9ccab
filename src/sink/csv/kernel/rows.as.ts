import { CLOSE_BRACE, CLOSE_BRACKET, COLON, COMMA, OPEN_BRACE, OPEN_BRACKET, QUOTE } from '../../../model/kernel/bytes.as';
import { BOOLEAN, Column, DICTIONARY, INT32, INT64, MAP, NULL_CODE, TEXT, TIMESTAMP } from './column.as';
import { JSON_BYTES, putJson } from './json.as';
import { putInstant, putInteger } from './numbers.as';
import { putText } from './text.as';

const NEWLINE: u8 = 0x0a;

let end: usize = 0;

/** The end of the text that `putRows` made. */
export function endOfText(): usize {
  return end;
}

@inline
function u32At(array: usize, index: u32): u32 {
  return load<u32>(array + (<usize>index << 2));
}

/** Gives the field's end, 0 where there is no room for it. */
@inline
function putTextAt(column: Column, index: u32, out: usize, limit: usize): usize {
  const from = u32At(column.offsets, index);
  const to = u32At(column.offsets, index + 1);
  return out + ((to - from) << 1) > limit ? 0 : putText(column.bytes + from, column.bytes + to, out);
}

/** A text of an array of texts as a JSON string. Gives its end, 0 where there is no room for it. */
@inline
function putJsonAt(offsets: usize, bytes: usize, index: u32, out: usize, limit: usize): usize {
  const from = u32At(offsets, index);
  const to = u32At(offsets, index + 1);
  return out + (to - from) * JSON_BYTES > limit ? 0 : putJson(bytes + from, bytes + to, out);
}

/** A list as a JSON array, a map as an object. Gives the field's end, 0 where there is no room for it. */
function putItems(column: Column, row: u32, out: usize, limit: usize): usize {
  const isMap = column.kind == MAP;
  const first = u32At(column.values, row);
  const last = u32At(column.values, row + 1);
  if (first != last) store<u8>(out++, QUOTE);
  store<u8>(out++, isMap ? OPEN_BRACE : OPEN_BRACKET);
  for (let item = first; item < last; item++) {
    if (item > first) store<u8>(out++, COMMA);
    if (isMap) {
      out = putJsonAt(column.keyOffsets, column.keyBytes, item, out, limit);
      if (out == 0) return 0;
      store<u8>(out++, COLON);
    }
    out = putJsonAt(column.offsets, column.bytes, item, out, limit);
    if (out == 0) return 0;
  }
  store<u8>(out++, isMap ? CLOSE_BRACE : CLOSE_BRACKET);
  if (first != last) store<u8>(out++, QUOTE);
  return out;
}

@inline
function putBoolean(value: bool, out: usize): usize {
  // `true`, or `fals` and `e`.
  store<u32>(out, value ? 0x65757274 : 0x736c6166);
  if (value) return out + 4;
  store<u8>(out, 0x65, 4);
  return out + 5;
}

/** NULL is nothing. Gives the field's end, 0 where there is no room for it. */
@inline
function putField(column: Column, row: u32, out: usize, limit: usize): usize {
  if (column.kind == DICTIONARY) {
    const code = u32At(column.values, row);
    return code == NULL_CODE ? out : putTextAt(column, code, out, limit);
  }
  if (column.valid != 0 && load<u8>(column.valid + row) == 0) return out;
  switch (column.kind) {
    case TEXT: return putTextAt(column, row, out, limit);
    case TIMESTAMP: return putInstant(load<i64>(column.values + (<usize>row << 3)), out);
    case INT64: return putInteger(load<i64>(column.values + (<usize>row << 3)), out);
    case INT32: return putInteger(load<i32>(column.values + (<usize>row << 2)), out);
    case BOOLEAN: return putBoolean(load<u8>(column.values + row) == 1, out);
    default: return putItems(column, row, out, limit);
  }
}

/** Gives the row's end, 0 where there is no room for it. */
@inline
function putRow(columns: usize, columnsEnd: usize, row: u32, out: usize, limit: usize): usize {
  for (let column = columns; column < columnsEnd; column += offsetof<Column>()) {
    if (out > limit) return 0;
    out = putField(changetype<Column>(column), row, out, limit);
    if (out == 0) return 0;
    store<u8>(out++, COMMA);
  }
  store<u8>(out - 1, NEWLINE);
  return out;
}

/**
 * Puts rows as records, as many as there is room for; gives the first row that was not put.
 *
 * @param columns where the first Column is, `columnsEnd` where the last one ends
 * @param limit where the last field may begin at the latest; MARGIN bytes (../csvKernel.ts) behind it may be written, too
 */
export function putRows(columns: usize, columnsEnd: usize, from: u32, to: u32, out: usize, limit: usize): u32 {
  end = out;
  for (let row = from; row < to; row++) {
    const next = putRow(columns, columnsEnd, row, end, limit);
    if (next == 0) return row;
    end = next;
  }
  return to;
}
