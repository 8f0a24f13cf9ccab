import { COLON, MINUS, POINT, ZERO } from '../../../../model/kernel/bytes.as';
import { TEXT } from './memory.as';

/** Two digits as a number, and far more than that where they are none. */
@inline
function two(at: usize): u32 {
  const high = <u32>load<u8>(at) - ZERO;
  const low = <u32>load<u8>(at, 1) - ZERO;
  return high <= 9 && low <= 9 ? high * 10 + low : 1_000_000;
}

function daysIn(month: u32, year: u32): u32 {
  if (month == 2) return (year & 3) == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/**
 * The instant that twenty-four bytes of a string hold, as the API writes it: `2026-01-05T13:45:00.123Z` to the letter; NaN for anything else.
 *
 * Units: UTC epoch milliseconds.
 */
export function instantAt(from: u32): f64 {
  const at: usize = TEXT + from;
  // `-` and `-` and `T`, `:` and `:` and `.`, `Z`: where they have to be.
  const hasMarks = load<u8>(at, 4) == MINUS && load<u8>(at, 7) == MINUS && load<u8>(at, 10) == 0x54 && load<u8>(at, 13) == COLON && load<u8>(at, 16) == COLON && load<u8>(at, 19) == POINT && load<u8>(at, 23) == 0x5a;
  const year = two(at) * 100 + two(at + 2);
  const month = two(at + 5);
  const day = two(at + 8);
  const hour = two(at + 11);
  const minute = two(at + 14);
  const second = two(at + 17);
  const hundreds = <u32>load<u8>(at, 20) - ZERO;
  const rest = two(at + 21);
  if (!hasMarks || year < 1000 || year > 9999 || month - 1 > 11 || day - 1 >= daysIn(month, year) || hour > 23 || minute > 59 || second > 59 || hundreds > 9 || rest > 99) return NaN;
  // Days since 1970, years beginning in March. Source: Howard Hinnant, chrono-compatible low-level date algorithms.
  const marchYear = month <= 2 ? year - 1 : year;
  const era = marchYear / 400;
  const yearOfEra = marchYear % 400;
  const dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const days = <i32>(era * 146097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear) - 719468;
  return <f64>days * 86_400_000 + <f64>(hour * 3_600_000 + minute * 60_000 + second * 1000 + hundreds * 100 + rest);
}
