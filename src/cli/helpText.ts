import type { Command, CommandOption } from './command.js';
import { EXIT } from '../model/errors.js';

/** Beyond this, lines are hard to read, however wide the terminal. */
const WIDEST = 100;
const INDENT = '  ';

/** What helps against a command line that cannot be read. */
export const USAGE_REMEDY = 'gcx --help lists the commands, gcx <command> --help its options.';

/** What a command takes beside its name: `backfill <job>`. */
export const usageOf = (command: Pick<Command, 'name' | 'positional'>): string => `${command.name} ${command.positional}`.trim();

/** A text in lines of at most `width` characters, broken between words. */
const wrap = (text: string, width: number): readonly string[] => {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
};

/** Two columns: names to the left, meanings wrapped to the right. */
const columns = (rows: readonly (readonly [name: string, meaning: string])[], width: number): string => {
  const nameWidth = Math.max(...rows.map(([name]) => name.length));
  const hang = ' '.repeat(INDENT.length + nameWidth + 2);
  return rows.map(([name, meaning]) => `${INDENT}${name.padEnd(nameWidth)}  ${wrap(meaning, Math.max(24, width - hang.length)).join(`\n${hang}`)}`).join('\n');
};

const optionRows = (options: Readonly<Record<string, CommandOption>>): [string, string][] =>
  Object.entries(options).map(([name, { describe, value, fallback }]) => [
    `--${name}${value === undefined ? '' : ` ${value}`}`,
    `${describe}${fallback === undefined ? '' : ` [${fallback}]`}`,
  ]);

const EXIT_CODES: readonly (readonly [string, string])[] = [
  [String(EXIT.done), 'done'],
  [String(EXIT.bug), 'a bug of gcx'],
  [String(EXIT.usage), 'configuration or arguments cannot be used; all problems are listed'],
  [String(EXIT.refused), 'credentials or a permission refused'],
  [String(EXIT.incomplete), 'some partitions failed, the rest are safe: run again'],
  [String(EXIT.locked), 'another run holds the lock'],
  [String(EXIT.interrupted), 'interrupted, state kept'],
];

const ALWAYS: readonly [string, string][] = [['--help, -h', 'show this'], ['--version', 'show the version']];

/** The text of `gcx --help`. Units: `width` in characters. */
export const helpText = (commands: readonly Command[], common: Readonly<Record<string, CommandOption>>, terminalWidth: number): string => {
  const width = Math.min(terminalWidth, WIDEST);
  return [
    'gcx <command> [options]',
    '',
    ...wrap('Exports Genesys Cloud conversations and participant attributes to Parquet and CSV.', width),
    '',
    'Commands:',
    columns(commands.flatMap((command) => (command.summary === false ? [] : [[`gcx ${usageOf(command)}`, command.summary] as const])), width),
    '',
    'Options of every command:',
    columns([...optionRows(common), ...ALWAYS], width),
    '',
    'Exit codes:',
    columns(EXIT_CODES, width),
    '',
    ...wrap('gcx <command> --help shows the options of a command. To see it work: gcx demo', width),
  ].join('\n');
};

/** The common options, as a command takes them. */
const commonOf = ({ jsonLines }: Command, common: Readonly<Record<string, CommandOption>>): Readonly<Record<string, CommandOption>> =>
  jsonLines === true ? { ...common, json: { describe: 'a JSON document for each run on stdout, each on one line (NDJSON), and nothing else there' } } : common;

/** The text of `gcx <command> --help`. Units: `width` in characters. */
export const commandHelp = (command: Command, common: Readonly<Record<string, CommandOption>>, terminalWidth: number): string => {
  const width = Math.min(terminalWidth, WIDEST);
  const section = (title: string, rows: readonly (readonly [string, string])[]): string[] => (rows.length === 0 ? [] : ['', title, columns(rows, width)]);
  return [
    `gcx ${usageOf(command)} [options]`,
    '',
    ...wrap(command.summary === false ? command.name : command.summary, width),
    ...section('Arguments:', command.positional === '' ? [] : [[command.positional, 'name of a file in jobs/, or path of a YAML file']]),
    ...section('Options:', optionRows(command.options)),
    ...section('Options of every command:', [...optionRows(commonOf(command, common)), ...ALWAYS]),
    ...section('Examples:', (command.examples ?? []).map(([usage, meaning]) => [`gcx ${usage}`, meaning])),
  ].join('\n');
};
