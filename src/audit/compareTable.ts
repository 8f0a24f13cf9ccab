import { crc32 } from 'node:zlib';
import type { ManifestFile } from '../model/manifest.js';
import type { Table } from '../model/table.js';
import { comparedRows, type ComparedRow } from './comparedRows.js';
import type { ConversationDifference, Differences, ValueDifference } from './comparison.js';
import { hashKey, KeySet, type KeyHash } from './keySet.js';
import { keyText } from './rowReader.js';
import { ROW_STATE, ROWS_AT_ONCE, RowTable } from './rowTable.js';
import type { Subject } from './subject.js';

/** A table's files of one day on one side, and whose they are. */
export interface TableSide {
  readonly subject: Subject;
  readonly files: readonly ManifestFile[];
  /** Its CSV files have a `'` before text that a spreadsheet would take for a formula, or that begins with `'`. */
  readonly marksFormulas?: boolean;
}

/** One table of one day on both sides. */
export interface TableDay {
  readonly day: string;
  readonly table: Table;
  readonly here: TableSide;
  readonly there: TableSide;
  /** Conversations to list, of each kind. */
  readonly limit: number;
  readonly showValues: boolean;
  /** Counts rows, and leaves out to which conversations they belong: tables that differ are then read once, not twice. */
  readonly rowsOnly?: boolean;
  /** Another bound than 1.5 million rows. */
  readonly rowsAtOnce?: number;
}

/** What one table of one day gave. */
export interface TableDayResult {
  readonly rows: Differences;
  readonly conversations: Differences;
  readonly listed: readonly ConversationDifference[];
}

/** Rows of a conversation that are held to say in which columns they differ. */
const ROWS_KEPT = 1000;

interface HashedRow {
  readonly row: ComparedRow;
  readonly id: string;
  readonly idHash: KeyHash;
  readonly key: KeyHash;
}

interface Listed {
  readonly id: string;
  readonly rows: { onlyHere: number; onlyThere: number; differing: number };
  readonly columns: Set<number>;
  /** This side's differing rows, by key, until the other side's come. */
  readonly waiting: Map<string, ComparedRow>;
  readonly values: ValueDifference[];
}

type Counts = { -readonly [K in keyof Differences]: number };
const noCounts = (): Counts => ({ onlyHere: 0, onlyThere: 0, differing: 0 });

const cellText = (row: ComparedRow): string => keyText(row.map((cell) => (cell === null ? '' : `=${cell}`)));

/** A share of a day's conversations: as many as fit at once. */
class Share {
  readonly rows = noCounts();
  readonly conversations = noCounts();
  readonly listed = new Map<string, Listed>();
  readonly #day: TableDay;
  readonly #share: number;
  readonly #shares: number;
  readonly #idColumn: number;
  readonly #key: readonly number[];
  readonly #table: RowTable;
  readonly #idsHere: KeySet;
  readonly #idsThere: KeySet;
  readonly #changed: KeySet;
  #repeatedHere = 0;
  #repeatedThere = 0;
  /** What rows with a repeated key hold, here less there: 0 where it is the same, whatever their order. */
  #repeatedContent = 0;

  constructor(day: TableDay, share: number, shares: number, expected: number) {
    this.#day = day;
    this.#share = share;
    this.#shares = shares;
    const names = day.table.columns.map((column) => column.name);
    this.#key = day.table.key.map((name) => names.indexOf(name));
    this.#idColumn = this.#key[0] ?? 0;
    this.#table = new RowTable(expected);
    this.#idsHere = new KeySet(0);
    this.#idsThere = new KeySet(0);
    this.#changed = new KeySet(0);
  }

  async compare(): Promise<void> {
    const { here, there } = this.#day;
    let hereRows = 0;
    for await (const { row, key, idHash } of this.#rows(here)) {
      hereRows++;
      this.#idsHere.add(idHash);
      if (!this.#table.add(key, hashKey(cellText(row)))) {
        this.#repeatedHere++;
        this.#repeatedContent = (this.#repeatedContent + crc32(cellText(row))) | 0;
      }
    }
    let same = 0;
    for await (const { row, key, idHash } of this.#rows(there)) {
      this.#idsThere.add(idHash);
      const before = this.#table.state(key);
      if (before !== undefined && before !== ROW_STATE.onlyHere) {
        this.#repeatedThere++;
        this.#repeatedContent = (this.#repeatedContent - crc32(cellText(row))) | 0;
        continue;
      }
      const state = this.#table.match(key, hashKey(cellText(row)));
      if (state === undefined) this.rows.onlyThere++;
      else if (state === ROW_STATE.same) same++;
      else this.rows.differing++;
    }
    this.rows.onlyHere = hereRows - this.#repeatedHere - same - this.rows.differing;
    // Keys are unique in what the exporter writes; were they not, a surplus of repetitions is a difference all the same.
    this.rows.onlyHere += Math.max(0, this.#repeatedHere - this.#repeatedThere);
    this.rows.onlyThere += Math.max(0, this.#repeatedThere - this.#repeatedHere);
    if (this.#repeatedHere === this.#repeatedThere && this.#repeatedContent !== 0) this.rows.differing++;
    if (this.#day.rowsOnly !== true && this.rows.onlyHere + this.rows.onlyThere + this.rows.differing > 0) await this.#explain();
  }

  /** Reads both sides once more: to which conversations do the rows belong that are not the same? */
  async #explain(): Promise<void> {
    for await (const found of this.#rows(this.#day.here)) {
      const state = this.#table.state(found.key);
      if (state === ROW_STATE.same) continue;
      const listed = this.#count(found, this.#idsThere.has(found.idHash) ? 'differing' : 'onlyHere');
      if (listed === undefined) continue;
      if (state === ROW_STATE.onlyHere) listed.rows.onlyHere++;
      else if (listed.waiting.size < ROWS_KEPT) listed.waiting.set(this.#keyOf(found.row), found.row);
    }
    for await (const found of this.#rows(this.#day.there)) {
      const state = this.#table.state(found.key);
      if (state === ROW_STATE.same) continue;
      const listed = this.#count(found, this.#idsHere.has(found.idHash) ? 'differing' : 'onlyThere');
      if (listed === undefined) continue;
      if (state === undefined) listed.rows.onlyThere++;
      else this.#pair(listed, found.row);
    }
  }

  /** Counts the conversation of a row that is not the same, once; gives its entry where it is listed. */
  #count({ id, idHash }: HashedRow, kind: keyof Differences): Listed | undefined {
    if (this.#changed.add(idHash)) {
      this.conversations[kind]++;
      if (this.conversations[kind] <= this.#day.limit) this.listed.set(id, { id, rows: noCounts(), columns: new Set(), waiting: new Map(), values: [] });
    }
    return this.listed.get(id);
  }

  #pair(listed: Listed, there: ComparedRow): void {
    listed.rows.differing++;
    const key = this.#keyOf(there);
    const here = listed.waiting.get(key);
    if (here === undefined) return;
    listed.waiting.delete(key);
    const { columns } = this.#day.table;
    columns.forEach((column, i) => {
      const [a, b] = [here[i] ?? null, there[i] ?? null];
      if (a === b) return;
      listed.columns.add(i);
      if (!this.#day.showValues) return;
      const keys = this.#key.slice(1).map((at) => [columns[at]?.name ?? '', here[at] ?? null] as const);
      listed.values.push({ key: Object.fromEntries(keys), column: column.name, here: a, there: b });
    });
  }

  #keyOf(row: ComparedRow): string {
    return keyText(this.#key.map((i) => row[i] ?? ''));
  }

  async *#rows({ subject, files, marksFormulas = false }: TableSide): AsyncGenerator<HashedRow, void, void> {
    const { table } = this.#day;
    let id: string | undefined;
    let idHash: KeyHash = new Uint32Array(4);
    for (const entry of files) {
      for await (const row of comparedRows({ subject, entry, table, marksFormulas })) {
        const rowId = row[this.#idColumn] ?? '';
        if (rowId !== id) idHash = hashKey(rowId);
        id = rowId;
        if ((idHash[0] ?? 0) % this.#shares === this.#share) yield { row, id, idHash, key: hashKey(this.#keyOf(row)) };
      }
    }
  }

  differences(): ConversationDifference[] {
    const { day, table, showValues } = this.#day;
    return [...this.listed.values()].map(({ id, rows, columns, values }) => ({
      day,
      conversationId: id,
      kind: this.#kindOf(id),
      rows,
      columns: table.columns.flatMap((column, i) => (columns.has(i) ? [column.name] : [])),
      ...(showValues ? { values } : {}),
    }));
  }

  #kindOf(id: string): ConversationDifference['kind'] {
    const hash = hashKey(id);
    if (!this.#idsThere.has(hash)) return 'only-here';
    return this.#idsHere.has(hash) ? 'differing' : 'only-there';
  }
}

const rowsOf = ({ files }: TableSide): number => files.reduce((sum, { rows }) => sum + rows, 0);

/**
 * Compares a table of a day row by row, whatever the order of the rows.
 *
 * Invariant: at most about 1.5 million rows are held at once, as hashes; a larger table is read once for every 1.5 million of its rows. Tables that differ are read twice.
 * @throws Unreadable where a file is not what its manifest says.
 */
export const compareTable = async (day: TableDay): Promise<TableDayResult> => {
  const expected = Math.max(rowsOf(day.here), rowsOf(day.there));
  const shares = Math.max(1, Math.ceil(expected / (day.rowsAtOnce ?? ROWS_AT_ONCE)));
  const rows = noCounts();
  const conversations = noCounts();
  const listed: ConversationDifference[] = [];
  for (let n = 0; n < shares; n++) {
    const share = new Share(day, n, shares, Math.ceil(rowsOf(day.here) / shares));
    await share.compare();
    for (const kind of ['onlyHere', 'onlyThere', 'differing'] as const) {
      rows[kind] += share.rows[kind];
      conversations[kind] += share.conversations[kind];
    }
    listed.push(...share.differences());
  }
  return { rows, conversations, listed };
};
