import yargs, { type Argv, type CommandModule, type Options } from 'yargs';
import { didYouMean } from '../config/didYouMean.js';
import { ConfigError, type Problem } from '../model/errors.js';
import type { RawArguments } from './arguments.js';
import type { Command, CommandOption } from './command.js';
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

const yargsOption = (option: CommandOption): Options =>
  option.value === undefined
    ? { type: 'boolean', describe: option.describe }
    : {
        type: 'string',
        requiresArg: true,
        describe: `${option.describe} (${option.value})`,
        ...(option.fallback === undefined ? {} : { defaultDescription: option.fallback }),
      };

const yargsOptions = (options: Readonly<Record<string, CommandOption>>): Record<string, Options> =>
  Object.fromEntries(Object.entries(options).map(([name, option]) => [name, yargsOption(option)]));

/**
 * Unknown options and words too many, with the option that was meant.
 *
 * Why not the parser's own strict mode: it stops at the first kind of problem and suggests no options.
 */
const strangers = (command: Command, raw: RawArguments): Problem[] => {
  const known = [...Object.keys(COMMON_OPTIONS), ...Object.keys(command.options), 'help', 'version'];
  const options = Object.keys(raw)
    .filter((key) => !known.includes(key) && !PARSER_KEYS.has(key))
    .map((key) => ({
      where: escapeControls(`${key.length === 1 ? '-' : '--'}${key.slice(0, 60)}`),
      what: `no such option of gcx ${command.name}${didYouMean(key, known).replace('did you mean ', 'did you mean --')}`,
    }));
  const rest = Array.isArray(raw['_']) ? raw['_'].slice(1) : [];
  const words = rest.map((word) => ({
    where: escapeControls(String(word).slice(0, 60)),
    what: `one word too many for gcx ${usageOf(command)}`,
  }));
  return [...options, ...words];
};

const usageOf = (command: Command): string => `${command.name} ${command.positional}`.trim();

const withCommand = (builder: Argv, command: Command): Argv => {
  builder.options(yargsOptions(command.options)).usage(`$0 ${usageOf(command)}\n\n${command.summary === false ? '' : command.summary}`);
  if (command.positional !== '') builder.positional('job', { type: 'string', describe: 'name of a file in jobs/, or path of a YAML file' });
  for (const [usage, meaning] of command.examples ?? []) builder.example(`$0 ${usage}`, meaning);
  return builder;
};

/** What the parser refuses, in our words. */
const parserProblem = (message: string, command: Command | undefined): Problem => {
  const option = /^Not enough arguments following: (\S+)/.exec(message)?.[1];
  if (option !== undefined) return { where: `--${escapeControls(option)}`, what: 'needs a value' };
  if (message.startsWith('Not enough non-option arguments')) {
    return { where: '<job>', what: `missing; gcx ${command?.name ?? 'run'} takes the name of a file in jobs/ or a path to a YAML file` };
  }
  return { where: 'arguments', what: escapeControls(message.replaceAll(/\s*\n\s*/g, ' ')) };
};

/**
 * Reads a command line. An absent command gives the help text as the remedy.
 *
 * @throws ConfigError for a command that there is not, a missing job, an option without its value; the problems of a known command's options
 * are given back instead, so that the command adds its own.
 */
export const parseCommandLine = async (
  argv: readonly string[],
  commands: readonly Command[],
  about: { readonly version: string; readonly width: number },
): Promise<ParsedCommandLine> => {
  let chosen: { readonly command: Command; readonly raw: RawArguments } | undefined;
  let text = '';
  const byName = new Map(commands.map((command) => [command.name, command]));
  const parser = yargs()
    .scriptName('gcx')
    .usage('$0 <command>\n\nExports Genesys Cloud conversations and participant attributes to Parquet and CSV.')
    .locale('en')
    .exitProcess(false)
    .parserConfiguration({
      'boolean-negation': false, 'camel-case-expansion': false, 'dot-notation': false, 'duplicate-arguments-array': false,
      'parse-numbers': false, 'parse-positional-numbers': false,
    })
    .options(yargsOptions(COMMON_OPTIONS))
    .group(Object.keys(COMMON_OPTIONS), 'Every command:')
    .alias('help', 'h')
    .version(about.version)
    .wrap(Math.min(about.width, 110))
    .epilogue('exit codes: 0 done · 2 configuration or arguments · 3 credentials refused · 4 some partitions failed, run again · 5 locked · 130 interrupted');
  for (const command of commands) {
    const module: CommandModule = {
      command: usageOf(command),
      describe: command.summary,
      builder: (builder) => withCommand(builder, command),
      handler: (raw) => {
        chosen = { command, raw };
      },
    };
    parser.command(module);
  }
  parser.fail((message: string, error: unknown) => {
    if (error instanceof Error && error.name !== 'YError') throw error;
    throw new ConfigError([parserProblem(message, argv.map((word) => byName.get(word)).find((command) => command !== undefined))], {
      remedy: 'gcx --help lists the commands, gcx <command> --help its options.',
    });
  });
  const rest = await parser.parseAsync([...argv], {}, (_error: unknown, _argv: unknown, output: string) => {
    text = output;
  });
  if (text !== '') return { kind: 'text', text, asked: true };
  if (chosen !== undefined) return { kind: 'command', ...chosen, problems: strangers(chosen.command, chosen.raw) };
  const word = rest._[0];
  if (word === undefined) return { kind: 'text', text: await parser.getHelp(), asked: false };
  const names = commands.flatMap((command) => (command.summary === false ? [] : [command.name]));
  throw new ConfigError([{ where: escapeControls(String(word).slice(0, 60)), what: `no such command${didYouMean(String(word), names)}` }], {
    remedy: `The commands are ${names.join(', ')}; gcx --help says what they do.`,
  });
};
