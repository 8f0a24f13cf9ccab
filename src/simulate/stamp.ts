const DAY_MS = 86_400_000;
const TWO = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, '0'));
const THREE = Array.from({ length: 1000 }, (_, n) => String(n).padStart(3, '0'));

let lastDay = Number.NaN;
let lastDayText = '';

/**
 * An instant as analytics writes it: `2026-01-05T13:45:00.123Z`. Units: UTC epoch milliseconds.
 *
 * Why not formatInstant: pages hold dozens a conversation, nearly all of the same day; the day's text is kept.
 */
export const stamp = (ms: number): string => {
  const day = Math.floor(ms / DAY_MS);
  if (day !== lastDay) {
    lastDayText = new Date(day * DAY_MS).toISOString().slice(0, 11);
    lastDay = day;
  }
  const rest = ms - day * DAY_MS;
  const second = Math.floor(rest / 1000);
  const minute = Math.floor(second / 60);
  const hour = Math.floor(minute / 60);
  return `${lastDayText}${TWO[hour]!}:${TWO[minute - hour * 60]!}:${TWO[second - minute * 60]!}.${THREE[rest - second * 1000]!}Z`;
};

/** An instant without milliseconds, as `dataAvailabilityDate` is written: `2024-04-29T04:10:03Z`. */
export const stampSeconds = (ms: number): string => `${stamp(ms).slice(0, 19)}Z`;
