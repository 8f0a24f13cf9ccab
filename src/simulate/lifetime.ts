import { mix, SeededRandom } from './seededRandom.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A stretch in which a conversation is open. `endMs` absent: it never ends. Units: UTC epoch milliseconds. */
export interface OpenSpan {
  readonly fromMs: number;
  readonly endMs: number | undefined;
}

/** A conversation's kind of life: nearly all are over within the hour; few last weeks, come back, or never end. */
export type LifeKind = 'short' | 'daysLong' | 'monthLong' | 'reopened' | 'endless';

/** How conversations live: `usual`, or `lively`: one in six lives long, for days mostly, and is reopened more often. */
export type Lives = 'usual' | 'lively';

/** When a conversation is open. */
export interface Lifetime {
  readonly kind: LifeKind;
  /** In order, not touching. Never empty. */
  readonly spans: readonly OpenSpan[];
}

/** No short life lasts longer. Why: whoever asks what was alive at an instant need not look further back, save for the long ones. */
export const SHORT_LIFE_MAX_MS = 55 * MINUTE;

const SALT_LIFE = 0x11fe;

/** Whether a conversation lives long (about one in 48, or 6). One multiplication or two: asked for every earlier conversation of a dataset. */
export const livesLong = (seed: number, index: number, lives: Lives): boolean => mix(seed, index, SALT_LIFE) % (lives === 'lively' ? 6 : 48) === 0;

const livelyLife = (random: SeededRandom, startMs: number): Lifetime => {
  const dice = random.int(10);
  if (dice === 0) return { kind: 'endless', spans: [{ fromMs: startMs, endMs: undefined }] };
  if (dice < 5) return { kind: 'daysLong', spans: [{ fromMs: startMs, endMs: startMs + random.between(6 * HOUR, 12 * DAY) }] };
  const spans: OpenSpan[] = [];
  for (let fromMs = startMs, times = random.between(2, 3); times > 0; times--) {
    const endMs = fromMs + random.between(2 * MINUTE, 3 * DAY);
    spans.push({ fromMs, endMs });
    fromMs = endMs + random.between(6 * HOUR, 4 * DAY);
  }
  return { kind: 'reopened', spans };
};

const longLife = (random: SeededRandom, startMs: number): Lifetime => {
  const dice = random.int(4);
  if (dice === 0) return { kind: 'endless', spans: [{ fromMs: startMs, endMs: undefined }] };
  if (dice === 1) return { kind: 'monthLong', spans: [{ fromMs: startMs, endMs: startMs + random.between(20 * DAY, 45 * DAY) }] };
  const firstEnd = startMs + random.between(2 * MINUTE, 3 * HOUR);
  const again = firstEnd + random.between(DAY, 3 * DAY);
  return {
    kind: 'reopened',
    spans: [
      { fromMs: startMs, endMs: firstEnd },
      { fromMs: again, endMs: again + random.between(5 * MINUTE, 4 * HOUR) },
    ],
  };
};

/** When the conversation of that number is open. */
export const lifetimeOf = (seed: number, index: number, startMs: number, lives: Lives = 'usual'): Lifetime => {
  if (!livesLong(seed, index, lives)) {
    const h = mix(seed, index, SALT_LIFE + 1);
    const length = h % 20 === 0 ? 15 * MINUTE + ((h >>> 8) % (39 * MINUTE)) : 20_000 + ((h >>> 8) % (11 * MINUTE));
    return { kind: 'short', spans: [{ fromMs: startMs, endMs: startMs + length }] };
  }
  return (lives === 'lively' ? livelyLife : longLife)(new SeededRandom(seed, index, SALT_LIFE), startMs);
};

/** The end of a conversation as known at an instant; `undefined` while it is open. A reopened conversation loses its end and gains a later one. */
export const endAsOf = (life: Lifetime, asOfMs: number): number | undefined => {
  let end: number | undefined;
  for (const span of life.spans) {
    if (span.fromMs > asOfMs) break;
    end = span.endMs !== undefined && span.endMs <= asOfMs ? span.endMs : undefined;
  }
  return end;
};
