import { ConfigError, type Problem } from '../model/errors.js';
import { parseInstant } from '../model/instant.js';
import { escapeControls } from './printable.js';

/** What the parser of the command line gives: options by name, positionals by name. */
export type RawArguments = Readonly<Record<string, unknown>>;

/** Bounds of a number, both included. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** Reads a command's arguments and gathers every problem, so that all are told at once. */
export interface Arguments {
  text(name: string): string | undefined;
  flag(name: string): boolean;
  /** Digits only: `abc`, `1.5`, `0x10` and the empty text are problems. */
  whole(name: string, bounds: Bounds): number | undefined;
  oneOf<T extends string>(name: string, members: readonly T[]): T | undefined;
  /** `YYYY-MM-DD`, or an instant with its zone, as given. */
  date(name: string): string | undefined;
  /** An ISO-8601 instant with its zone, or a date, which is its midnight UTC. Units: UTC epoch milliseconds. */
  instant(name: string): number | undefined;
  /** A positional that takes several words. */
  words(name: string): readonly string[];
  /** Adds a problem that the command found itself. */
  refuse(problem: Problem): void;
  /** @throws ConfigError with every problem so far. */
  check(): void;
}

const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;

const isRealDate = (text: string): boolean => {
  const match = DATE.exec(text);
  if (match === null) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
};

/** Whether a text is an instant that names its zone: without one, where it lies would be a guess. */
const zonedInstant = (text: string): number | undefined => (/(Z|[+-]\d\d:?\d\d)$/.test(text) && text.includes('T') ? parseInstant(text) : undefined);

const shown = (text: string): string => `"${escapeControls(text.length > 40 ? `${text.slice(0, 40)}…` : text)}"`;

/** The arguments of one command line; `found` is wrong with it already, and `remedy` what helps against that. */
export const readArguments = (raw: RawArguments, found: readonly Problem[] = [], remedy?: string): Arguments => {
  const problems = [...found];
  const text = (name: string): string | undefined => {
    const value = raw[name];
    return typeof value === 'string' ? value : undefined;
  };
  const read = <T>(name: string, parse: (given: string) => T | undefined, expected: string): T | undefined => {
    const given = text(name);
    // An empty value is told by whoever read the command line.
    if (given === undefined || given === '') return undefined;
    const value = parse(given);
    if (value === undefined) problems.push({ where: `--${name}`, what: `${shown(given)} is not ${expected}` });
    return value;
  };
  return {
    text,
    flag: (name) => raw[name] === true,
    whole: (name, { min, max }) =>
      read(
        name,
        (given) => (/^\d{1,15}$/.test(given) && Number(given) >= min && Number(given) <= max ? Number(given) : undefined),
        `a whole number from ${String(min)} to ${String(max)}`,
      ),
    oneOf: (name, members) => read(name, (given) => members.find((member) => member === given), `one of ${members.join(', ')}`),
    date: (name) =>
      read(name, (given) => (isRealDate(given) || zonedInstant(given) !== undefined ? given : undefined), 'a date: write YYYY-MM-DD, such as 2026-01-05'),
    instant: (name) =>
      read(
        name,
        (given) => (isRealDate(given) ? Date.parse(`${given}T00:00:00Z`) : zonedInstant(given)),
        'an instant: write ISO-8601 with its zone, such as 2026-01-05T02:15:00Z',
      ),
    words: (name) => {
      const value = raw[name];
      return Array.isArray(value) ? value.filter((word): word is string => typeof word === 'string') : [];
    },
    refuse: (problem) => {
      problems.push(problem);
    },
    check: () => {
      if (problems.length > 0) throw new ConfigError(problems, found.length === 0 || remedy === undefined ? {} : { remedy });
    },
  };
};

/** Reads `--from` and `--to` of a command that looks at whole days, as in `dt=`: an instant would name another day than the one it lies in, in the job's time zone. */
export const readDays = (args: Arguments, required: boolean): ReturnType<typeof readRange> => {
  const range = readRange(args, required);
  for (const [option, date] of Object.entries(range)) {
    if (date !== undefined && !DATE.test(date)) args.refuse({ where: `--${option}`, what: 'expected a whole day: write YYYY-MM-DD' });
  }
  return range;
};

/** Reads `--from` and `--to`; refuses a range that is empty or runs backwards (instants are compared where the job's zone is known). */
export const readRange = (args: Arguments, required: boolean): { readonly from: string | undefined; readonly to: string | undefined } => {
  const from = args.date('from');
  const to = args.date('to');
  if (required || (args.text('from') === undefined) !== (args.text('to') === undefined)) {
    for (const name of ['from', 'to']) {
      if (args.text(name) === undefined) args.refuse({ where: `--${name}`, what: 'missing; write a date, such as 2026-01-05 (--to is exclusive)' });
    }
  }
  if (from !== undefined && to !== undefined && DATE.test(from) && DATE.test(to) && from >= to) {
    args.refuse({
      where: '--to',
      what: from === to ? `${to} is the first day too, and --to is exclusive: the range is empty` : `${to} is before --from ${from}`,
    });
  }
  return { from, to };
};
