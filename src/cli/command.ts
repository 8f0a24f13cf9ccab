import type { ExitCode } from '../model/errors.js';
import type { Log } from '../model/ports.js';
import type { Arguments } from './arguments.js';
import type { AsTyped } from './asTyped.js';
import type { CommonOptions } from './commonOptions.js';
import type { Parts } from './parts.js';
import type { Screen } from './screen.js';
import type { StderrLines } from './stderrLines.js';
import type { World } from './world.js';

/** An option of a command, as `--help` shows it. */
export interface CommandOption {
  readonly describe: string;
  /** Absent: a switch. Otherwise what stands for the value, e.g. `DATE`. */
  readonly value?: string;
  /** Shown as the default; the command itself applies it. */
  readonly fallback?: string;
}

/** What a command runs with. */
export interface CommandContext {
  readonly world: World;
  readonly args: Arguments;
  readonly options: CommonOptions;
  readonly log: Log;
  readonly screen: Screen;
  /** Spells the commands in a text as this reader has to type them. */
  readonly asTyped: AsTyped;
  readonly lines: StderrLines;
  readonly parts: Parts;
}

/**
 * A command: its usage, and what it does.
 *
 * Why a record: the usage is light and loaded for every command, `handle` imports what is heavy when it runs, so that `--help` is quick.
 */
export interface Command {
  readonly name: string;
  /** Positionals: `<job>`, `[job]` or `[job..]`; empty where there are none. */
  readonly positional: '' | '<job>' | '[job]' | '[job..]';
  /** One line for the list of commands; false hides the command. */
  readonly summary: string | false;
  readonly options: Readonly<Record<string, CommandOption>>;
  /** `--json` gives a document for each of many things, one a line (NDJSON), where other commands give one. */
  readonly jsonLines?: true;
  readonly examples?: readonly (readonly [usage: string, meaning: string])[];
  /** @throws ExportError what exit.ts explains. */
  handle(context: CommandContext): Promise<ExitCode>;
}
