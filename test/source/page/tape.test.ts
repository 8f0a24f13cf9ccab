import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseInstant } from '../../../src/model/instant.js';
import { JsonTape, UnexpectedValue } from '../../../src/source/page/tape/jsonTape.js';
import { KeyTable, UNKNOWN_KEY } from '../../../src/source/page/tape/keyTable.js';
import { makeTape, NotJson } from '../../../src/source/page/tape/tapeKernel.js';
import { WantedKeys } from '../../../src/source/page/tape/wantedKeys.js';
import { isJson } from '../../support/isJson.js';
import { anyCodePoint, anyText } from '../../support/anyText.js';

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

const read = (text: string, wanted?: WantedKeys): unknown => valueOf(new JsonTape(new Uint8Array(Buffer.from(text)), 0, wanted));
const isTaken = (text: string, wanted?: WantedKeys): boolean => {
  try {
    read(text, wanted);
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
const strings = fc.oneof(fc.string({ unit: fc.constantFrom('\\', '"', 'a', 'ü', '😀', '\u0001', '{', ','), maxLength: 140 }), anyText(20).map((text) => text.toWellFormed()));
const values = fc.oneof(fc.jsonValue({ maxDepth: 4, stringUnit: anyCodePoint }), strings, fc.dictionary(strings, strings), fc.constantFrom(true, false, null, -0.5e-7, 12345678901234, {}, [], [[]]));

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
    for (const more of ['"a",', '"a","b"', '"a":1', '"a""b"']) expect(isTaken(more)).toBe(false);
  });

  it('grows with its text, and its memory is not kept then', () => {
    const many = `[${'[],'.repeat(4_000_000)}1]`;
    const tape = new JsonTape(new Uint8Array(Buffer.from(many)), 0);
    let count = 0;
    for (const end = tape.enterArray(); tape.more(end); count++) tape.skip();
    expect(count).toBe(4_000_001);
    const small = new Uint8Array(Buffer.from('{"a":[true]}'));
    const mebibytes = (body: Uint8Array): number => makeTape(body, 0).kernel.size / 1024 / 1024;
    // The first that does not need it still has it.
    expect(mebibytes(small)).toBeGreaterThan(32);
    expect(mebibytes(small)).toBeLessThan(2);
    expect(read('{"a":[true]}')).toEqual({ a: [true] });
  });
});

describe('what the kernel reads by itself', () => {
  it('is text that recurs, whatever was in its place before', () => {
    const words = fc.oneof(fc.string({ minLength: 0, maxLength: 50, unit: fc.constantFrom('a', 'b', 'ü', '\\') }), fc.string({ unit: 'grapheme-ascii', maxLength: 45 }));
    fc.assert(
      fc.property(fc.array(words, { maxLength: 40 }), (texts) => {
        const all = [...texts, ...texts.map((text) => text.slice(0, 7)), ...texts];
        const tape = new JsonTape(new Uint8Array(Buffer.from(JSON.stringify(all))), 0);
        const found: (string | null)[] = [];
        for (const end = tape.enterArray(); tape.more(end); ) found.push(tape.recurringText());
        expect(found).toEqual(all);
      }),
    );
  });

  it('is text that recurs, more of it than is remembered', () => {
    const many = Array.from({ length: 20_000 }, (_, i) => `attribute-${String(i % 9000)}-${'x'.repeat(i % 23)}`);
    const tape = new JsonTape(new Uint8Array(Buffer.from(JSON.stringify(many))), 0);
    for (let i = 0, end = tape.enterArray(); tape.more(end); i++) expect(tape.recurringText()).toBe(many[i]);
  });

  it('are instants, the same as those that are parsed', () => {
    const near = fc.tuple(fc.date({ min: new Date('1000-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true }), fc.option(fc.tuple(fc.nat({ max: 23 }), fc.constantFrom(...'0123456789-:.TZa/')))).map(([date, change]) => {
      const text = date.toISOString();
      return change === null ? text : text.slice(0, change[0]) + change[1] + text.slice(change[0] + 1);
    });
    const instantIn = (text: string): number | null | undefined => {
      try {
        return new JsonTape(new Uint8Array(Buffer.from(JSON.stringify(text))), 0).instant();
      } catch (error) {
        if (error instanceof UnexpectedValue) return undefined;
        throw error;
      }
    };
    fc.assert(fc.property(near, (text) => { expect(instantIn(text)).toBe(parseInstant(text)); }), { numRuns: 5000 });
    for (const text of ['2024-02-29T23:59:59.999Z', '2026-02-29T00:00:00.000Z', '2000-02-29T00:00:00.000Z', '1900-02-29T00:00:00.000Z', '2026-04-31T00:00:00.000Z', '0999-12-31T00:00:00.000Z', '2026-01-01T24:00:00.000Z']) expect(instantIn(text)).toBe(parseInstant(text));
  });
});

describe('known keys', () => {
  const names = ['participantType', 'participantName', 'sessionStart', 'sessionId', 'port', 'calls', 'schema', 'fileName', 'fileSize', 'a', 'b', 'ab', 'abcdefgh', 'abcdefghi', 'x'.repeat(32)];
  const table = new KeyTable(names);
  const keyIn = (json: string): number => {
    const tape = new JsonTape(new Uint8Array(Buffer.from(json)), 0);
    tape.enterObject();
    return tape.key(table);
  };

  it('are found, those that begin and end alike, too', () => {
    expect(names.map((name) => keyIn(JSON.stringify({ [name]: 1 })))).toEqual(names.map((_, i) => i));
    expect(keyIn('{"\\u0070ort":1}')).toBe(names.indexOf('port'));
  });

  it('are no others', () => {
    const near = fc.tuple(fc.constantFrom(...names), fc.nat(), fc.constantFrom('', 'x', 'é', '\u0000', 'Type'), fc.nat({ max: 2 })).map(([name, at, put, dropped]) => name.slice(0, at % (name.length + 1)) + put + name.slice((at % (name.length + 1)) + dropped));
    fc.assert(fc.property(fc.oneof(near, fc.string({ maxLength: 40 })), (name) => { expect(keyIn(JSON.stringify({ [name]: 1 }))).toBe(names.includes(name) ? names.indexOf(name) : UNKNOWN_KEY); }), { numRuns: 1000 });
    // Their hash is of both ends: what is between is compared.
    for (let at = 0; at < 32; at++) expect(keyIn(JSON.stringify({ ['x'.repeat(at) + 'y' + 'x'.repeat(31 - at)]: 1 }))).toBe(UNKNOWN_KEY);
    // Of another kind of object.
    expect(keyIn('{"conversationId":1}')).toBe(UNKNOWN_KEY);
  });
});

describe('a tape of wanted keys', () => {
  // One that is known and unwanted, and others that nobody knows: that with a backslash may be any.
  new KeyTable(['kept', 'whole', 'left']);
  const wanted = new WantedKeys(['kept'], ['whole']);
  const keys = fc.constantFrom('kept', 'whole', 'left', 'other', 'kep', 'é', 'a"b', '');
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof({ maxDepth: 5, withCrossShrink: true }, fc.constantFrom(null, true, 5, '', 'x', 'a"b', 'é', '}]', 'long '.repeat(20)), fc.array(tie('value'), { maxLength: 4 }), fc.dictionary(keys, tie('value'), { maxKeys: 5 })),
  }));
  const isLeftOut = (key: string): boolean => ['left', 'other', 'kep', 'é', ''].includes(key);
  const isWhole = (key: string): boolean => key === 'whole' || key === 'a"b';

  const left = (some: unknown, isOutermost: boolean): unknown => {
    if (Array.isArray(some)) return some.map((item) => left(item, false));
    if (typeof some !== 'object' || some === null) return some;
    return Object.fromEntries(Object.entries(some).flatMap(([key, item]) => (isLeftOut(key) && !isOutermost ? [] : [[key, isWhole(key) ? item : left(item, false)]])));
  };

  it('leaves the others out with all that is in them, wherever its pieces meet', () => {
    fc.assert(
      fc.property(before, fc.array(value, { maxLength: 6 }), (prefix, some) => {
        const text = `${prefix}${JSON.stringify(some)}]`;
        expect(read(text, wanted)).toEqual(left(sameAs(text), false));
      }),
      { numRuns: 1500 },
    );
  });

  it('holds all keys of the outermost object', () => {
    fc.assert(fc.property(fc.dictionary(keys, value), (some) => { expect(read(JSON.stringify(some), wanted)).toEqual(left(sameAs(JSON.stringify(some)), true)); }), { numRuns: 500 });
  });

  it('is made of JSON only, and of all of it where all is wanted again', () => {
    const damage = fc.tuple(fc.nat(), fc.nat({ max: 2 }), fc.constantFrom('"', '\\', ',', ':', '[', '}', '\u0001', 'nul', ' '));
    fc.assert(
      fc.property(before, fc.array(value, { minLength: 1, maxLength: 3 }), damage, (prefix, some, [at, dropped, put]) => {
        const whole = JSON.stringify({ other: some });
        const place = at % (whole.length + 1);
        const text = `${prefix}${whole.slice(0, place)}${put}${whole.slice(place + dropped)}]`;
        expect(isTaken(text, wanted)).toBe(isJson(text));
        expect(read(`[${whole}]`)).toEqual(sameAs(`[${whole}]`));
      }),
      { numRuns: 1500 },
    );
  });
});
