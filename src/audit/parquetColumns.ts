import { parquetSchema, type FileMetaData, type SchemaTree } from 'hyparquet';
import type { Column, ColumnType, Table } from '../model/table.js';
import type { ReportDefect } from './rowReader.js';

const isText = ({ element }: SchemaTree): boolean =>
  element.type === 'BYTE_ARRAY' && (element.logical_type?.type === 'STRING' || element.converted_type === 'UTF8');

const isTimestamp = ({ element }: SchemaTree): boolean => {
  const logical = element.logical_type;
  if (element.type !== 'INT64') return false;
  return logical === undefined ? element.converted_type === 'TIMESTAMP_MILLIS' : logical.type === 'TIMESTAMP' && logical.isAdjustedToUTC && logical.unit === 'MILLIS';
};

const isInteger = ({ element }: SchemaTree, bits: 32 | 64): boolean => {
  const logical = element.logical_type;
  if (element.type !== `INT${String(bits)}`) return false;
  if (logical !== undefined) return logical.type === 'INTEGER' && logical.bitWidth === bits && logical.isSigned;
  return element.converted_type === undefined || element.converted_type === `INT_${String(bits)}`;
};

/** LIST and MAP have one repeated child; the leaves hang below it. Source: parquet-format, LogicalTypes, Nested Types. */
const isNested = (node: SchemaTree, kind: 'LIST' | 'MAP', leaves: number): boolean => {
  const [repeated] = node.children;
  return (
    (node.element.converted_type === kind || node.element.logical_type?.type === kind) &&
    node.children.length === 1 &&
    repeated?.element.repetition_type === 'REPEATED' &&
    repeated.children.length === leaves &&
    repeated.children.every(isText)
  );
};

const isOfType: Readonly<Record<ColumnType, (node: SchemaTree) => boolean>> = {
  string: isText,
  timestamp: isTimestamp,
  int64: (node) => isInteger(node, 64),
  int32: (node) => isInteger(node, 32),
  boolean: ({ element }) => element.type === 'BOOLEAN',
  list: (node) => isNested(node, 'LIST', 1),
  map: (node) => isNested(node, 'MAP', 2),
};

/**
 * Compares a file's columns with the table's declaration: names, order and types; gives those that can be read.
 *
 * Invariant: a declaration only ever grows at its end, so a file may lack the last columns, when an older version wrote it.
 */
export const comparedColumns = (metadata: FileMetaData, table: Table, report: ReportDefect): readonly Column[] => {
  const nodes = parquetSchema(metadata).children;
  const found = nodes.map((node) => node.element.name);
  const declared = table.columns.slice(0, Math.max(found.length, table.key.length));
  const isPrefix = found.length <= table.columns.length && declared.every((column, i) => column.name === found[i]);
  if (!isPrefix) report('columns', `its columns are ${found.join(', ')}; ${table.name} has ${table.columns.map((column) => column.name).join(', ')}`);
  return table.columns.filter((column) => {
    const node = nodes.find((candidate) => candidate.element.name === column.name);
    if (node === undefined) return false;
    const fits = isOfType[column.type](node);
    if (!fits) report('columns', `column ${column.name} is not of type ${column.type}`);
    return fits;
  });
};
