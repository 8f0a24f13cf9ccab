import { NAMED_COMMANDS } from './commandNames.js';
import { textWidth } from './textWidth.js';

/** Colours take no column. */
const SGR = /\u001b\[[\d;]*m/g;

const widthOf = (text: string): number => textWidth(text.replaceAll(SGR, ''));

/** A command that is to be copied, to the end of its line. */
const COMMAND = new RegExp(`(?:^|\\s)((?:npx )?gcx [a-z-].*|node \\S+ (?:${NAMED_COMMANDS.join('|')})\\b.*)$`);

/** Words of a line; a command is one of them. */
const wordsOf = (line: string): readonly string[] => {
  const command = COMMAND.exec(line)?.[1];
  const prose = command === undefined ? line : line.slice(0, line.length - command.length);
  return [...prose.split(' ').filter((word) => word !== ''), ...(command === undefined ? [] : [command])];
};

const wrapLine = (line: string, width: number): string => {
  if (widthOf(line) <= width) return line;
  const indent = /^ */.exec(line)?.[0] ?? '';
  const lines: string[] = [];
  let current = indent;
  for (const word of wordsOf(line)) {
    const isFirst = current.trim() === '';
    if (!isFirst && widthOf(current) + 1 + widthOf(word) > width) {
      lines.push(current);
      current = `${indent}  ${word}`;
    } else current = isFirst ? `${current}${word}` : `${current} ${word}`;
  }
  return [...lines, current].join('\n');
};

/**
 * Text with its longer lines broken between words, indented from their second line on.
 *
 * Commands are never broken: a terminal goes on with them on its next line by itself, and they can be copied as one.
 */
export const wrapProse = (text: string, width: number): string => (width === Number.POSITIVE_INFINITY ? text : text.split('\n').map((line) => wrapLine(line, width)).join('\n'));
