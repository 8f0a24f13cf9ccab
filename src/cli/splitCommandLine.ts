import yargs, { type CommandModule, type Options } from 'yargs';
import { ConfigError, type Problem } from '../model/errors.js';
import type { RawArguments } from './arguments.js';
import type { Command, CommandOption } from './command.js';
import { usageOf, USAGE_REMEDY } from './helpText.js';
import { escapeControls, shownWord } from './printable.js';

/** A command line in its parts; no command where none of ours is named. */
export interface SplitCommandLine {
  readonly command: Command | undefined;
  readonly raw: RawArguments;
}

const yargsOptions = (options: Readonly<Record<string, CommandOption>>): Record<string, Options> =>
  Object.fromEntries(Object.entries(options).map(([name, { value }]) => [name, value === undefined ? { type: 'boolean' } : { type: 'string', requiresArg: true }]));

/** What the parser refuses, in our words. */
const parserProblem = (message: string): Problem => {
  const option = /^Not enough arguments following: (\S+)/.exec(message)?.[1];
  if (option !== undefined) return { where: `--${shownWord(option)}`, what: 'needs a value' };
  return { where: 'arguments', what: escapeControls(message.replaceAll(/\s*\n\s*/g, ' ')) };
};

/** Refuses `--constructor` and its like by itself. Why: the parser looks options up in plain objects, finds a method of every object, and fails. */
const refuseObjectMembers = (argv: readonly string[]): void => {
  const problems = argv
    .map((word) => /^--?([^=]+)/.exec(word)?.[1])
    .filter((name) => name !== undefined && name in Object.prototype)
    .map((name) => ({ where: shownWord(`--${String(name)}`), what: 'no such option of gcx' }));
  if (problems.length > 0) throw new ConfigError(problems, { remedy: USAGE_REMEDY });
};

/**
 * Of an option that was given several times the last one counts; words that a command takes several of are all kept.
 *
 * Why not by the parser's `duplicate-arguments-array`: it reads positionals as options, and would keep the last word of several, too.
 */
const lastGiven = ({ positional }: Command, raw: RawArguments): RawArguments => {
  const isList = (name: string): boolean => name === '_' || (name === 'job' && positional === '[job..]');
  return Object.fromEntries(Object.entries(raw).map(([name, value]) => [name, Array.isArray(value) && !isList(name) ? (value.at(-1) as unknown) : value]));
};

/** Splits a command line into a command and its options. @throws ConfigError for an option without its value */
export const splitCommandLine = async (argv: readonly string[], commands: readonly Command[], common: Readonly<Record<string, CommandOption>>): Promise<SplitCommandLine> => {
  refuseObjectMembers(argv);
  let chosen: { readonly command: Command; readonly raw: RawArguments } | undefined;
  const parser = yargs()
    .locale('en')
    .exitProcess(false)
    .help(false)
    .version(false)
    .parserConfiguration({
      'boolean-negation': false, 'camel-case-expansion': false, 'dot-notation': false,
      'parse-numbers': false, 'parse-positional-numbers': false,
    })
    .options({ ...yargsOptions(common), help: { type: 'boolean', alias: 'h' }, version: { type: 'boolean' } });
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
        chosen = { command, raw: lastGiven(command, raw) };
      },
    };
    parser.command(module);
  }
  parser.fail((message: string, error: unknown) => {
    if (error instanceof Error && error.name !== 'YError') throw error;
    throw new ConfigError([parserProblem(message)], { remedy: USAGE_REMEDY });
  });
  const rest = await parser.parseAsync([...argv]);
  return chosen ?? { command: undefined, raw: rest };
};
