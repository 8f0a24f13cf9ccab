import { createRequire } from 'node:module';
import type { IANAZone } from 'luxon';

/** A change of a zone's clock. Units: UTC epoch milliseconds; offsets in milliseconds east of UTC. */
export interface ClockChange {
  readonly atMs: number;
  readonly beforeMs: number;
  readonly afterMs: number;
}

interface Span {
  readonly offsetMs: number;
  readonly change: ClockChange | undefined;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Local clocks are less than this ahead of UTC (Kiritimati: 14 h) … */
const AHEAD_MS = 15 * HOUR_MS;
/** … and one look at the offset covers this much from there: a zone changes its clock at most once in it. */
const SPAN_MS = 3 * DAY_MS;

/**
 * The clock on the wall of a time zone. Wall times are what the clock shows, written as if it were UTC, in epoch milliseconds.
 *
 * Why not DateTime: it resolves a wall time that a change skips or repeats by its own rules; boundaries of partitions need one rule that tiles.
 */
export class WallClock {
  /** Undefined for UTC, whose clock is never changed. */
  readonly #zone: IANAZone | undefined;
  readonly #spans = new Map<number, Span>();

  constructor(timezone: string) {
    // Loaded here: most jobs are in UTC.
    this.#zone = timezone === 'UTC' ? undefined : (createRequire(import.meta.url)('luxon') as typeof import('luxon')).IANAZone.create(timezone);
  }

  /** What the clock shows at an instant. */
  wallAt(ms: number): number {
    return ms + this.#offsetAt(ms);
  }

  /** The first instant at which the clock shows this wall time or a later one. Invariant: never decreases as the wall time grows. */
  firstInstant(wallMs: number): number {
    const { offsetMs, change } = this.#spanAt(Math.floor((wallMs - AHEAD_MS) / DAY_MS));
    const before = wallMs - offsetMs;
    return change === undefined || before < change.atMs ? before : Math.max(change.atMs, wallMs - change.afterMs);
  }

  /** The changes of the clock in `[fromMs, toMs)`, to the nearest three days outwards. */
  changes(fromMs: number, toMs: number): ClockChange[] {
    const found = new Map<number, ClockChange>();
    for (let day = Math.floor(fromMs / DAY_MS); day * DAY_MS < toMs; day += 2) {
      const { change } = this.#spanAt(day);
      if (change !== undefined) found.set(change.atMs, change);
    }
    return [...found.values()];
  }

  #offsetAt(ms: number): number {
    return this.#zone === undefined ? 0 : Math.round(this.#zone.offset(ms) * MINUTE_MS);
  }

  #spanAt(day: number): Span {
    const known = this.#spans.get(day);
    if (known !== undefined) return known;
    const fromMs = day * DAY_MS;
    const beforeMs = this.#offsetAt(fromMs);
    const afterMs = this.#offsetAt(fromMs + SPAN_MS);
    const change = beforeMs === afterMs ? undefined : { atMs: this.#bisect(fromMs, beforeMs), beforeMs, afterMs };
    const span = { offsetMs: beforeMs, change };
    this.#spans.set(day, span);
    return span;
  }

  /** The first instant of a span that no longer has its first offset. */
  #bisect(fromMs: number, beforeMs: number): number {
    let low = fromMs;
    let high = fromMs + SPAN_MS;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.#offsetAt(middle) === beforeMs) low = middle;
      else high = middle;
    }
    return high;
  }
}
