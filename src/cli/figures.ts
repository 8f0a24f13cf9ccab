/** A whole number with thousands apart: `1,234,567`. Without Intl, which loads the tables of a language: 20 ms at every start. */
export const countText = (value: number): string => value.toFixed(0).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');

/** A number and its noun: `1 row`, `2 rows`. */
export const plural = (value: number, one: string, many = `${one}s`): string => `${countText(value)} ${value === 1 ? one : many}`;

/** A number in at most five characters: `999`, `12.3k`, `4.5M`. */
export const shortCount = (value: number): string => {
  if (value < 1000) return String(Math.round(value));
  const [scaled, unit] = value < 999_500 ? [value / 1e3, 'k'] : value < 999_500_000 ? [value / 1e6, 'M'] : [value / 1e9, 'G'];
  return `${scaled < 99.95 ? scaled.toFixed(1) : scaled.toFixed(0)}${unit}`;
};

/** Bytes in binary units: `0 B`, `812 B`, `1.5 KiB`, `232 MiB`. */
export const bytesText = (value: number): string => {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;
  let scaled = value;
  let unit = 0;
  while (scaled >= 1023.5 && unit < units.length - 1) {
    scaled /= 1024;
    unit++;
  }
  return `${unit === 0 || scaled >= 99.95 ? scaled.toFixed(0) : scaled.toFixed(1)} ${units[unit] ?? 'B'}`;
};

/** A duration as people say it: `85 ms`, `4.2 s`, `3m 05s`, `2h 07m`, `3d 04h`. Units: milliseconds. */
export const durationText = (ms: number): string => {
  if (ms < 999.5) return `${String(Math.round(ms))} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const two = (value: number): string => String(value).padStart(2, '0');
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${String(Math.floor(seconds / 60))}m ${two(seconds % 60)}s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 24 * 60) return `${String(Math.floor(minutes / 60))}h ${two(minutes % 60)}m`;
  const hours = Math.round(minutes / 60);
  return `${String(Math.floor(hours / 24))}d ${two(hours % 24)}h`;
};
