import type { Comparison, ConversationDifference, Differences, TableComparison } from '../audit/comparison.js';
import { countText, plural } from './figures.js';
import { escapeControls } from './printable.js';
import type { Style } from './screen.js';
import { renderTable, type TableColumn } from './table.js';

/** The two sides and the days, as the reader named them. */
export interface ComparedNames {
  readonly here: string;
  readonly there: string;
  readonly from: string;
  readonly to: string;
}

const COLUMNS: readonly TableColumn[] = [
  { title: 'table', whole: true },
  { title: 'rows here', align: 'right' },
  { title: 'there', align: 'right' },
  { title: 'only here', align: 'right' },
  { title: 'only there', align: 'right' },
  { title: 'differing', align: 'right' },
  { title: 'conversations', align: 'right' },
];

const sumOf = ({ onlyHere, onlyThere, differing }: Differences): number => onlyHere + onlyThere + differing;

const cells = ({ table, rowsHere, rowsThere, rows, conversations }: TableComparison): readonly string[] => [
  table,
  countText(rowsHere),
  countText(rowsThere),
  countText(rows.onlyHere),
  countText(rows.onlyThere),
  countText(rows.differing),
  countText(sumOf(conversations)),
];

/** A value in quotes on one line; NULL without. */
const valueText = (value: string | null): string => (value === null ? 'NULL' : escapeControls(JSON.stringify(value)));

const KIND = { 'only-here': 'only here', 'only-there': 'only there', differing: 'differs' } as const;

const rowText = ({ onlyHere, onlyThere, differing }: Differences): string =>
  [
    [onlyHere, 'only here'] as const,
    [onlyThere, 'only there'] as const,
    [differing, 'differing'] as const,
  ]
    .filter(([rows]) => rows > 0)
    .map(([rows, what]) => `${plural(rows, 'row')} ${what}`)
    .join(', ');

const differenceLines = (difference: ConversationDifference): readonly string[] => {
  const columns = difference.columns.length === 0 ? '' : ` (${difference.columns.join(', ')})`;
  return [
    `  ${difference.day}  ${escapeControls(difference.conversationId)}  ${KIND[difference.kind]}: ${difference.kind === 'differing' ? rowText(difference.rows) : plural(sumOf(difference.rows), 'row')}${columns}`,
    ...(difference.values ?? []).map(({ key, column, here, there }) => {
      const at = Object.entries(key).map(([name, value]) => `${name}=${valueText(value)}`).join(' ');
      return `      ${at === '' ? '' : `${at} `}${column}: ${valueText(here)} here, ${valueText(there)} there`;
    }),
  ];
};

const listLines = (comparison: TableComparison): readonly string[] => {
  const all = sumOf(comparison.conversations);
  if (all === 0) return [];
  const rest = all - comparison.listed.length;
  return ['', `${comparison.table}:`, ...comparison.listed.flatMap(differenceLines), ...(rest === 0 ? [] : [`  … and ${plural(rest, 'more conversation')}: --limit lists more`])];
};

const hours = (n: number): string => (n === 0 ? 'nothing' : `${String(Math.round(n * 100) / 100)} h`);

/** What a comparison found, for people: a line a table, then the conversations, then the verdict. */
export const compareText = (names: ComparedNames, comparison: Comparison, style: Style): string => {
  const { tables, uneven, skipped, days } = comparison;
  const rows = tables.reduce((sum, table) => sum + sumOf(table.rows), 0);
  const what = [...(rows === 0 ? [] : [plural(rows, 'row')]), ...(uneven.length === 0 ? [] : [plural(uneven.length, 'day')])].join(' and ');
  const verdict = comparison.equal ? `equal (${plural(days, 'day')}, ${plural(tables.reduce((sum, table) => sum + table.rowsHere, 0), 'row')})` : `${what} ${rows + uneven.length === 1 ? 'differs' : 'differ'} (${plural(days, 'day')} compared)`;
  return [
    `here: ${names.here}, there: ${names.there}, ${names.from} up to but not including ${names.to}`,
    '',
    renderTable(COLUMNS, tables.map(cells), style),
    ...tables.flatMap(listLines),
    ...(uneven.length === 0 ? [] : ['', ...uneven.map(({ day, hoursHere, hoursThere }) => `${day}: ${hours(hoursHere)} is exported here, ${hours(hoursThere)} there`)]),
    ...(skipped.length === 0 ? [] : ['', ...skipped.map(({ table, only }) => `note: ${table} is exported ${only} only and was not compared`)]),
    ...(comparison.ignoresFormulaMarks ? ['', "note: the ' that csv.escapeFormulas puts before text was not counted, as one side writes it"] : []),
    '',
    verdict,
  ].join('\n');
};
