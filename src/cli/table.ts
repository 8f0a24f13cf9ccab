import Table from 'cli-table3';
import { cutText, textWidth } from './textWidth.js';
import { paintFor } from './paint.js';
import type { Style } from './screen.js';

/** A column of a table for people. */
export interface TableColumn {
  readonly title: string;
  /** Numbers stand to the right. */
  readonly align?: 'left' | 'right';
  /** Never cut: what is needed to name the row. */
  readonly whole?: boolean;
}

const PLACES = ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right', 'left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'];
const GAP = '  ';
const OPEN: Readonly<Record<string, string>> = { ...Object.fromEntries(PLACES.map((place) => [place, ''])), middle: GAP };
const ruled = (line: string): Readonly<Record<string, string>> => ({ ...OPEN, mid: line, 'mid-mid': line.repeat(GAP.length) });

/** Cells narrower than this say too little: they are cut last. */
const NARROWEST = 8;

/** Takes columns from the widest that may be cut until the table fits. */
const fit = (natural: readonly number[], columns: readonly TableColumn[], room: number): number[] => {
  const widths = [...natural];
  let excess = widths.reduce((sum, width) => sum + width, 0) - room;
  while (excess > 0) {
    const widest = Math.max(...widths.filter((_, at) => columns[at]?.whole !== true));
    if (widest <= NARROWEST) break;
    widths[widths.findIndex((width, at) => width === widest && columns[at]?.whole !== true)] = widest - 1;
    excess--;
  }
  return widths;
};

/**
 * A table for people: columns two spaces apart; on a terminal with a line under the titles and cut to the width, elsewhere neither.
 *
 * Invariant: cells hold no control characters (escapeControls).
 */
export const renderTable = (columns: readonly TableColumn[], rows: readonly (readonly string[])[], style: Style): string => {
  const natural = columns.map((column, at) => Math.max(textWidth(column.title), ...rows.map((row) => textWidth(row[at] ?? ''))));
  const widths = style.terminal ? fit(natural, columns, style.width - GAP.length * (columns.length - 1)) : natural;
  const cut = (text: string, at: number): string => (style.terminal ? cutText(text, widths[at] ?? NARROWEST, style.unicode ? '…' : '~') : text);
  const paint = paintFor(style);
  const table = new Table({
    head: columns.map((column, at) => paint.title(cut(column.title, at))),
    colAligns: columns.map((column) => column.align ?? 'left'),
    colWidths: widths,
    chars: style.terminal ? ruled(style.unicode ? '─' : '-') : OPEN,
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(...rows.map((row) => columns.map((_, at) => cut(row[at] ?? '', at))));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
};
