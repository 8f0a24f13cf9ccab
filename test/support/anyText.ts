import fc from 'fast-check';

const FIRST_SURROGATE = 0xd800;
const SURROGATES = 0x800;
const LAST = 0x10_ffff;

/** fast-check's own unit `binary` holds the same and makes a map of a million texts first: a second a process. */
const codePoint = fc.integer({ min: 0, max: LAST - SURROGATES }).map((n) => String.fromCodePoint(n < FIRST_SURROGATE ? n : n + SURROGATES));

/** A well-formed text of any code points. @param maxLength most code points */
export const anyText = (maxLength?: number): fc.Arbitrary<string> => fc.string({ unit: codePoint, ...(maxLength === undefined ? {} : { maxLength }) });
