import { COLON, MINUS, POINT, ZERO } from '../../../model/kernel/bytes.as';

const DAY_MS: i64 = 86_400_000;

/** Puts a whole number; gives its end: at most twenty bytes further. */
export function putInteger(value: i64, out: usize): usize {
  let rest = <u64>value;
  if (value < 0) {
    store<u8>(out++, MINUS);
    rest = 0 - rest;
  }
  let length = 1;
  for (let more = rest; more >= 10; more /= 10) length++;
  const end = out + length;
  for (let at = end; at > out; rest /= 10) store<u8>(--at, <u8>(ZERO + rest % 10));
  return end;
}

@inline
function putTwo(value: u32, out: usize): void {
  store<u8>(out, <u8>(ZERO + value / 10));
  store<u8>(out, <u8>(ZERO + value % 10), 1);
}

/** Years of four digits as they are, others with their sign and six (ISO 8601, expanded). Gives the end. */
@inline
function putYear(year: i32, out: usize): usize {
  const size = <u32>abs(year);
  if (year < 0 || year > 9999) {
    store<u8>(out, year < 0 ? MINUS : 0x2b);
    putTwo(size / 10_000, out + 1);
    out += 3;
  }
  putTwo(size / 100 % 100, out);
  putTwo(size % 100, out + 2);
  return out + 4;
}

/**
 * Puts an instant as `formatInstant` writes it: `2026-01-05T13:45:00.123Z`. Gives its end.
 *
 * Units: UTC epoch milliseconds, of the years that JavaScript has.
 * Source: Howard Hinnant, chrono-compatible low-level date algorithms: years begin in March, eras are of 400 years.
 */
export function putInstant(ms: i64, out: usize): usize {
  let days = ms / DAY_MS;
  if (days * DAY_MS > ms) days--;
  const ofDay = <u32>(ms - days * DAY_MS);
  const since = <i32>days + 719468;
  const era = (since >= 0 ? since : since - 146096) / 146097;
  const dayOfEra = <u32>(since - era * 146097);
  const yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
  const dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
  const fromMarch = (5 * dayOfYear + 2) / 153;
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  out = putYear(<i32>yearOfEra + era * 400 + <i32>(month <= 2), out);
  store<u8>(out, MINUS);
  putTwo(month, out + 1);
  store<u8>(out, MINUS, 3);
  putTwo(dayOfYear - (153 * fromMarch + 2) / 5 + 1, out + 4);
  store<u8>(out, 0x54, 6);
  putTwo(ofDay / 3_600_000, out + 7);
  store<u8>(out, COLON, 9);
  putTwo(ofDay / 60_000 % 60, out + 10);
  store<u8>(out, COLON, 12);
  putTwo(ofDay / 1000 % 60, out + 13);
  store<u8>(out, POINT, 15);
  store<u8>(out, <u8>(ZERO + ofDay % 1000 / 100), 16);
  putTwo(ofDay % 100, out + 17);
  store<u8>(out, 0x5a, 19);
  return out + 20;
}
