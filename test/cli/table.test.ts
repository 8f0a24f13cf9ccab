import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeControls } from '../../src/cli/printable.js';
import { styleOf, type Style } from '../../src/cli/screen.js';
import { renderTable } from '../../src/cli/table.js';
import { cutText, textWidth } from '../../src/cli/textWidth.js';
import { fakeWorld } from '../support/fakeWorld.js';
import { anyText } from '../support/anyText.js';

const piped: Style = { terminal: false, width: Number.POSITIVE_INFINITY, colour: false, unicode: false };
const columns = [{ title: 'name' }, { title: 'value' }, { title: 'n', align: 'right' as const }];

describe('table', () => {
  it('has no borders, colours or cuts where it is piped', () => {
    expect(renderTable(columns, [['a', 'x'.repeat(200), '1'], ['bb', 'y', '22']], piped).split('\n')).toEqual([
      `name  value${' '.repeat(195)}   n`, `a     ${'x'.repeat(200)}   1`, `bb    y${' '.repeat(199)}  22`,
    ]);
  });

  it('is cut to the terminal, whatever the cells hold', () => {
    const cell = fc.string({ unit: 'grapheme', maxLength: 120 }).map(escapeControls);
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell, cell), { maxLength: 4 }), fc.integer({ min: 40, max: 130 }), (rows, width) => {
        const text = renderTable(columns, rows, { terminal: true, width, colour: false, unicode: true });
        for (const line of text.split('\n')) expect(textWidth(line)).toBeLessThanOrEqual(width);
      }),
      { numRuns: 40 },
    );
  });

  it('colours titles on a terminal unless NO_COLOR is set', () => {
    const style = (env: Record<string, string>) => styleOf(fakeWorld({ terminal: { columns: 80 } }).world.stdout, env);
    expect(renderTable(columns, [], style({}))).toContain('\u001b[1m');
    expect(renderTable(columns, [], style({ NO_COLOR: '1' }))).not.toContain('\u001b');
    expect(style({ TERM: 'dumb' })).toMatchObject({ colour: false, unicode: false });
    expect(style({ LC_ALL: 'C' }).unicode).toBe(false);
  });
});

describe('text', () => {
  it('shows no control character, direction mark or lone surrogate, and keeps everything else', () => {
    expect(escapeControls('a\n\r\t\0\u001b[2J\u009b\u202e\ufeff\ud800é😀')).toBe('a\\n\\r\\t\\0\\x1b[2J\\x9b\\u202e\\ufeff\\ud800é😀');
    fc.assert(
      fc.property(anyText(), (text) => {
        const shown = escapeControls(text);
        expect(shown).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
        expect(shown.isWellFormed()).toBe(true);
      }),
    );
  });

  it('counts wide characters as two columns and combining ones as none', () => {
    expect([textWidth('abc'), textWidth('日本'), textWidth('e\u0301'), textWidth('😀')]).toEqual([3, 4, 1, 2]);
    expect(cutText('日本語テキスト', 7)).toBe('日本語…');
    expect(cutText('short', 7)).toBe('short');
  });
});
