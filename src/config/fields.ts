import * as z from 'zod';
import { didYouMean } from './didYouMean.js';
import { DURATION_PATTERN, formatDuration, parseDuration } from './durations.js';

/** What a field rule needs to speak of itself. */
interface Wording {
  /** What the key means, for people: one sentence or two, with units and default where they are not obvious. */
  readonly doc: string;
}

/** The error text of a field: what was expected; never the value, which may be a secret in the wrong place. */
const expecting = (expected: string) => ({
  error: (issue: { readonly input?: unknown }): string => (issue.input === undefined ? `is missing: expected ${expected}` : `expected ${expected}`),
});

/** A group of keys; keys that it does not name are errors. */
export const section = <Shape extends z.ZodRawShape>(shape: Shape, doc: string) =>
  z.strictObject(shape, expecting('keys with values (a mapping)')).describe(doc);

/** Text that stands for another value, as a replaced variable is text. `textPattern` goes to the JSON Schema, which takes such text too. */
const orText = <Rule extends z.ZodType>(rule: Rule, title: string, textPattern: string, read: (text: string) => unknown) => {
  const pattern = new RegExp(textPattern);
  return z.preprocess((value) => (typeof value === 'string' && pattern.test(value) ? read(value) : value), rule).meta({ title, textPattern });
};

/** A whole number within bounds. Digits in text count. */
export const integer = (given: Wording & { readonly min: number; readonly max: number }) => {
  const words = expecting(`a whole number from ${String(given.min)} to ${String(given.max)}`);
  return orText(z.int(words).min(given.min, words).max(given.max, words), 'whole number', '^[0-9]{1,15}$', Number).describe(given.doc);
};

/** A percentage, 0 to `max`. Digits in text count. */
export const percentage = (given: Wording & { readonly max: number }) => {
  const words = expecting(`a percentage from 0 to ${String(given.max)}`);
  return orText(z.number(words).min(0, words).max(given.max, words), 'percentage', String.raw`^[0-9]{1,3}(\.[0-9]{1,6})?$`, Number).describe(given.doc);
};

/** A share of a whole, from `min` to 1. Digits in text count. */
export const share = (given: Wording & { readonly min: number }) => {
  const words = expecting(`a share from ${String(given.min)} to 1, such as 0.5`);
  return orText(z.number(words).min(given.min, words).max(1, words), 'share', String.raw`^[01](\.[0-9]{1,6})?$`, Number).describe(given.doc);
};

/** A list of sections, at least one. */
export const listOf = <Item extends z.ZodObject>(item: Item, given: Wording & { readonly expected: string; readonly title: string; readonly max: number }) =>
  z
    .array(item, expecting(given.expected))
    .min(1, `expected ${given.expected}`)
    .max(given.max, `expected at most ${String(given.max)}`)
    .describe(given.doc)
    .meta({ title: given.title });

/** Yes or no; `true` and `false` in text count. */
export const flag = (given: Wording) => orText(z.boolean(expecting('true or false')), 'true or false', '^(true|false)$', (text) => text === 'true').describe(given.doc);

/** One of a few words. */
export const choice = <const Words extends readonly [string, ...string[]]>(words: Words, given: Wording) =>
  z
    .enum(words, {
      error: (issue: { readonly input?: unknown }) =>
        `${issue.input === undefined ? 'is missing: expected' : 'expected'} one of ${words.join(', ')}${didYouMean(issue.input, words)}`,
    })
    .describe(given.doc);

/** A list of some of a few words, each once, at least one. */
export const choices = <const Words extends readonly [string, ...string[]]>(words: Words, given: Wording) =>
  z
    .array(choice(words, { doc: '' }), expecting(`a list of ${words.join(', ')}`))
    .min(1, `expected at least one of ${words.join(', ')}`)
    .refine((list) => new Set(list).size === list.length, { error: 'expected each name once', when: ({ value }) => Array.isArray(value) })
    .describe(given.doc)
    .meta({ title: 'list', uniqueItems: true });

/** Text that is not empty. */
export const text = (given: Wording & { readonly title?: string }) =>
  z
    .string(expecting('text (put it in quotes)'))
    .min(1, 'expected text that is not empty')
    .describe(given.doc)
    .meta({ title: given.title ?? 'text' });

/** Text that a parser accepts: `wrong` says what is wrong with it, or nothing. */
export const checkedText = (given: Wording & { readonly title: string; readonly expected: string; readonly wrong: (value: string) => string | undefined; readonly pattern?: string }) =>
  z
    .string(expecting(given.expected))
    .superRefine((value, context) => {
      const message = given.wrong(value);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    })
    .describe(given.doc)
    .meta(given.pattern === undefined ? { title: given.title } : { title: given.title, pattern: given.pattern });

/** A duration within bounds, read into milliseconds. */
export const duration = (given: Wording & { readonly minMs: number; readonly maxMs: number }) => {
  const expected = `a duration such as 90s, 10m, 2h or 3d, from ${formatDuration(given.minMs)} to ${formatDuration(given.maxMs)}`;
  return z
    .string(expecting(expected))
    .transform((value, context) => {
      const ms = parseDuration(value);
      if (ms !== undefined && ms >= given.minMs && ms <= given.maxMs) return ms;
      context.addIssue({ code: 'custom', message: `expected ${expected}` });
      return z.NEVER;
    })
    .describe(given.doc)
    .meta({ title: 'duration', pattern: DURATION_PATTERN });
};

const OCTAL = /^0?[0-7]{3}$/;

/** Permission bits in octal text, read into a number. `needed` are the owner's bits that the product cannot do without. */
export const permissions = (given: Wording & { readonly needed: number }) => {
  const expected = `permission bits in quotes such as '0${given.needed.toString(8)}': all of the owner's, none to write for others`;
  return z
    .string(expecting(expected))
    .transform((value, context) => {
      const mode = OCTAL.test(value) ? Number.parseInt(value, 8) : 0;
      if ((mode & given.needed) === given.needed && (mode & 0o002) === 0) return mode;
      context.addIssue({ code: 'custom', message: `expected ${expected}` });
      return z.NEVER;
    })
    .describe(given.doc)
    .meta({ title: 'octal permissions', pattern: OCTAL.source });
};
