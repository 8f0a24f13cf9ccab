import { resolve } from 'node:path';
import { EXIT, type ExitCode } from '../model/errors.js';
import { readArguments, type RawArguments } from './arguments.js';
import { asTyped } from './asTyped.js';
import type { CommandContext } from './command.js';
import { COMMANDS } from './commands/commands.js';
import { explain } from './exit.js';
import { LOG_LEVELS } from './logLevel.js';
import { parseCommandLine, type ShownText } from './parseCommandLine.js';
import type { Parts } from './parts.js';
import { realParts } from './realParts.js';
import { createScreen, styleOf } from './screen.js';
import { createStderrLines } from './stderrLines.js';
import type { World } from './world.js';
import { wrapProse } from './wrapProse.js';

/** What was typed, kept for the words of an error: it may come before everything was read. */
interface Typed {
  raw: RawArguments;
  jsonLines: boolean;
}

const contextOf = async (argv: readonly string[], world: World, parts: Parts, typed: Typed): Promise<(() => Promise<ExitCode>) | ShownText> => {
  const parsed = await parseCommandLine(argv, COMMANDS, { version: world.version, width: world.stdout.columns ?? 100 });
  if (parsed.kind === 'text') return parsed;
  typed.raw = parsed.raw;
  typed.jsonLines = parsed.command.jsonLines === true;
  const args = readArguments(parsed.raw, parsed.problems, `gcx ${parsed.command.name} --help shows its arguments and options.`);
  const json = args.flag('json');
  const logLevel = args.oneOf('log-level', LOG_LEVELS) ?? (world.stderr.isTTY === true && !json ? 'warn' : 'info');
  const { createLog } = await import('./log.js');
  const output = args.text('output');
  const lines = createStderrLines(world.stderr);
  const context: CommandContext = {
    world,
    args,
    options: { config: resolve(world.cwd, args.text('config') ?? 'config.yaml'), output: output === undefined ? undefined : resolve(world.cwd, output), json, logLevel },
    log: createLog({ level: logLevel, format: json ? 'json' : 'text', nowMs: () => world.clock.nowMs(), write: (line) => { lines.write(line); } }),
    screen: createScreen(world, { json, jsonLines: typed.jsonLines }),
    asTyped: asTyped(world.program, parsed.raw),
    lines,
    parts,
  };
  return () => parsed.command.handle(context);
};

/**
 * Does what a command line asks for and gives its exit code. Never throws: what goes wrong is explained on stderr, under --json on stdout too.
 */
export const runCli = async (argv: readonly string[], world: World, parts: Parts = realParts): Promise<ExitCode> => {
  const typed: Typed = { raw: {}, jsonLines: false };
  try {
    const prepared = await contextOf(argv, world, parts, typed);
    if (typeof prepared === 'function') return await prepared();
    (prepared.asked ? world.stdout : world.stderr).write(`${prepared.text}\n`);
    return prepared.asked ? EXIT.done : EXIT.usage;
  } catch (error) {
    const explanation = explain(error, world.signal, asTyped(world.program, typed.raw));
    createScreen(world, { json: argv.includes('--json'), jsonLines: typed.jsonLines }).document(explanation.document);
    const style = styleOf(world.stderr, world.env);
    const text = wrapProse(explanation.text, style.width);
    world.stderr.write(`${style.colour ? (await import('./paint.js')).paintFor(style).bad('gcx:') : 'gcx:'}${text.slice('gcx:'.length)}\n`);
    return explanation.exitCode;
  }
};
