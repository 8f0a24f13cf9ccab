const FIXDATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d\d) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{4}) (\d\d):(\d\d):(\d\d) GMT$/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * Reads an HTTP date in the one form that servers may send (IMF-fixdate); `undefined` for anything else.
 *
 * Units: UTC epoch milliseconds.
 * Source: RFC 9110 section 5.6.7.
 * Why not Date.parse: it takes `-1` for the year 2001 and `0` for 2000.
 */
export const parseHttpDate = (text: string | undefined): number | undefined => {
  const match = FIXDATE.exec(text ?? '');
  if (match === null) return undefined;
  const [, day, month, year, hour, minute, second] = match;
  const ms = Date.UTC(Number(year), MONTHS.indexOf(month ?? ''), Number(day), Number(hour), Number(minute), Number(second));
  // A leap second is written :60; a 31st of April is not a date.
  const real = new Date(ms).getUTCDate() === Number(day) || second === '60';
  return real && Number(hour) < 24 && Number(minute) < 60 && Number(second) <= 60 && Number(year) >= 1970 ? ms : undefined;
};

/**
 * How long an answer asks us to wait; `undefined` where it does not say so in a form that can be trusted.
 *
 * Units: milliseconds, never below 0.
 * Invariant: only `^\d{1,9}$` and IMF-fixdate count; a date is measured against the answer's own `Date` header, never the local clock.
 * Source: RFC 9110 section 10.2.3.
 */
export const parseRetryAfter = (headers: Readonly<Record<string, string>>): number | undefined => {
  const text = headers['retry-after'];
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const untilMs = parseHttpDate(text);
  const serverNowMs = parseHttpDate(headers['date']);
  return untilMs === undefined || serverNowMs === undefined ? undefined : Math.max(0, untilMs - serverNowMs);
};
