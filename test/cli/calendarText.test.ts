import { describe, expect, it } from 'vitest';
import { calendarText } from '../../src/cli/calendarText.js';
import type { Style } from '../../src/cli/screen.js';

const piped: Style = { terminal: false, width: Number.POSITIVE_INFINITY, colour: false, unicode: false };
const terminal: Style = { terminal: true, width: 80, colour: true, unicode: true };
const month = (n: number): string => new Date(Date.UTC(2020, n, 1)).toISOString().slice(0, 7);

describe('the calendar as text', () => {
  it('has a month a line, the days in tens, and says what its letters mean', () => {
    expect(calendarText([{ month: '2026-01', days: 'sssspmmf<......................' }, { month: '2026-02', days: 's'.repeat(28) }], piped)).toMatchInlineSnapshot(`
      "month    1234567890 1234567890 1234567890 1
      2026-01  sssspmmf<. .......... .......... .
      2026-02  ssssssssss ssssssssss ssssssss
      s settled, p provisional, < short, m missing, f failed, . not wanted yet"
    `);
  });

  it('says what a blank means, and ends no line with one', () => {
    expect(calendarText([{ month: '2026-02', days: `${' '.repeat(9)}sm.${' '.repeat(16)}` }], piped).split('\n').slice(1)).toEqual(['2026-02           s m.', 's settled, m missing, . not wanted yet, blank not looked at']);
  });

  it('has colours on a terminal only, and the same letters below them', () => {
    const months = [{ month: '2026-01', days: `spm<f${'.'.repeat(26)}` }];
    const coloured = calendarText(months, terminal);
    expect(coloured).toContain('\u001b[32ms\u001b[39m');
    expect(coloured.replaceAll(/\u001b\[\d+m/g, '').replaceAll(' · ', ', ')).toBe(calendarText(months, piped));
  });

  it('fits 80 columns with every letter, and shows ten settled years in less than forty lines', () => {
    const years = Array.from({ length: 120 }, (_, n) => ({ month: month(n), days: n === 50 ? `m${'s'.repeat(27)}<pf` : 's'.repeat(28) }));
    const lines = calendarText(years, piped).split('\n');
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
    expect(lines.length).toBeLessThan(40);
    expect(lines).toContain('2020-01  to 2024-02: 50 months, all settled');
    expect(lines.find((line) => line.startsWith(month(50)))).toContain('mssssssss');
  });
});
