import type { Row, Table } from '../table.js';
import type { ColumnBatch } from './columnData.js';
import { columnBuilder, type ColumnBuilder } from './columnBuilder.js';

/** Gathers rows of one table into columns; its memory is used again after `clear`. */
export class BatchBuilder {
  readonly #columns: readonly ColumnBuilder[];
  /** By themselves: columns are of seven shapes, and looking a method up in more than four is slow. */
  readonly #appends: readonly ColumnBuilder['append'][];
  #rows = 0;

  constructor(table: Pick<Table, 'columns'>) {
    this.#columns = table.columns.map(columnBuilder);
    this.#appends = this.#columns.map(({ append }) => append);
  }

  append(row: Row): void {
    const appends = this.#appends;
    for (let i = 0; i < appends.length; i++) appends[i]!(row[i]!);
    this.#rows++;
  }

  get rowCount(): number {
    return this.#rows;
  }

  /** Values in which lone surrogates became U+FFFD. */
  get replaced(): number {
    return this.#columns.reduce((sum, column) => sum + column.replaced, 0);
  }

  /** The rows so far: views, which hold until `clear`. */
  finish(): ColumnBatch {
    return { rowCount: this.#rows, columns: this.#columns.map((column) => column.finish()) };
  }

  /** Begins anew. */
  clear(): void {
    for (const column of this.#columns) column.clear();
    this.#rows = 0;
  }
}
