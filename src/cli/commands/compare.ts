import { join, resolve } from 'node:path';
import type { ComparedJob } from '../../audit/compareJobs.js';
import { didYouMean } from '../../config/didYouMean.js';
import { ConfigError, EXIT } from '../../model/errors.js';
import type { Job } from '../../model/job.js';
import type { Settings } from '../../model/settings.js';
import { TABLE_NAMES, type TableName } from '../../model/table.js';
import type { Arguments } from '../arguments.js';
import type { Command } from '../command.js';
import { shownWord } from '../printable.js';
import { together } from '../together.js';

/** Conversations listed for each table and kind of difference, where no limit is given. */
const LISTED = 20;

const isTable = (name: string): name is TableName => TABLE_NAMES.some((table) => table === name);

const tablesIn = (args: Arguments): readonly TableName[] | undefined => {
  const names = args.text('tables')?.split(',').map((name) => name.trim());
  for (const name of names ?? []) {
    if (!isTable(name)) args.refuse({ where: '--tables', what: `there is no table «${shownWord(name)}»${didYouMean(name, TABLE_NAMES)}; the tables are ${TABLE_NAMES.join(', ')}` });
  }
  return names?.filter(isTable);
};

/** The zone that a job's name for it stands for: `etc/utc` is `UTC`. */
const zoneOf = ({ timezone }: Job): string => new Intl.DateTimeFormat('en', { timeZone: timezone }).resolvedOptions().timeZone;

const refuseUnlike = (here: Job, there: Job, tables: readonly TableName[] | undefined): void => {
  const problems = [];
  if (zoneOf(here) !== zoneOf(there)) {
    problems.push({ where: '--with', what: `the days of ${there.name} are those of ${there.timezone}, the days of ${here.name} those of ${here.timezone}: they hold other conversations` });
  }
  for (const job of [here, there]) {
    const lacking = (tables ?? []).filter((table) => !job.tables.includes(table));
    if (lacking.length > 0) problems.push({ where: '--tables', what: `${job.name} does not export ${lacking.join(', ')}` });
  }
  if (!here.tables.some((table) => there.tables.includes(table))) problems.push({ where: '--with', what: `${here.name} and ${there.name} have no table in common` });
  if (problems.length > 0) throw new ConfigError(problems);
};

/**
 * `gcx compare <job> --with <job>`: the same days of two exports, row by row. Exit code 4 where they differ.
 *
 * Shape of the JSON: `{command, job, with, from, to, exitCode, equal, days, uneven: [{day, hoursHere, hoursThere}], skipped: [{table, only}], ignoresFormulaMarks,
 * tables: [{table, rowsHere, rowsThere, rows: {onlyHere, onlyThere, differing}, conversations: {the same}, listed: [{day, conversationId, kind, rows, columns, values with --show-values}]}]}`.
 */
export const compare: Command = {
  name: 'compare',
  positional: '<job>',
  summary: 'compare the same days of two jobs, or of two outputs of one: differences by conversation',
  options: {
    with: { describe: 'the job to compare with', value: 'JOB', fallback: 'the same job, where --with-output is given' },
    'with-output': { describe: 'output folder of the other job', value: 'DIR', fallback: 'the same' },
    from: { describe: 'first day, as in dt=', value: 'DATE' },
    to: { describe: 'day after the last', value: 'DATE' },
    tables: { describe: 'tables to compare, separated by commas', value: 'LIST', fallback: 'all that both export' },
    limit: { describe: 'conversations to list for each table and kind of difference, 0 to 10000', value: 'N', fallback: String(LISTED) },
    'show-values': { describe: 'print the values that differ: they may be personal data' },
  },
  examples: [['compare nightly --with nightly-async --from 2026-01-01 --to 2026-01-08', 'a week over two sources']],
  async handle(context) {
    const { args, parts, screen, world, options } = context;
    const { jobArgument } = await import('../jobArgument.js');
    const { readDays } = await import('../arguments.js');
    const { from, to } = readDays(args, true);
    const name = jobArgument(args);
    const withOutput = args.text('with-output');
    const otherName = args.text('with') ?? (withOutput === undefined ? undefined : name);
    if (otherName === undefined) args.refuse({ where: '--with', what: 'missing; name the job to compare with' });
    const tables = tablesIn(args);
    const limit = args.whole('limit', { min: 0, max: 10_000 }) ?? LISTED;
    args.check();
    if (from === undefined || to === undefined || otherName === undefined) return EXIT.usage;

    const other = { ...context, options: { ...options, output: withOutput === undefined ? options.output : resolve(world.cwd, withOutput) } };
    const [mine, theirs] = await together([parts.loadJob({ ...context, offline: true }, name), parts.loadJob({ ...other, offline: true }, otherName)]);
    refuseUnlike(mine.job, theirs.job, tables);
    const { createNodeFiles } = await import('../../sink/nodeFiles.js');
    const { TABLES } = await import('../../extract/tables.js');
    const { compareJobs } = await import('../../audit/compareJobs.js');
    const { compareText } = await import('../compareText.js');
    const sideOf = ({ settings, job }: { readonly settings: Settings; readonly job: Job }): ComparedJob => ({
      files: createNodeFiles(settings.output),
      job: job.name,
      jobFolder: join(settings.output.root, job.name),
      tables: TABLES,
      tableNames: job.tables,
      escapesFormulas: job.csv.escapeFormulas,
      signal: world.signal,
    });
    const [here, there] = [sideOf(mine), sideOf(theirs)];
    if (here.jobFolder === there.jobFolder) {
      throw new ConfigError([{ where: '--with', what: 'it is the same export: name another job, or another folder with --with-output' }]);
    }
    const showValues = args.flag('show-values');
    const comparison = await compareJobs({ here, there, from, to, limit, showValues, ...(tables === undefined ? {} : { tables }) });
    const exitCode = comparison.equal ? EXIT.done : EXIT.incomplete;
    const names = here.job === there.job ? { here: here.jobFolder, there: there.jobFolder } : { here: here.job, there: there.job };
    screen.print(context.asTyped(compareText({ ...names, from, to }, comparison, screen.style)));
    screen.document({ command: 'compare', job: here.job, with: there.job, from, to, exitCode, ...comparison });
    return exitCode;
  },
};
