import { createHash } from 'node:crypto';

/** An access token and its budget of requests. */
export interface Token {
  readonly value: string;
  readonly expiresMs: number;
  revoked: boolean;
  /** The fixed 60 s span in which `used` counts. Units: UTC epoch milliseconds. */
  windowStartMs: number;
  used: number;
}

const WINDOW_MS = 60_000;

/** Tokens that were issued: who may call, and how often still. */
export class TokenDesk {
  private readonly byValue = new Map<string, Token>();
  private readonly seed: string;
  private recent: number[] = [];
  private count = 0;

  constructor(seed: string) {
    this.seed = seed;
  }

  /** Tokens issued so far. */
  get issued(): number {
    return this.count;
  }

  /** Issues a token; `undefined` when too many were asked for within a minute. */
  issue(nowMs: number, lifetimeMs: number, perMinute: number): Token | undefined {
    this.recent = this.recent.filter((ms) => ms > nowMs - WINDOW_MS);
    if (perMinute > 0 && this.recent.length >= perMinute) return undefined;
    this.recent.push(nowMs);
    this.count += 1;
    const value = createHash('sha256').update(`${this.seed} ${String(this.count)}`).digest('base64url');
    const token: Token = { value, expiresMs: nowMs + lifetimeMs, revoked: false, windowStartMs: nowMs, used: 0 };
    for (const [key, old] of this.byValue) if (old.expiresMs <= nowMs) this.byValue.delete(key);
    this.byValue.set(value, token);
    return token;
  }

  /** The token of an Authorization header, while it is good. */
  find(authorization: string, nowMs: number): Token | undefined {
    const token = this.byValue.get(authorization.replace(/^bearer\s+/i, ''));
    return token === undefined || token.revoked || token.expiresMs <= nowMs ? undefined : token;
  }

  /** Makes every token issued so far bad. */
  revokeAll(): void {
    for (const token of this.byValue.values()) token.revoked = true;
  }
}

/** What became of a request's claim on its token's budget. */
export interface RateVerdict {
  readonly granted: boolean;
  readonly count: number;
  /** Seconds until the window ends. */
  readonly resetS: number;
}

/** Takes one request from the token's budget. `perMinute` 0: there is no limit. */
export const spend = (token: Token, nowMs: number, perMinute: number): RateVerdict => {
  if (nowMs - token.windowStartMs >= WINDOW_MS || nowMs < token.windowStartMs) {
    token.windowStartMs = nowMs;
    token.used = 0;
  }
  const granted = perMinute === 0 || token.used < perMinute;
  if (granted) token.used += 1;
  return { granted, count: token.used, resetS: Math.max(1, Math.ceil((token.windowStartMs + WINDOW_MS - nowMs) / 1000)) };
};
