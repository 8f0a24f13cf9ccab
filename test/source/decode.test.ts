import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DecodeError } from '../../src/model/errors.js';
import type { SourceKind } from '../../src/model/job.js';
import { parsePage } from '../../src/source/decode.js';
import type { RawPage } from '../../src/source/decode.js';

const bytes = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(new TextEncoder().encode(text));
const page = (value: unknown, kind: SourceKind = 'next-page-url'): RawPage => parsePage(bytes(typeof value === 'string' ? value : JSON.stringify(value)), kind, 'page 1');
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
    expect(() => parsePage(broken, 'next-page-url', 'page 1')).toThrow(/UTF-8/);
  });

  it('may begin with a byte order mark', () => {
    expect(page('\ufeff{"entities":[{"conversationId":"ä"}]}').conversations).toEqual([{ conversationId: 'ä' }]);
    expect(page('\ufeff{"entities":[]}').conversations).toEqual([]);
  });

  it('keep NUL, lone surrogates, emoji and combining marks', () => {
    const text = 'a\u0000b\ud800c😀e\u0301\u202e';
    expect(page({ entities: [{ conversationId: text }] }).conversations).toEqual([{ conversationId: text }]);
  });

  it('that are no JSON are refused without quoting them', () => {
    const error = refused('{"entities":[canary');
    expect(error.message).not.toContain('canary');
    expect(error.cause).toBeUndefined();
  });
});

describe('keys (row 22)', () => {
  it('named like parts of the language stay data', () => {
    const [conversation] = page('{"entities":[{"participants":[{"attributes":{"__proto__":"a","constructor":"b","prototype":"c"}}]}]}').conversations as [
      { participants: [{ attributes: Record<string, string> }] },
    ];
    expect(Object.entries(conversation.participants[0].attributes)).toEqual([['__proto__', 'a'], ['constructor', 'b'], ['prototype', 'c']]);
    expect(({} as Record<string, unknown>)['a']).toBeUndefined();
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
  const valueOf = (literal: string): unknown => {
    const [conversation] = page(`{"entities":[{"participants":[{"attributes":{"__proto__":"kept"},"sessions":[{"metrics":[{"name":"a","value":${literal}}]}]}]}]}`).conversations as [
      { participants: [{ attributes: Record<string, string>; sessions: [{ metrics: [{ value: unknown }] }] }] },
    ];
    expect(Object.keys(conversation.participants[0].attributes)).toEqual(['__proto__']);
    return conversation.participants[0].sessions[0].metrics[0].value;
  };

  it('beyond 2^53 are exact', () => {
    expect(valueOf('9007199254740993')).toBe(9007199254740993n);
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
        expect(() => parsePage(new Uint8Array(raw), 'next-page-url', 'page 1')).toThrow(DecodeError);
      }),
    );
  });
});
