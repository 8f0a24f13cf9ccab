/** What the API says of the token's budget. */
export interface RateLimitFacts {
  /** Requests the current period allows. */
  readonly allowed: number;
  /** Requests counted in the current period, ours and those of others with the same token. */
  readonly count?: number;
  /** Until the period ends. Units: milliseconds. */
  readonly resetMs?: number;
}

const whole = (text: string | undefined, max: number): number | undefined => {
  if (text === undefined || !/^\d{1,9}$/.test(text)) return undefined;
  const value = Number(text);
  return value <= max ? value : undefined;
};

/**
 * Reads the `inin-ratelimit-*` headers; `undefined` where they are absent (many answers have none) or make no sense.
 *
 * Source: genesys-cloud-api.md section 6; the reset is in seconds, 61 has been seen.
 */
export const readRateLimitHeaders = (headers: Readonly<Record<string, string>>): RateLimitFacts | undefined => {
  const allowed = whole(headers['inin-ratelimit-allowed'], 1_000_000);
  if (allowed === undefined || allowed === 0) return undefined;
  const count = whole(headers['inin-ratelimit-count'], 10_000_000);
  const resetS = whole(headers['inin-ratelimit-reset'], 3600);
  return { allowed, ...(count === undefined ? {} : { count }), ...(resetS === undefined ? {} : { resetMs: resetS * 1000 }) };
};
