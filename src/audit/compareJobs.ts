import { errnoCode } from '../model/errnoCode.js';
import { ConfigError, InterruptedError, StateError } from '../model/errors.js';
import { parseInstant } from '../model/instant.js';
import { FORMATS } from '../model/job.js';
import type { Manifest, ManifestFile } from '../model/manifest.js';
import { TABLE_NAMES, type TableName } from '../model/table.js';
import { compareTable, type TableSide } from './compareTable.js';
import type { Comparison, ConversationDifference, Differences, TableComparison, UnevenDay } from './comparison.js';
import { Findings } from './findings.js';
import { listPartitions, readChain } from './manifestChain.js';
import type { Subject } from './subject.js';
import { Unreadable } from './unreadable.js';

/** A job's export, as one side of a comparison. */
export interface ComparedJob extends Subject {
  /** The job's tables. */
  readonly tableNames: readonly TableName[];
  /** Its CSV files have a `'` before text that a spreadsheet would take for a formula, or that begins with `'`. */
  readonly escapesFormulas: boolean;
}

/** What to compare. */
export interface CompareOptions {
  readonly here: ComparedJob;
  readonly there: ComparedJob;
  /** First day, `YYYY-MM-DD` as in `dt=`. */
  readonly from: string;
  /** Day after the last. */
  readonly to: string;
  /** Absent: all that both jobs have. */
  readonly tables?: readonly TableName[];
  /** Conversations to list for each table, of each kind. */
  readonly limit: number;
  readonly showValues: boolean;
}

const HOUR_MS = 3_600_000;

const dayOf = (partition: string): string => partition.slice(0, 'dt=YYYY-MM-DD'.length);

/** The current manifests of a job's days, each day's in order. @throws StateError where one cannot be read */
const manifestsByDay = async (job: ComparedJob, from: string, to: string): Promise<ReadonlyMap<string, readonly Manifest[]>> => {
  const days = new Map<string, Manifest[]>();
  for (const partition of await listPartitions(job)) {
    const day = dayOf(partition);
    if (day < `dt=${from}` || day >= `dt=${to}`) continue;
    const findings = new Findings();
    const { current } = await readChain(job, partition, findings);
    if (current === undefined) {
      throw new StateError(`${job.job} ${partition}: ${findings.all[0]?.what ?? 'its manifest cannot be read'}`, { remedy: `Run gcx verify ${job.job}: it says what is damaged and what to do.` });
    }
    days.set(day, [...(days.get(day) ?? []), current]);
  }
  return days;
};

const hoursOf = (manifests: readonly Manifest[]): number =>
  manifests.reduce((sum, { window }) => sum + ((parseInstant(window.to) ?? Number.NaN) - (parseInstant(window.from) ?? Number.NaN)) / HOUR_MS, 0);

/** A table's files of some manifests: of formats that hold the same rows, the one that needs no reading of text. */
const filesOf = (manifests: readonly Manifest[], table: TableName): readonly ManifestFile[] =>
  manifests.flatMap(({ files }) => {
    const own = files.filter((file) => file.table === table);
    const format = FORMATS.find((candidate) => own.some((file) => file.format === candidate));
    return own.filter((file) => file.format === format);
  });

type Counts = { -readonly [K in keyof Differences]: number };
const noCounts = (): Counts => ({ onlyHere: 0, onlyThere: 0, differing: 0 });
const addTo = (sum: Counts, more: Differences): void => {
  for (const kind of ['onlyHere', 'onlyThere', 'differing'] as const) sum[kind] += more[kind];
};

/** A table's comparison as it grows day by day. */
class TableTotals {
  readonly #table: TableName;
  readonly #limit: number;
  readonly #listed: ConversationDifference[] = [];
  readonly #kinds = new Map<string, number>();
  readonly rows = noCounts();
  readonly conversations = noCounts();
  rowsHere = 0;
  rowsThere = 0;

  constructor(table: TableName, limit: number) {
    this.#table = table;
    this.#limit = limit;
  }

  list(differences: readonly ConversationDifference[]): void {
    for (const difference of differences) {
      const known = this.#kinds.get(difference.kind) ?? 0;
      this.#kinds.set(difference.kind, known + 1);
      if (known < this.#limit) this.#listed.push(difference);
    }
  }

  get all(): TableComparison {
    return { table: this.#table, rowsHere: this.rowsHere, rowsThere: this.rowsThere, rows: this.rows, conversations: this.conversations, listed: this.#listed };
  }

  get isEqual(): boolean {
    return this.rows.onlyHere + this.rows.onlyThere + this.rows.differing === 0;
  }
}

const side = (subject: ComparedJob, manifests: readonly Manifest[], table: TableName): TableSide => ({ subject, files: filesOf(manifests, table), marksFormulas: subject.escapesFormulas });
const rowsIn = ({ files }: TableSide): number => files.reduce((sum, { rows }) => sum + rows, 0);

const tablesOf = ({ here, there, tables }: CompareOptions): { readonly both: readonly TableName[]; readonly skipped: Comparison['skipped'] } => {
  const asked = TABLE_NAMES.filter((table) => tables?.includes(table) ?? true);
  const isIn = (job: ComparedJob, table: TableName): boolean => job.tableNames.includes(table);
  const skipped = asked.flatMap((table) => (isIn(here, table) === isIn(there, table) ? [] : [{ table, only: isIn(here, table) ? ('here' as const) : ('there' as const) }]));
  return { both: asked.filter((table) => isIn(here, table) && isIn(there, table)), skipped };
};

const compare = async (options: CompareOptions): Promise<Comparison> => {
  const { here, there, from, to, limit, showValues } = options;
  const daysHere = await manifestsByDay(here, from, to);
  const daysThere = await manifestsByDay(there, from, to);
  const days = [...new Set([...daysHere.keys(), ...daysThere.keys()])].sort();
  const { both, skipped } = tablesOf(options);
  const ignoresFormulaMarks = [[here, daysHere] as const, [there, daysThere] as const].some(
    ([job, manifests]) => job.escapesFormulas && both.some((table) => [...manifests.values()].some((list) => filesOf(list, table).some((file) => file.format === 'csv'))),
  );
  const totals = new Map(both.map((table) => [table, new TableTotals(table, limit)]));
  const uneven: UnevenDay[] = [];
  let compared = 0;
  for (const day of days) {
    const [ofHere, ofThere] = [daysHere.get(day) ?? [], daysThere.get(day) ?? []];
    const [hoursHere, hoursThere] = [hoursOf(ofHere), hoursOf(ofThere)];
    if (hoursHere !== hoursThere) uneven.push({ day, hoursHere, hoursThere });
    if (hoursHere === 0 || hoursThere === 0) continue;
    compared++;
    for (const [name, total] of totals) {
      const sides = { here: side(here, ofHere, name), there: side(there, ofThere, name) };
      total.rowsHere += rowsIn(sides.here);
      total.rowsThere += rowsIn(sides.there);
      const found = await compareTable({ day, table: here.tables[name], ...sides, limit, showValues });
      addTo(total.rows, found.rows);
      addTo(total.conversations, found.conversations);
      total.list(found.listed);
    }
  }
  const all = [...totals.values()];
  return { equal: uneven.length === 0 && all.every((total) => total.isEqual), days: compared, uneven, skipped, ignoresFormulaMarks, tables: all.map((total) => total.all) };
};

/** What the file system or the formats refuse, in words that name what to do. */
const explained = (error: unknown, { here, there }: CompareOptions): unknown => {
  const code = errnoCode(error);
  if (!(error instanceof Unreadable) && (code === undefined || /^ERR_/.test(code))) return error;
  const what = error instanceof Unreadable ? error.message : `a data file cannot be read (${String(code)})`;
  return new StateError(`comparing ${here.job} with ${there.job}: ${what}`, { remedy: `Run gcx verify ${here.job} and gcx verify ${there.job}: they name what is damaged.`, cause: error });
};

/**
 * Compares what two jobs have committed for the same days, row by row: by conversation and table, whatever formats, engines, sources or partition lengths they have.
 *
 * Reads only, through manifests: what a run publishes meanwhile is not mixed in. Memory is bounded by a row group, 64 MiB of hashes and the listed conversations.
 * @throws ConfigError where neither has anything of these days · StateError where a manifest or file cannot be read · InterruptedError
 */
export const compareJobs = async (options: CompareOptions): Promise<Comparison> => {
  const { here, there, from, to } = options;
  try {
    const comparison = await compare(options);
    if (comparison.days === 0 && comparison.uneven.length === 0) {
      throw new ConfigError([{ where: '--from', what: `neither ${here.job} nor ${there.job} has exported a day from ${from} to ${to}` }], { remedy: `gcx status ${here.job} and gcx status ${there.job} list what there is.` });
    }
    return comparison;
  } catch (error) {
    if (here.signal?.aborted === true && error === here.signal.reason) throw new InterruptedError(`comparing ${here.job} with ${there.job} was interrupted`);
    throw explained(error, options);
  }
};
