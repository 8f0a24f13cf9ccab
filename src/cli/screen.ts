import { escapeLines } from './printable.js';
import { wrapProse } from './wrapProse.js';
import type { World } from './world.js';

/** How output may look. */
export interface Style {
  /** A terminal, where lines may be cut and borders drawn. */
  readonly terminal: boolean;
  /** Columns there are; without a terminal nothing is cut. */
  readonly width: number;
  readonly colour: boolean;
  /** Whether `✓ ─ …` can be shown. */
  readonly unicode: boolean;
}

/** Where a command shows its result. */
export interface Screen {
  readonly style: Style;
  /** Text on stdout; nothing under --json. Line ends are added. */
  print(text: string): void;
  /** The same for prose: on a terminal, lines are broken between words. */
  tell(text: string): void;
  /** A JSON document on stdout, the command's only one but for `jsonLines`; nothing without --json. */
  document(value: Readonly<Record<string, unknown>>): void;
  /** Text on stderr, beside the result. */
  note(text: string): void;
}

const isUtf8 = (env: World['env']): boolean => /utf-?8/i.test(env['LC_ALL'] ?? env['LC_CTYPE'] ?? env['LANG'] ?? 'UTF-8');

/**
 * How output on a stream may look: colour and drawn borders on a terminal only.
 *
 * Source: no-color.org (a non-empty NO_COLOR turns colour off); `TERM=dumb` has none.
 */
export const styleOf = (stream: World['stdout'], env: World['env']): Style => {
  const terminal = stream.isTTY === true;
  const dumb = env['TERM'] === 'dumb';
  return {
    terminal,
    width: terminal ? Math.max(40, stream.columns ?? 80) : Number.POSITIVE_INFINITY,
    colour: terminal && !dumb && (env['NO_COLOR'] ?? '') === '',
    unicode: terminal && !dumb && isUtf8(env),
  };
};

/** Numbers that JSON cannot hold exactly become text; maps become objects. */
const plainJson = (_key: string, value: unknown): unknown => {
  if (typeof value === 'bigint') return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value.toString();
  return value instanceof Map ? Object.fromEntries(value) : value;
};

/** How a command's JSON is asked for: whether at all, and whether each document has a line of its own. */
export interface JsonOutput {
  readonly json: boolean;
  readonly jsonLines: boolean;
}

/** The screen of a command. Under --json stdout holds documents and nothing else. */
export const createScreen = (world: Pick<World, 'stdout' | 'stderr' | 'env'>, { json, jsonLines }: JsonOutput): Screen => {
  const style = styleOf(world.stdout, world.env);
  const print = (text: string): void => {
    if (!json) world.stdout.write(`${text}\n`);
  };
  return {
    style,
    print,
    tell(text) {
      print(wrapProse(text, style.width));
    },
    document(value) {
      if (json) world.stdout.write(`${JSON.stringify(value, plainJson, jsonLines ? 0 : 2)}\n`);
    },
    note(text) {
      world.stderr.write(`${escapeLines(text)}\n`);
    },
  };
};
