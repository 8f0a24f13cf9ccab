const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

const isUnit = (text: string): text is keyof typeof UNITS => Object.hasOwn(UNITS, text);

/** What a duration looks like in YAML, as a regular expression for JSON Schema: `90s`, `10m`, `2h`, `3d` (and `250ms`). */
export const DURATION_PATTERN = '^[0-9]{1,9}(ms|s|m|h|d)$';

/** Reads `90s`, `10m`, `2h`, `3d` or `250ms`; `undefined` where the text is none. Units: milliseconds; a day is 24 hours. */
export const parseDuration = (text: string): number | undefined => {
  const match = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text);
  const unit = match?.[2];
  return match === null || unit === undefined || !isUnit(unit) ? undefined : Number(match[1]) * UNITS[unit];
};

/** Writes milliseconds in the largest unit that divides them: 7,200,000 is `2h`. */
export const formatDuration = (ms: number): string => {
  const unit = (['d', 'h', 'm', 's'] as const).find((u) => ms !== 0 && ms % UNITS[u] === 0) ?? (ms === 0 ? 's' : 'ms');
  return `${String(ms / UNITS[unit])}${unit}`;
};
