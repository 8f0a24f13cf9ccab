import { didYouMean } from '../config/didYouMean.js';
import { ConfigError, type Problem } from '../model/errors.js';
import type { RawArguments } from './arguments.js';
import type { Command, CommandOption } from './command.js';
import { commandHelp, helpText, usageOf, USAGE_REMEDY } from './helpText.js';
import { JOB_MISSING } from './jobArgument.js';
import { shownWord } from './printable.js';
import type { SplitCommandLine } from './splitCommandLine.js';

/** Help or the version. */
export interface ShownText {
  readonly kind: 'text';
  readonly text: string;
  /** False where a command was expected and none was given. */
  readonly asked: boolean;
}

/** What a command line asks for: text to show (help, version), or a command with its arguments. */
export type ParsedCommandLine =
  | ShownText
  | { readonly kind: 'command'; readonly command: Command; readonly raw: RawArguments; readonly problems: readonly Problem[] };

/** The options of every command. */
export const COMMON_OPTIONS: Readonly<Record<string, CommandOption>> = {
  config: { describe: 'configuration file; jobs/ is beside it', value: 'FILE', fallback: 'config.yaml' },
  output: { describe: 'output folder, instead of output.root', value: 'DIR' },
  'log-level': { describe: 'debug, info, warn, error or silent', value: 'LEVEL', fallback: 'info; warn on a terminal' },
  json: { describe: 'one JSON document on stdout, and nothing else there' },
};

/** Keys that the parser sets by itself. */
const PARSER_KEYS = new Set(['_', '$0', 'help', 'h', 'version', 'job']);

const strangeOptions = (raw: RawArguments, known: readonly string[], whose: string): Problem[] =>
  Object.keys(raw)
    .filter((key) => !known.includes(key) && !PARSER_KEYS.has(key))
    .map((key) => ({ where: shownWord(`${key.length === 1 ? '-' : '--'}${key}`), what: `no such option of ${whose}${didYouMean(key, known).replace('did you mean ', 'did you mean --')}` }));

/** Options without the value they need, and switches with one. */
const wrongValues = (argv: readonly string[], raw: RawArguments, options: Readonly<Record<string, CommandOption>>): Problem[] =>
  Object.entries(options).flatMap(([name, { value }]) => {
    if (value !== undefined) return raw[name] === '' ? [{ where: `--${name}`, what: 'needs a value' }] : [];
    return argv.some((word) => word.startsWith(`--${name}=`)) ? [{ where: `--${name}`, what: 'is a switch and takes no value' }] : [];
  });

/**
 * What is wrong with the words of a command line as such: unknown options, values that lack or are too many, a missing job, words too many.
 *
 * Why not the parser's own strict mode: it stops at the first kind of problem and suggests no options.
 */
const wrongWords = (argv: readonly string[], command: Command, raw: RawArguments): Problem[] => {
  const options = { ...COMMON_OPTIONS, ...command.options };
  const rest = Array.isArray(raw['_']) ? raw['_'].slice(1) : [];
  const noJob = command.positional === '<job>' && (raw['job'] === undefined || raw['job'] === '');
  return [
    ...strangeOptions(raw, [...Object.keys(options), 'help', 'version'], command.name),
    ...wrongValues(argv, raw, options),
    ...(noJob ? [{ where: '<job>', what: JOB_MISSING }] : []),
    ...rest.map((word) => ({ where: shownWord(String(word)), what: `one word too many for ${usageOf(command)}` })),
  ];
};

const TEXT_SWITCHES: ReadonlySet<string> = new Set(['--help', '-h', '--version']);

/** A command line of nothing but help and version, with or without a command; undefined for any other. */
const askedForText = (words: readonly string[], commands: readonly Command[]): SplitCommandLine | undefined => {
  const [name, ...more] = words.filter((word) => !TEXT_SWITCHES.has(word));
  const command = commands.find((one) => one.name === name);
  const isText = more.length === 0 && (name === undefined || (command !== undefined && words.length > 1));
  return isText ? { command, raw: { help: words.includes('--help') || words.includes('-h'), version: words.includes('--version') } } : undefined;
};

/**
 * Reads a command line.
 *
 * @throws ConfigError for a command that there is not, and for an option without its value; the problems of a known command's words
 * are given back instead, so that the command adds its own.
 */
export const parseCommandLine = async (
  argv: readonly string[],
  commands: readonly Command[],
  about: { readonly version: string; readonly width: number },
): Promise<ParsedCommandLine> => {
  const words = argv[0] === 'help' ? [...argv.slice(1), '--help'] : argv;
  // The parser is loaded where there is something to parse: it takes longer than all of the help.
  const { command, raw } = askedForText(words, commands) ?? (await (await import('./splitCommandLine.js')).splitCommandLine(words, commands, COMMON_OPTIONS));
  if (raw['version'] === true) return { kind: 'text', text: about.version, asked: true };
  if (command !== undefined) {
    if (raw['help'] === true) return { kind: 'text', text: commandHelp(command, COMMON_OPTIONS, about.width), asked: true };
    return { kind: 'command', command, raw, problems: wrongWords(argv, command, raw) };
  }
  const [word] = Array.isArray(raw['_']) ? raw['_'].map(String) : [];
  if (word !== undefined) {
    const names = commands.flatMap(({ name, summary }) => (summary === false ? [] : [name]));
    throw new ConfigError([{ where: shownWord(word), what: `no such command${didYouMean(word, names)}` }], {
      remedy: `The commands are ${names.join(', ')}; gcx --help says what they do.`,
    });
  }
  const problems = strangeOptions(raw, Object.keys(COMMON_OPTIONS), 'gcx');
  if (problems.length > 0) throw new ConfigError(problems, { remedy: USAGE_REMEDY });
  return { kind: 'text', text: helpText(commands, COMMON_OPTIONS, about.width), asked: raw['help'] === true };
};
