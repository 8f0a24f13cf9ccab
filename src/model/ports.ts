/** Time, as an argument. */
export interface Clock {
  /** Wall clock. Units: UTC epoch milliseconds. */
  nowMs(): number;
  /** A clock that never jumps, for durations. Units: milliseconds from an arbitrary origin. */
  monotonicMs(): number;
  /** Waits; ends early with the signal's reason when aborted. Delays beyond 2^31 ms are clamped. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Facts of a log line: numbers, ids, paths. Never an attribute value, token, header, body, query string or cursor. */
export type LogFacts = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** An event log: short event names (`page fetched`), facts beside them. */
export interface Log {
  debug(event: string, facts?: LogFacts): void;
  info(event: string, facts?: LogFacts): void;
  warn(event: string, facts?: LogFacts): void;
  error(event: string, facts?: LogFacts): void;
}

/** Uniform random numbers in [0, 1): an argument so that backoff can be tested. */
export type Random = () => number;
