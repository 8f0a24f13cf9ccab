import fc from 'fast-check';

const FIRST_SURROGATE = 0xd800;
const SURROGATES = 0x800;
const LAST = 0x10_ffff;

const toText = (n: number): string => String.fromCodePoint(n < FIRST_SURROGATE ? n : n + SURROGATES);

/** By this fast-check knows its own dangerous strings (`__proto__`, `toString`) for texts of these, and mixes them in. */
const toNumber = (text: unknown): number => {
  if (typeof text !== 'string' || [...text].length !== 1 || !text.isWellFormed()) throw new Error('no single code point');
  const code = text.codePointAt(0)!;
  return code < FIRST_SURROGATE ? code : code - SURROGATES;
};

/** A unit of texts. fast-check's own `binary` holds the same and makes a map of a million texts first: a second a process. */
export const anyCodePoint = fc.integer({ min: 0, max: LAST - SURROGATES }).map(toText, toNumber);

/** A well-formed text of any code points. @param maxLength most code points */
export const anyText = (maxLength?: number): fc.Arbitrary<string> => fc.string({ unit: anyCodePoint, ...(maxLength === undefined ? {} : { maxLength }) });
