import { exactInteger } from './tape/exactInteger.js';

/** A JSON text made plain for the schema. */
export interface PlainJson {
  /** The text, in which 0 stands for whole numbers of 64 bits and 0.5 for all others: JSON.parse rounds, and would give whole numbers for some that are not, and none for some that are. */
  readonly text: string;
  /** Keys in it, repeated ones too. */
  readonly keys: number;
}

const NUMBER = /-?\d[\d.eE+-]*/y;
const SPACE_AND_COLON = /\s*:/y;

/** The place behind a string. @param start of its first quote */
const endOfString = (text: string, start: number): number => {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
};

const isAt = (expression: RegExp, text: string, at: number): boolean => {
  expression.lastIndex = at;
  return expression.test(text);
};

/** Makes a text plain. @param source JSON */
export const plainJson = (source: string): PlainJson => {
  let text = '';
  let kept = 0;
  let keys = 0;
  for (let at = 0; at < source.length; ) {
    if (source[at] === '"') {
      at = endOfString(source, at);
      if (isAt(SPACE_AND_COLON, source, at)) keys++;
    } else if (isAt(NUMBER, source, at)) {
      const literal = source.slice(at, NUMBER.lastIndex);
      text += `${source.slice(kept, at)}${exactInteger(literal) === undefined ? '0.5' : '0'}`;
      at = NUMBER.lastIndex;
      kept = at;
    } else at++;
  }
  return { text: text + source.slice(kept), keys };
};

/** Keys in a value that JSON.parse made: fewer than its text has where one stood twice in an object. */
export const countKeys = (value: unknown): number => {
  if (typeof value !== 'object' || value === null) return 0;
  const inner = Object.values(value).reduce<number>((sum, one) => sum + countKeys(one), 0);
  return Array.isArray(value) ? inner : inner + Object.keys(value).length;
};
