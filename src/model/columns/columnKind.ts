import type { Column } from '../table.js';
import type { ColumnKind } from './columnData.js';

/** How a declared column is held in memory and in the journal. */
export const columnKind = (column: Column): ColumnKind => {
  switch (column.type) {
    case 'string':
      return column.repeats === undefined ? 'text' : 'dictionary';
    case 'timestamp':
    case 'int64':
      return 'int64';
    default:
      return column.type;
  }
};
