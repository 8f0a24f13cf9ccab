import { basename } from 'node:path';
import type { RawArguments } from './arguments.js';
import { CONFIGURED_COMMANDS, JOB_COMMANDS, NAMED_COMMANDS } from './commandNames.js';

/** Turns the commands that a text names into commands that work as they stand in the reader's shell. */
export type AsTyped = (text: string) => string;

const JOB = '(?: (?:[A-Za-z0-9][\\w-]*|<job>…?))?';
const WITHOUT_JOB = NAMED_COMMANDS.filter((name) => !JOB_COMMANDS.includes(name));
const COMMAND = new RegExp(`\\bgcx (--help|<command>|${WITHOUT_JOB.join('|')}|(?:${JOB_COMMANDS.join('|')})${JOB})`, 'g');

const quoted = (text: string): string => (/^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`);

/**
 * Spells commands as the reader has to type them: by the name the program was started under, with the job as it was given,
 * and with the `--config` and `--output` that were.
 *
 * Why: what to do next is copied from the screen; without these it would read or write somewhere else.
 */
export const asTyped = (program: string, raw: RawArguments): AsTyped => {
  const option = (name: string): string => (typeof raw[name] === 'string' && raw[name] !== '' ? ` --${name} ${quoted(raw[name])}` : '');
  const options = `${option('config')}${option('output')}`;
  const given = typeof raw['job'] === 'string' ? raw['job'] : '';
  const name = basename(given).replace(/\.ya?ml$/i, '');
  return (text) =>
    text.replaceAll(COMMAND, (_, words: string) => {
      const [command = '', job] = words.split(' ');
      const typedJob = job === undefined ? '' : ` ${job === name ? quoted(given) : job}`;
      return `${program} ${command}${typedJob}${CONFIGURED_COMMANDS.includes(command) || command === 'demo' ? options : ''}`;
    });
};
