import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileKernel } from '../../../kernel.js';
import { JsonTape } from '../../../src/source/page/tape/jsonTape.js';
import { NotJson } from '../../../src/source/page/tape/tapeKernel.js';

/** The value that a tape holds, made of its entries alone. */
const valueOf = (tape: JsonTape): unknown => {
  const source = tape.source();
  const [first] = source;
  if (first === '{') {
    const entries: [string, unknown][] = [];
    for (const end = tape.enterObject(); tape.more(end); ) entries.push([tape.keyText(), valueOf(tape)]);
    return Object.fromEntries(entries);
  }
  if (first === '[') {
    const items: unknown[] = [];
    for (const end = tape.enterArray(); tape.more(end); ) items.push(valueOf(tape));
    return items;
  }
  if (first === '"') return tape.text();
  if (first === 't' || first === 'f') return tape.flag();
  tape.skip();
  return JSON.parse(source);
};

const read = (text: string): unknown => valueOf(new JsonTape(new Uint8Array(Buffer.from(text)), 0));
const isTaken = (text: string): boolean => {
  try {
    read(text);
    return true;
  } catch (error) {
    if (error instanceof NotJson) return false;
    throw error;
  }
};

/** Bytes are looked at by 64 and by 16,384: what comes where these meet. */
const seams = fc.oneof(fc.integer({ min: 0, max: 130 }), fc.integer({ min: 16_384 - 70, max: 16_384 + 70 }), fc.integer({ min: 32_768 - 70, max: 32_768 + 4 }));
const before = fc.tuple(seams, fc.constantFrom(' ', '\n', 'x', '\\', 'ü', '1')).map(([length, letter]): string => {
  if (letter === ' ' || letter === '\n') return `[${letter.repeat(length)}`;
  if (letter === '1') return `[${letter.repeat(length + 1)},`;
  return `[${JSON.stringify(letter.repeat(length))},`;
});
const strings = fc.oneof(fc.string({ unit: fc.constantFrom('\\', '"', 'a', 'ü', '😀', '\u0001', '{', ','), maxLength: 140 }), fc.string({ unit: 'binary', maxLength: 20 }).map((text) => text.toWellFormed()));
const values = fc.oneof(fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }), strings, fc.dictionary(strings, strings), fc.constantFrom(true, false, null, -0.5e-7, 12345678901234, {}, [], [[]]));

/** Of equal keys JSON.parse keeps the last; strings are compared as UTF-8 has them. */
const sameAs = (text: string): unknown => JSON.parse(text.toWellFormed());

describe('the tape', () => {
  it('holds what JSON.parse gives, wherever its pieces meet', () => {
    fc.assert(
      fc.property(before, values, fc.boolean(), (prefix, value, spaced) => {
        const text = `${prefix}${JSON.stringify(value, undefined, spaced ? 2 : 0)}]`;
        expect(read(text)).toEqual(sameAs(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('is made of JSON only, wherever its pieces meet', () => {
    const damage = fc.tuple(fc.nat(), fc.nat({ max: 2 }), fc.constantFrom('"', '\\', ',', ':', '[', '}', '\u0001', '\u001a', '\f', '\\u12g4', '1', 'é', 'nul', ' '));
    const isJson = (text: string): boolean => {
      try {
        JSON.parse(text);
        return true;
      } catch {
        return false;
      }
    };
    fc.assert(
      fc.property(before, values, damage, (prefix, value, [at, dropped, put]) => {
        const whole = JSON.stringify(value);
        const place = at % (whole.length + 1);
        const text = `${prefix}${whole.slice(0, place)}${put}${whole.slice(place + dropped)}]`.toWellFormed();
        expect(isTaken(text)).toBe(isJson(text));
      }),
      { numRuns: 3000 },
    );
  });

  it('of one text is not that of the one before', () => {
    const long = JSON.stringify([1, { a: 'x'.repeat(70_000) }]);
    expect(read(long)).toEqual(JSON.parse(long));
    expect(isTaken('["a"')).toBe(false);
    expect(isTaken('["a')).toBe(false);
    expect(read('[]')).toEqual([]);
    expect(isTaken('')).toBe(false);
    expect(isTaken(' '.repeat(64))).toBe(false);
  });

  it('grows with its text, and its memory is not kept then', () => {
    const many = `[${'[],'.repeat(4_000_000)}1]`;
    const tape = new JsonTape(new Uint8Array(Buffer.from(many)), 0);
    let count = 0;
    for (const end = tape.enterArray(); tape.more(end); count++) tape.skip();
    expect(count).toBe(4_000_001);
    expect(read('{"a":[true]}')).toEqual({ a: [true] });
  });
});

describe('the kernel', () => {
  it('is what its source compiles to', async () => {
    expect(readFileSync(new URL('../../../src/source/page/tape/tapeKernelBinary.ts', import.meta.url), 'utf8')).toBe(await compileKernel());
  });
});
