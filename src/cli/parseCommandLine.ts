import yargs, { type CommandModule, type Options } from 'yargs';
import { didYouMean } from '../config/didYouMean.js';
import { ConfigError, type Problem } from '../model/errors.js';
import type { RawArguments } from './arguments.js';
import type { Command, CommandOption } from './command.js';
import { commandHelp, helpText, usageOf } from './helpText.js';
import { escapeControls } from './printable.js';

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

const yargsOptions = (options: Readonly<Record<string, CommandOption>>): Record<string, Options> =>
  Object.fromEntries(Object.entries(options).map(([name, { value }]) => [name, value === undefined ? { type: 'boolean' } : { type: 'string', requiresArg: true }]));

const shown = (text: string): string => escapeControls(text.slice(0, 60));

const strangeOptions = (raw: RawArguments, known: readonly string[], whose: string): Problem[] =>
  Object.keys(raw)
    .filter((key) => !known.includes(key) && !PARSER_KEYS.has(key))
    .map((key) => ({ where: shown(`${key.length === 1 ? '-' : '--'}${key}`), what: `no such option of gcx${whose}${didYouMean(key, known).replace('did you mean ', 'did you mean --')}` }));

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
    ...strangeOptions(raw, [...Object.keys(options), 'help', 'version'], ` ${command.name}`),
    ...wrongValues(argv, raw, options),
    ...(noJob ? [{ where: '<job>', what: `missing; gcx ${command.name} takes the name of a file in jobs/ or a path to a YAML file` }] : []),
    ...rest.map((word) => ({ where: shown(String(word)), what: `one word too many for gcx ${usageOf(command)}` })),
  ];
};

/** What the parser refuses, in our words. */
const parserProblem = (message: string): Problem => {
  const option = /^Not enough arguments following: (\S+)/.exec(message)?.[1];
  if (option !== undefined) return { where: `--${shown(option)}`, what: 'needs a value' };
  return { where: 'arguments', what: escapeControls(message.replaceAll(/\s*\n\s*/g, ' ')) };
};

const REMEDY = 'gcx --help lists the commands, gcx <command> --help its options.';

/** Refuses `--constructor` and its like by itself. Why: the parser looks options up in plain objects, finds a method of every object, and fails. */
const refuseObjectMembers = (argv: readonly string[]): void => {
  const problems = argv
    .map((word) => /^--?([^=]+)/.exec(word)?.[1])
    .filter((name) => name !== undefined && name in Object.prototype)
    .map((name) => ({ where: shown(`--${String(name)}`), what: 'no such option of gcx' }));
  if (problems.length > 0) throw new ConfigError(problems, { remedy: REMEDY });
};

/** Splits a command line into a command and its options. @throws ConfigError for an option without its value */
const parse = async (argv: readonly string[], commands: readonly Command[]): Promise<{ readonly command: Command | undefined; readonly raw: RawArguments }> => {
  refuseObjectMembers(argv);
  let chosen: { readonly command: Command; readonly raw: RawArguments } | undefined;
  const parser = yargs()
    .locale('en')
    .exitProcess(false)
    .help(false)
    .version(false)
    .parserConfiguration({
      'boolean-negation': false, 'camel-case-expansion': false, 'dot-notation': false, 'duplicate-arguments-array': false,
      'parse-numbers': false, 'parse-positional-numbers': false,
    })
    .options({ ...yargsOptions(COMMON_OPTIONS), help: { type: 'boolean', alias: 'h' }, version: { type: 'boolean' } });
  for (const command of commands) {
    const module: CommandModule = {
      // Whether a job is missing is told with everything else that is wrong.
      command: usageOf(command).replace('<job>', '[job]'),
      describe: false,
      builder: (builder) => {
        builder.options(yargsOptions(command.options));
        return command.positional === '' ? builder : builder.positional('job', { type: 'string' });
      },
      handler: (raw) => {
        chosen = { command, raw };
      },
    };
    parser.command(module);
  }
  parser.fail((message: string, error: unknown) => {
    if (error instanceof Error && error.name !== 'YError') throw error;
    throw new ConfigError([parserProblem(message)], { remedy: REMEDY });
  });
  const rest = await parser.parseAsync([...argv]);
  return chosen ?? { command: undefined, raw: rest };
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
  const { command, raw } = await parse(argv[0] === 'help' ? [...argv.slice(1), '--help'] : argv, commands);
  if (raw['version'] === true) return { kind: 'text', text: about.version, asked: true };
  if (command !== undefined) {
    if (raw['help'] === true) return { kind: 'text', text: commandHelp(command, COMMON_OPTIONS, about.width), asked: true };
    return { kind: 'command', command, raw, problems: wrongWords(argv, command, raw) };
  }
  const [word] = Array.isArray(raw['_']) ? raw['_'].map(String) : [];
  if (word !== undefined) {
    const names = commands.flatMap(({ name, summary }) => (summary === false ? [] : [name]));
    throw new ConfigError([{ where: shown(word), what: `no such command${didYouMean(word, names)}` }], {
      remedy: `The commands are ${names.join(', ')}; gcx --help says what they do.`,
    });
  }
  const problems = strangeOptions(raw, Object.keys(COMMON_OPTIONS), '');
  if (problems.length > 0) throw new ConfigError(problems, { remedy: REMEDY });
  return { kind: 'text', text: helpText(commands, COMMON_OPTIONS, about.width), asked: raw['help'] === true };
};
