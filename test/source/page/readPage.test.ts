import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DecodeError } from '../../../src/model/errors.js';
import type { SourceKind } from '../../../src/model/job.js';
import { readWholePage, type WholePage } from '../../support/readWholePage.js';
import { ALL_PARTS, NO_PARTS } from '../../support/allParts.js';
import { conversationOf } from '../../support/wireConversation.js';
import { isJson } from '../../support/isJson.js';
import { anyText } from '../../support/anyText.js';

const bytes = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(new TextEncoder().encode(text));
const page = (value: unknown, kind: SourceKind = 'next-page-url', parts = ALL_PARTS): WholePage => readWholePage(bytes(typeof value === 'string' ? value : JSON.stringify(value)), kind, 'page 1', parts);
const refused = (value: unknown, kind?: SourceKind): DecodeError => {
  try {
    page(value, kind);
  } catch (error) {
    if (error instanceof DecodeError) return error;
    throw error;
  }
  throw new Error('expected a DecodeError');
};

describe('an envelope', () => {
  it.each([[{ entities: [{}], message: 'OK', status: 200 }, 1], [{ entities: [], message: 'success', code: '0' }, 0], [{ entities: [], message: 'OK', status: 200, total: 0 }, 0], [{ entities: [{}], message: 'one shard failed', status: 500 }, 1]])('may tell its own status beside the list: %j', (answer, count) => {
    expect(page(answer).envelope.conversationCount).toBe(count);
  });

  it.each([[{ entities: [], message: 'no', code: 'internal', status: 500 }], [{ entities: [], message: 'no', status: 500 }]])('refuses an error object, also where it has an empty list: %j', (answer) => {
    expect(refused(answer, 'next-page-url').message).toContain('is an error object');
  });

  it('is read in either spelling', () => {
    expect(page({ entities: [{}, {}], nextPageUrl: '/api/x' })).toMatchObject({ field: 'entities', envelope: { conversationCount: 2, nextPageUrl: '/api/x' } });
    expect(page({ conversations: [{}], nextUri: '/api/y' })).toMatchObject({ field: 'conversations', envelope: { nextPageUrl: '/api/y' } });
    expect(page({ conversations: [{}], totalHits: 7, nextPageUrl: 5 }, 'page-number').envelope).toEqual({ conversationCount: 1, totalHits: 7 });
    expect(page({ conversations: [], cursor: 'c=', dataAvailabilityDate: '2026-01-05T04:10:03Z' }, 'job-cursor').envelope).toEqual({
      conversationCount: 0, cursor: 'c=', dataAvailabilityMs: Date.UTC(2026, 0, 5, 4, 10, 3),
    });
  });

  it.each([null, '', undefined])('ends with a link of %j', (nextPageUrl) => {
    expect(page({ entities: [], nextPageUrl }).envelope).toEqual({ conversationCount: 0 });
  });

  it.each<[string, unknown, SourceKind]>([
    ['nextPageUrl', { entities: [], nextPageUrl: 5 }, 'next-page-url'],
    ['nextPageUrl', { entities: [], nextPageUrl: {} }, 'next-page-url'],
    ['cursor', { conversations: [], cursor: 1 }, 'job-cursor'],
    ['totalHits', { conversations: [], totalHits: '7' }, 'page-number'],
    ['totalHits', { conversations: [], totalHits: -1 }, 'page-number'],
    ['dataAvailabilityDate', { conversations: [], dataAvailabilityDate: 'soon' }, 'job-cursor'],
    ['entities', { entities: {} }, 'next-page-url'],
    ['conversations', { conversations: 'many' }, 'job-cursor'],
    ['entities', { conversations: [], entities: [] }, 'next-page-url'],
  ])('is refused, naming %s', (path, value, kind) => {
    expect(refused(value, kind).path).toBe(path);
  });
});

describe('an absent array is not an empty page (row 20)', () => {
  it.each<SourceKind>(['next-page-url', 'page-number', 'job-cursor'])('an error object under status 200, %s', (kind) => {
    expect(refused({ message: 'canary', code: 'internal.server.error', status: 500 }, kind).message).not.toContain('canary');
    expect(refused({ error: 'canary' }, kind).path).toBe('conversations');
    expect(refused([], kind).message).toContain('is not an object');
    expect(refused('null', kind)).toBeInstanceOf(DecodeError);
  });

  it('next-page-url never omits it', () => {
    expect(refused({}).path).toBe('conversations');
    expect(refused({ nextPageUrl: '/api/x' }).path).toBe('conversations');
    expect(refused({ entities: null }).path).toBe('conversations');
    expect(refused({ results: [] }).path).toBe('conversations');
  });

  it('page-number omits it on an empty page, which still has its count', () => {
    expect(page({ totalHits: 0 }, 'page-number').envelope.conversationCount).toBe(0);
    expect(page({ aggregations: [] }, 'page-number').conversations).toEqual([]);
    expect(refused({}, 'page-number').path).toBe('conversations');
    expect(refused({ totalHits: 5, rows: [] }, 'page-number').path).toBe('conversations');
  });

  it('job results omit it', () => {
    expect(page({ dataAvailabilityDate: '2026-01-05T04:10:03Z' }, 'job-cursor').conversations).toEqual([]);
    expect(page({}, 'job-cursor').conversations).toEqual([]);
    expect(refused({ rows: [] }, 'job-cursor').path).toBe('conversations');
  });
});

describe('bytes (row 25)', () => {
  it('that are no UTF-8 are refused, not replaced', () => {
    const broken = bytes('{"entities":[{"a":"xx"}]}');
    broken[19] = 0xff;
    expect(() => readWholePage(broken, 'next-page-url', 'page 1', NO_PARTS)).toThrow(/UTF-8/);
  });

  it('may begin with a byte order mark', () => {
    expect(page('\ufeff{"entities":[{"conversationId":"ä"}]}').conversations[0]?.conversationId).toBe('ä');
    expect(page('\ufeff{"entities":[]}').conversations).toEqual([]);
  });

  it('keep NUL, lone surrogates, emoji and combining marks', () => {
    const text = 'a\u0000b\ud800c😀e\u0301\u202e';
    expect(page({ entities: [{ conversationId: 'c', externalTag: text }] }).conversations[0]?.externalTag).toBe(text);
    const id = text.toWellFormed();
    expect(page({ entities: [{ conversationId: id }] }).conversations[0]?.conversationId).toBe(id);
  });

  it('that are no JSON are refused without quoting them', () => {
    const error = refused('{"entities":[canary');
    expect(error.message).not.toContain('canary');
    expect(error.cause).toBeUndefined();
  });
});

describe('keys', () => {
  const attributesOf = (json: string): [string, string][] => {
    const { names, values } = page(`{"entities":[{"conversationId":"c","participants":[{"participantId":"p","attributes":${json}}]}]}`).conversations[0]!.participants[0]!.attributes;
    return names.map((name, i) => [name, values[i]!]);
  };

  it('named like parts of the language stay data (row 22)', () => {
    expect(attributesOf('{"__proto__":"a","constructor":"b","prototype":"c"}')).toEqual([['__proto__', 'a'], ['constructor', 'b'], ['prototype', 'c']]);
    expect(({} as Record<string, unknown>)['a']).toBeUndefined();
  });

  it('that stand twice are counted, and the last value counts (row 26)', () => {
    expect(attributesOf('{"a":"first","b":"","a":"last"}')).toEqual([['a', 'last'], ['b', '']]);
    const repeated = page('{"entities":[{"conversationId":"c","externalTag":"x","externalTag":"y","other":1,"other":2,"participants":[{"participantId":"p","attributes":{"a":"1","a":"2","a":"3"}}]}]}');
    expect(repeated.repeatedKeys).toBe(3);
    expect(repeated.conversations[0]?.externalTag).toBe('y');
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`n${String(i)}`, 'v']));
    expect(attributesOf(`${JSON.stringify(many).slice(0, -1)},"n7":"again"}`)).toEqual(Object.entries({ ...many, n7: 'again' }));
    expect(page('{"entities":[],"total":1,"total":2}').repeatedKeys).toBe(1);
  });

  it('of attributes that are equal when they are written, as lone surrogates are U+FFFD then, are one: the last value counts', () => {
    expect(attributesOf(String.raw`{"x\ud800":"first","b":"","x\udc01":"last"}`)).toEqual([['x\ud800', 'last'], ['b', '']]);
    expect(attributesOf(String.raw`{"x\ufffd":"first","x\ud800":"last"}`)).toEqual([['x\ufffd', 'last']]);
    expect(attributesOf(String.raw`{"x\ud800":"1","y\ud800":"2","\ud83d\ude00":"3","\ud83d\ude01":"4"}`)).toHaveLength(4);
    expect(page(String.raw`{"entities":[{"conversationId":"c","participants":[{"participantId":"p","attributes":{"\ud800":"1","\ud801":"2","\ud802":"3"}}]}]}`).repeatedKeys).toBe(2);
  });

  it('that hold the list twice are refused: one of the two would be lost', () => {
    expect(refused('{"entities":[{"conversationId":"a"}],"entities":[{"conversationId":"b"}]}').message).toContain('stands twice');
  });

  it('may be written with escapes', () => {
    expect(page('{"ent\\u0069ties":[{"\\u0063onversationId":"c","external\\u0054ag":"t"}]}').conversations[0]).toMatchObject({ conversationId: 'c', externalTag: 't' });
  });
});

describe('attributes beyond measure (row 27)', () => {
  const withAttributes = (json: string): WholePage => page(`{"entities":[{"conversationId":"good"},{"conversationId":"c","participants":[{"participantId":"p","attributes":${json}}]}]}`);

  it('put their conversation aside', () => {
    const long = withAttributes(`{"a":"${'x'.repeat(16 * 1024 * 1024)}"}`);
    expect([long.conversations.length, long.rejected.map(({ index }) => index)]).toEqual([1, [1]]);
    const many = withAttributes(`{${Array.from({ length: 500_001 }, (_, i) => `"${String(i)}":""`).join(',')}}`);
    expect([many.conversations.length, many.rejected.map(({ index }) => index)]).toEqual([1, [1]]);
  });

  it('up to there are kept', () => {
    expect(withAttributes(`{"a":"${'x'.repeat(8 * 1024 * 1024)}"}`).conversations[1]?.participants[0]?.attributes.values[0]).toHaveLength(8 * 1024 * 1024);
  });
});

describe('nesting (row 23)', () => {
  const nested = (levels: number): string => `{"entities":[{"x":${'['.repeat(levels)}${']'.repeat(levels)}}]}`;

  it('of 64 levels passes, of 65 does not', () => {
    expect(page(nested(61)).envelope.conversationCount).toBe(1);
    expect(refused(nested(62)).message).toContain('64');
  });

  it.each([10_000, 1_000_000])('of %i levels is refused', (levels) => {
    expect(refused(nested(levels)).message).toContain('64');
    expect(refused(`{"entities":[${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}]}`).message).toContain('64');
  });

  it('is not mistaken in strings', () => {
    expect(page({ entities: [{ text: '[{"'.repeat(100), back: '\\', quote: '\\"[[' }] }).envelope.conversationCount).toBe(1);
  });
});

describe('numbers (row 24)', () => {
  const read = (literal: string): WholePage => page(`{"entities":[{"conversationId":"c","participants":[{"participantId":"p","sessions":[{"sessionId":"s","metrics":[{"name":"a","value":${literal}}]}]}]}]}`);
  const valueOf = (literal: string): unknown => read(literal).conversations[0]?.participants[0]?.sessions[0]?.metrics[0]?.value;

  it.each(['1e400', '0.5', '"7"', 'null', 'true', '[]', '9223372036854775808', '-9223372036854775809', '1e20', '4503599627370497.25', '9007199254740990.6', '0.99999999999999999999', '1e-400'])('that are no whole number of 64 bits put their conversation aside: %s', (literal) => {
    expect([read(literal).conversations, read(literal).rejected.length]).toEqual([[], 1]);
  });

  it.each<[string, unknown]>([['0', 0], ['-5 ', -5], ['1e3', 1000], ['1.0', 1], ['999999999999999', 999_999_999_999_999], ['1234567890123456', 1_234_567_890_123_456]])('%s are whole', (literal, value) => {
    expect(valueOf(literal)).toBe(value);
  });

  it.each(['01', '-', '1.', '.5', '+1', '1e', '0x1', 'NaN', '1_0', '--1'])('%s are no JSON, read or passed over', (literal) => {
    expect(() => read(literal)).toThrow('is not valid JSON');
    expect(() => page(`{"entities":[],"x":${literal}}`)).toThrow('is not valid JSON');
    expect(() => page(`{"entities":[{"conversationId":"c","x":[${literal}]}]}`)).toThrow('is not valid JSON');
  });

  it('beyond 2^53 are exact', () => {
    expect(valueOf('9007199254740993')).toBe(9007199254740993n);
    expect([valueOf('1.50e2'), valueOf('-12e-0'), valueOf('0.0'), valueOf('-0e400'), valueOf('9007199254740993.0'), valueOf('1E18')]).toEqual([150, -12, 0, 0, 9007199254740993n, 10n ** 18n]);
    expect(valueOf('-9223372036854775808')).toBe(-9223372036854775808n);
    expect(valueOf('9007199254740991')).toBe(9007199254740991);
    expect(valueOf('5173038302')).toBe(5173038302);
  });

  it('of 64 bits are exact, whichever', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        expect(BigInt(valueOf(String(value)) as bigint | number)).toBe(value);
      }),
    );
  });
});

describe('any JSON', () => {
  it('is a page or a DecodeError', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue({ maxDepth: 4 }), fc.dictionary(fc.constantFrom('entities', 'conversations', 'nextPageUrl', 'cursor', 'totalHits', 'x'), fc.jsonValue({ maxDepth: 2 }))), fc.constantFrom<SourceKind>('next-page-url', 'page-number', 'job-cursor'), (value, kind) => {
        try {
          expect(page(JSON.stringify(value), kind).conversations).toBeInstanceOf(Array);
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }),
    );
  });

  it('whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (raw) => {
        expect(() => readWholePage(new Uint8Array(raw), 'next-page-url', 'page 1', NO_PARTS)).toThrow(DecodeError);
      }),
    );
  });

  const ATOMS = ['{', '}', '[', ']', ',', ':', '"', ' ', '\n', '\t', '\\', '0', '1', '-', '+', '.', 'e', 'E', 'null', 'true', 'false', '"a"', '"conversationId"', '"participants"', '"sessions"', '"metrics"', '"attributes"', '"\\u00e4"', '"ä😀"', '\u0001', '\u007f', 'ä', '\\u12', '"\\x"'];

  it('is taken for JSON where JSON.parse takes it for JSON, and nowhere else', () => {
    const damaged = fc
      .tuple(fc.jsonValue({ maxDepth: 5 }), fc.boolean(), fc.array(fc.tuple(fc.nat(), fc.nat({ max: 2 }), fc.constantFrom(...ATOMS)), { maxLength: 3 }))
      .map(([value, spaced, changes]) => changes.reduce((text, [at, drop, atom]) => {
        const place = at % (text.length + 1);
        return text.slice(0, place) + atom + text.slice(place + drop);
      }, JSON.stringify(value, undefined, spaced ? 1 : 0)));
    const loose = fc.array(fc.constantFrom(...ATOMS), { maxLength: 12 }).map((atoms) => atoms.join(''));
    fc.assert(
      fc.property(fc.oneof(damaged, loose), fc.constantFrom('{"entities":[],"x":@}', '{"entities":[@]}', '{"entities":[{"conversationId":"c","participants":@,"x":1}]}', '{"entities":[{"conversationId":"c","participants":[{"participantId":"p","attributes":@}]}]}'), (text, frame) => {
        // The frame must not be broken up by what is put into it.
        if (!isJson(text) && isJson(frame.replace('@', () => text))) return;
        const whole = frame.replace('@', () => text);
        let told = true;
        try {
          page(whole);
        } catch (error) {
          told = error instanceof DecodeError && error.problem !== 'is not valid JSON';
        }
        expect(told).toBe(isJson(whole.toWellFormed()));
      }),
      { numRuns: 5000 },
    );
  });
});

describe('what is read of a conversation', () => {
  const word = fc.oneof(fc.constantFrom('voice', 'customer', '', 'a\u0000b', 'Grüße', '😀', '\\"', '\ud800', '__proto__'), fc.string({ maxLength: 60 }), anyText(12));
  const id = word.filter((one) => one.isWellFormed());
  const text = fc.option(word, { freq: 4 });
  const instant = fc.option(fc.oneof(fc.constantFrom('2026-01-05T10:00:00.000Z', '2026-02-28T23:59:59.999Z', '2026-02-28T24:00Z', '2024-02-29T10:00:00Z', '2026-01-05T10:00:00.123456+02:00'), fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }).map((date) => date.toISOString())));
  const some = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<T[] | null | undefined> => fc.option(fc.option(fc.array(item, { maxLength: 3 })), { nil: undefined });
  /** Those of one parent, told apart by their ids. */
  const someOf = (item: fc.Arbitrary<object>, id: string): fc.Arbitrary<object[] | null | undefined> =>
    fc.option(fc.option(fc.uniqueArray(item, { maxLength: 3, selector: (one) => String((one as Record<string, unknown>)[id]) })), { nil: undefined });
  const other = { brandNew: fc.jsonValue({ maxDepth: 2 }) };
  const record = <T extends object>(fields: T, requiredKeys: (keyof T)[]): fc.Arbitrary<object> => fc.record({ ...fields, ...other } as never, { requiredKeys: requiredKeys as never });
  const segment = record({ segmentStart: instant, segmentEnd: instant, segmentType: text, disconnectType: text, queueId: text, wrapUpCode: text, wrapUpNote: text, conference: fc.option(fc.boolean()), errorCode: text }, []);
  const metric = record({ emitDate: instant, name: word, value: fc.oneof(fc.maxSafeInteger(), fc.integer()) }, ['name', 'value']);
  const session = record({ sessionId: id, mediaType: text, channelType: text, direction: text, provider: text, ani: text, dnis: text, addressFrom: text, addressTo: text, messageType: text, outboundCampaignId: text, flow: fc.option(record({ flowId: text, flowName: text, flowType: text, exitReason: text }, [])), segments: some(segment), metrics: some(metric) }, ['sessionId']);
  // Names that are no array indexes: those JSON.parse puts first, in numeric order.
  const attributes = fc.option(fc.dictionary(word.filter((name) => !/^\d+$/.test(name) && name !== '__proto__'), word));
  const participant = record({ participantId: id, purpose: text, role: text, userId: text, participantName: text, externalContactId: text, externalOrganizationId: text, teamId: text, sessions: someOf(session, 'sessionId'), attributes }, ['participantId']);
  const conversation = record({ conversationId: fc.string({ minLength: 1, maxLength: 40 }), conversationStart: instant, conversationEnd: instant, originatingDirection: text, divisionIds: some(word), externalTag: text, mediaType: text, channelType: text, participants: someOf(participant, 'participantId') }, ['conversationId']);

  it('is what JSON.parse gives, whatever the spacing', () => {
    fc.assert(
      fc.property(fc.array(conversation, { maxLength: 3 }), fc.constantFrom(undefined, ' ', '\t'), (all, space) => {
        const json = JSON.stringify({ entities: all }, undefined, space);
        const read = page(json);
        expect(read.rejected).toEqual([]);
        // Null prototypes of generated records are none of our business.
        expect(read.conversations).toEqual((JSON.parse(json) as { entities: unknown[] }).entities.map(conversationOf));
        expect(page(json, 'next-page-url', NO_PARTS).conversations.map((c) => c.conversationId)).toEqual(read.conversations.map((c) => c.conversationId));
      }),
      { numRuns: 500 },
    );
  });
});
