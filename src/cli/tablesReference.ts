import { TABLES } from '../extract/tables.js';
import { TABLE_NAMES, type Column, type ColumnType, type Table } from '../model/table.js';

/** How each type is written. Source: model/table.ts and CONTRACT section 6. */
const TYPES: Readonly<Record<ColumnType, { readonly parquet: string; readonly csv: string }>> = {
  string: { parquet: 'UTF8', csv: 'text' },
  timestamp: { parquet: 'TIMESTAMP(MILLIS, UTC)', csv: 'ISO-8601 `…Z`' },
  int64: { parquet: 'INT64', csv: 'integer' },
  int32: { parquet: 'INT32', csv: 'integer' },
  boolean: { parquet: 'BOOLEAN', csv: '`true` or `false`' },
  list: { parquet: 'LIST of UTF8', csv: 'JSON array' },
  map: { parquet: 'MAP of UTF8 to UTF8', csv: 'JSON object' },
};

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

const columnRow = (column: Column, table: Table): string => {
  const { parquet, csv } = TYPES[column.type];
  const key = table.key.includes(column.name) ? ' (key)' : '';
  return `| \`${column.name}\`${key} | ${parquet} | ${csv} | ${column.nullable ? 'yes' : 'no'} | ${cell(column.doc)} |`;
};

const tableSection = (table: Table): string =>
  [
    `## ${table.name}`,
    '',
    table.doc,
    ...(table.needsAttributes ? ['', 'Empty over `page-number`, whose answers hold no participant attributes.'] : []),
    '',
    '| column | Parquet | CSV | NULL | meaning |',
    '|---|---|---|---|---|',
    ...table.columns.map((column) => columnRow(column, table)),
  ].join('\n');

/** docs/tables.md: every table with its columns, their types, whether they may be NULL, and what they mean. */
export const tablesReference = (): string =>
  [
    '# Tables',
    '',
    '<!-- Made by `gcx reference` from src/extract; change it there. -->',
    '',
    'Names are snake_case. Names and values of attributes are kept byte for byte. In CSV, NULL is an empty field and the empty string is `""`.',
    '',
    TABLE_NAMES.map((name) => tableSection(TABLES[name])).join('\n\n'),
    '',
  ].join('\n');
