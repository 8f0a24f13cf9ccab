const QUOTE = 0x22;
const ZERO = 0x30;
const NINE = 0x39;

const SHAPE = Uint8Array.from('0000-00-00T00:00:00.000Z', (letter) => letter.charCodeAt(0));

const USUAL_LENGTH = SHAPE.length;

let lastDate = 0;
let lastDateMs = 0;

/** Midnight of a date written as a number, 20260105; NaN where it needs a closer look. Dates come in runs. */
const midnightOf = (date: number): number => {
  if (date === lastDate) return lastDateMs;
  const month = Math.floor(date / 100) % 100;
  const day = date % 100;
  if (date < 10_000_000 || month < 1 || month > 12 || day < 1 || day > 28) return Number.NaN;
  lastDate = date;
  return (lastDateMs = Date.UTC(Math.floor(date / 10_000), month - 1, day));
};

/**
 * The instant that a string holds, `2026-01-05T13:45:00.123Z` to the letter; NaN for anything else, days that not every month has included.
 *
 * Units: UTC epoch milliseconds.
 * @param start behind the opening quote
 */
export const usualInstantAt = (bytes: Uint8Array, start: number): number => {
  for (let i = 0; i < USUAL_LENGTH; i++) {
    const byte = bytes[start + i]!;
    const wanted = SHAPE[i]!;
    if (wanted === ZERO ? !(byte >= ZERO && byte <= NINE) : byte !== wanted) return Number.NaN;
  }
  if (bytes[start + USUAL_LENGTH] !== QUOTE) return Number.NaN;
  const two = (at: number): number => bytes[start + at]! * 10 + bytes[start + at + 1]! - 11 * ZERO;
  const hour = two(11);
  const minute = two(14);
  const second = two(17);
  if (hour > 23 || minute > 59 || second > 59) return Number.NaN;
  const date = (two(0) * 100 + two(2)) * 10_000 + two(5) * 100 + two(8);
  return midnightOf(date) + hour * 3_600_000 + minute * 60_000 + second * 1000 + (bytes[start + 20]! - ZERO) * 100 + two(21);
};
