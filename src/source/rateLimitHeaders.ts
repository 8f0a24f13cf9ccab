/** What the API says of the token's budget. */
export interface RateLimitFacts {
  /** Requests the current period allows. */
  readonly allowed: number;
  /** Requests counted in the current period, ours and those of others with the same token. */
  readonly count?: number;
  /** Until the period ends, 61 s at most. Units: milliseconds. */
  readonly resetMs?: number;
}

/**
 * Longer resets are taken for this.
 *
 * Why: the API counts by the minute, and 61 is the longest that was seen. A header that tells of an hour would hold all requests back for that hour, without a word; where the
 * hour is real, the 429 after a minute says so, with a Retry-After that is told.
 */
const LONGEST_RESET_S = 61;

const whole = (text: string | undefined, max: number): number | undefined => {
  if (text === undefined || !/^\d{1,9}$/.test(text)) return undefined;
  const value = Number(text);
  return value <= max ? value : undefined;
};

/**
 * Reads the `inin-ratelimit-*` headers; `undefined` where they are absent (many answers have none) or make no sense.
 *
 * Source: genesys-cloud-api.md section 6; the reset is in seconds.
 */
export const readRateLimitHeaders = (headers: Readonly<Record<string, string>>): RateLimitFacts | undefined => {
  const allowed = whole(headers['inin-ratelimit-allowed'], 1_000_000);
  if (allowed === undefined || allowed === 0) return undefined;
  const count = whole(headers['inin-ratelimit-count'], 10_000_000);
  const resetS = whole(headers['inin-ratelimit-reset'], 1_000_000_000);
  return { allowed, ...(count === undefined ? {} : { count }), ...(resetS === undefined ? {} : { resetMs: Math.min(resetS, LONGEST_RESET_S) * 1000 }) };
};
