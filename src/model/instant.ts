const SHAPE = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:?\d\d)?$/;

const digit = (text: string, at: number): number => text.charCodeAt(at) - 48;
const two = (text: string, at: number): number => digit(text, at) * 10 + digit(text, at + 1);

/** Years 0 to 9999: what `formatInstant` writes of them `parseInstant` reads. */
const [FIRST_MS, END_MS] = [Date.parse('0000-01-01T00:00:00Z'), Date.UTC(10_000, 0, 1)];

const USUAL = '0000-00-00T00:00:00.000Z';

/** Digits where digits belong, separators where separators belong. */
const isUsualShape = (text: string): boolean => {
  for (let i = 0; i < 24; i++) {
    const code = text.charCodeAt(i);
    const wanted = USUAL.charCodeAt(i);
    if (wanted === 48 ? code < 48 || code > 57 : code !== wanted) return false;
  }
  return true;
};

/**
 * Reads an ISO-8601 instant as the API writes it; `undefined` where the text is none.
 *
 * Shape: `2026-01-05T13:45:00.123Z`; seconds, fractions and zone may be absent. Fractions beyond milliseconds are cut.
 * Without a zone the instant is UTC, as the API reads intervals itself.
 * Units: UTC epoch milliseconds.
 */
export const parseInstant = (text: string): number | undefined => {
  // The usual 24 characters, read without a regular expression: this runs for every timestamp of every row.
  if (text.length === 24 && isUsualShape(text)) {
    const year = two(text, 0) * 100 + two(text, 2);
    const month = two(text, 5);
    const day = two(text, 8);
    const hour = two(text, 11);
    const minute = two(text, 14);
    const second = two(text, 17);
    const milli = digit(text, 20) * 100 + two(text, 21);
    if (year >= 1000 && month >= 1 && month <= 12 && day >= 1 && day <= 28 && hour < 24 && minute < 60 && second < 60) {
      return Date.UTC(year, month - 1, day, hour, minute, second, milli);
    }
  }
  const match = SHAPE.exec(text);
  if (match === null) return undefined;
  const [, y, mo, d, h, mi, s = '00', fraction = '', zone = 'Z'] = match;
  const milli = fraction.slice(0, 3).padEnd(3, '0');
  const offset = zone === 'Z' || zone.includes(':') ? zone : `${zone.slice(0, 3)}:${zone.slice(3)}`;
  const base = `${String(y)}-${String(mo)}-${String(d)}T${String(h)}:${String(mi)}:${s}.${milli}`;
  const ms = Date.parse(base + offset);
  if (Number.isNaN(ms)) return undefined;
  // Date.parse turns 31 February into March: refuse days that do not exist. Years beyond four digits, reached by an offset, no reader of ours takes back.
  const isDay = Number(d) === new Date(`${String(y)}-${String(mo)}-${String(d)}T00:00:00Z`).getUTCDate();
  return isDay && ms >= FIRST_MS && ms < END_MS ? ms : undefined;
};

/** Writes an instant as the API writes it: `2026-01-05T13:45:00.123Z`. Units: UTC epoch milliseconds. */
export const formatInstant = (ms: number): string => new Date(ms).toISOString();
