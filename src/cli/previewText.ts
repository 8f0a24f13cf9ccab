import { TABLES } from '../extract/tables.js';
import type { TableName } from '../model/table.js';
import { countText, plural } from './figures.js';
import type { Preview } from './openedJob.js';
import { escapeControls } from './printable.js';
import type { Style } from './screen.js';
import { renderTable } from './table.js';
import { cutText } from './textWidth.js';
import { wrapProse } from './wrapProse.js';

/** NULL as it is shown: an empty cell is the empty string. */
const NULL = 'NULL';

/** Columns of a table need so many characters each to say anything beside each other. */
const BESIDE = 14;

const isInstant = (table: TableName, column: string | undefined): boolean =>
  TABLES[table].columns.some((candidate) => candidate.name === column && candidate.type === 'timestamp');

const instantText = (value: number | bigint): string => {
  const date = new Date(Number(value));
  return Number.isNaN(date.getTime()) ? String(value) : date.toISOString();
};

/** A cell as JSON holds it: timestamps as ISO-8601 text, everything else as it is. */
const jsonCell = (table: TableName, column: string | undefined, value: unknown): unknown =>
  (typeof value === 'number' || typeof value === 'bigint') && isInstant(table, column) ? instantText(value) : value;

const shownNested = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner === 'bigint') return inner.toString();
    return inner instanceof Map ? Object.fromEntries(inner) : inner;
  });

/** A cell as people read it, control characters escaped. */
export const cellText = (value: unknown): string => {
  if (value === null || value === undefined) return NULL;
  if (typeof value === 'string') return escapeControls(value);
  if (value instanceof Date) return value.toISOString();
  return escapeControls(typeof value === 'object' ? shownNested(value) : String(value as number | bigint | boolean));
};

type PreviewTable = Preview['tables'][number];

const textRows = (table: PreviewTable): string[][] => table.rows.map((row) => row.map((value, at) => cellText(jsonCell(table.name, table.columns[at], value))));

/** One row under the other, a line each column: for tables with more columns than fit beside each other. */
const records = (table: PreviewTable, style: Style): string => {
  const nameWidth = Math.max(...table.columns.map((column) => column.length));
  return textRows(table)
    .map((row) => row.map((cell, at) => cutText(`  ${(table.columns[at] ?? '').padEnd(nameWidth)}  ${cell}`, style.width, style.unicode ? '…' : '~')).join('\n'))
    .join('\n\n');
};

const rowsText = (table: PreviewTable, style: Style): readonly string[] => {
  if (table.rows.length === 0) return [];
  if (style.terminal && table.columns.length * BESIDE > style.width) return [records(table, style)];
  return [renderTable(table.columns.map((title) => ({ title })), textRows(table), style)];
};

const tableText = (table: PreviewTable, style: Style): string =>
  ['', `${table.name}: ${plural(table.total, 'row')}${table.rows.length < table.total ? `, the first ${countText(table.rows.length)}` : ''}`, ...rowsText(table, style)].join('\n');

const headText = ({ partition, conversations, outsideWindow, nextPage }: Preview): string =>
  [
    `one page of ${partition}: ${plural(conversations, 'conversation')}${nextPage ? ', more pages follow' : ', no further page'}; nothing was written`,
    ...(outsideWindow === 0 ? [] : [`${countText(outsideWindow)} started outside the window: not written`]),
  ].join('\n');

/** The rows of one page, a table each; control characters are escaped, wide cells cut on a terminal. */
export const previewText = (preview: Preview, style: Style): string =>
  [wrapProse(headText(preview), style.width), ...preview.tables.map((table) => tableText(table, style))].join('\n');

/** The part of the JSON document that holds the rows. */
export const previewDocument = (preview: Preview): Readonly<Record<string, unknown>> => ({
  partition: preview.partition,
  conversations: preview.conversations,
  outsideWindow: preview.outsideWindow,
  nextPage: preview.nextPage,
  tables: preview.tables.map((table) => ({
    name: table.name,
    total: table.total,
    columns: table.columns,
    rows: table.rows.map((row) => row.map((value, at) => jsonCell(table.name, table.columns[at], value))),
  })),
});
