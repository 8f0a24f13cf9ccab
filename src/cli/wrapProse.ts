import { NAMED_COMMANDS } from './commandNames.js';
import { textWidth } from './textWidth.js';

/** Colours take no column. */
const SGR = /\u001b\[[\d;]*m/g;

const widthOf = (text: string): number => textWidth(text.replaceAll(SGR, ''));

/** A command that is to be copied, to the end of its line or to what is said of it, three spaces on. */
const COMMAND = new RegExp(`(?:^|\\s)((?:npx )?gcx [a-z-].*?|node \\S+ (?:${NAMED_COMMANDS.join('|')})\\b.*?)(?= {3}|$)`);

/** What stands in a column of its own before the text: a row's name, and the spaces to the text. */
const LABEL = /^ *\S+ {2,}/;

/** What stands between backquotes is one word: it may be a command that is to be copied. */
const plainWords = (text: string): readonly string[] => text.match(/(?:`[^`]*`|[^ ])+/g) ?? [];

/** Words of a line; a command is one of them, and what is said of it stays three spaces from it on the same line. */
const wordsOf = (line: string): readonly string[] => {
  const found = COMMAND.exec(line);
  const command = found?.[1];
  if (found === null || command === undefined) return plainWords(line);
  const start = found.index + found[0].length - command.length;
  const said = plainWords(line.slice(start + command.length)).map((word, at) => (at === 0 ? `  ${word}` : word));
  return [...plainWords(line.slice(0, start)), command, ...said];
};

const wrapLine = (line: string, width: number): string => {
  if (widthOf(line) <= width) return line;
  const indent = /^ */.exec(line)?.[0] ?? '';
  const label = LABEL.exec(line)?.[0];
  const hang = label === undefined || widthOf(label) > width / 2 ? `${indent}  ` : ' '.repeat(widthOf(label));
  const lines: string[] = [];
  let current = label ?? indent;
  let isFresh = true;
  const words = wordsOf(line.slice(current.length));
  // A command that stands by itself begins where one does that was moved to a line of its own.
  if (words.length === 1 && label === undefined && indent.length > 2) return `  ${words.join('')}`;
  for (const word of words) {
    if (!isFresh && widthOf(current) + 1 + widthOf(word) > width) {
      lines.push(current);
      current = `${hang}${word.trimStart()}`;
    } else current = isFresh ? `${current}${word}` : `${current} ${word}`;
    isFresh = false;
  }
  return [...lines, current].join('\n');
};

/**
 * Text with its longer lines broken between words; from their second line on they are indented, or stand where the text after a row's name begins.
 *
 * Commands are never broken: a terminal goes on with them on its next line by itself, and they can be copied as one.
 */
export const wrapProse = (text: string, width: number): string => (width === Number.POSITIVE_INFINITY ? text : text.split('\n').map((line) => wrapLine(line, width)).join('\n'));
