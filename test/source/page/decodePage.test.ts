import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DecodeError } from '../../../src/model/errors.js';
import { refuseBadRecords } from '../../../src/run/badRecords.js';
import { ConversationSchema } from '../../../src/source/page/conversationSchema.js';
import type { Conversation } from '../../../src/model/conversation.js';
import type { DecodedConversations } from '../../../src/model/decodedConversations.js';
import { decodePage } from '../../../src/source/page/decodePage.js';
import { plainJson } from '../../../src/source/page/plainJson.js';
import { readWholePage } from '../../support/readWholePage.js';
import { ALL_PARTS, NO_PARTS } from '../../support/allParts.js';
import { keepConversations } from '../../support/keepConversations.js';

const whole = (): Record<string, unknown> => ({
  conversationId: 'c', conversationStart: '2026-01-05T00:00:00.000Z', conversationEnd: null, originatingDirection: 'inbound', divisionIds: ['d'], externalTag: 't', mediaType: 'voice', channelType: 'voice',
  participants: [
    {
      participantId: 'p', purpose: 'customer', role: 'customer', userId: 'u', participantName: 'n', externalContactId: 'e', externalOrganizationId: 'o', teamId: 't', attributes: { a: 'b', '': '' },
      sessions: [
        {
          sessionId: 's', mediaType: 'voice', channelType: 'voice', direction: 'inbound', provider: 'p', ani: 'a', dnis: 'd', addressFrom: 'f', addressTo: 't', messageType: 'm', outboundCampaignId: 'o',
          flow: { flowId: 'f', flowName: 'n', flowType: 'BOT', exitReason: 'x' },
          segments: [{ segmentStart: '2026-01-05T00:00:00.000Z', segmentEnd: '2026-01-05T00:00:01Z', segmentType: 'c', disconnectType: 'd', queueId: 'e', wrapUpCode: 'f', wrapUpNote: 'g', conference: false, errorCode: 'h' }],
          metrics: [{ emitDate: null, name: 'tTalk', value: 5 }],
        },
      ],
    },
  ],
});

/** JSON in which `#…#` stands for a number by its text: JSON.stringify has no others than doubles. */
const jsonOf = (value: unknown): string | undefined => (JSON.stringify(value) as string | undefined)?.replaceAll(/"#(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)#"(?!:)/g, '$1');
const bodyOf = (conversations: readonly unknown[]): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(jsonOf({ conversations })!));
const read = (body: Uint8Array<ArrayBuffer>, parts = ALL_PARTS): Promise<DecodedConversations<readonly Conversation[]>> => decodePage(body, 'next-page-url', 'page 1', parts, keepConversations());
/** As a job does that stops at the first record that it cannot read. */
const decode = async (conversations: readonly unknown[]): Promise<DecodedConversations<readonly Conversation[]>> => {
  const page = await read(bodyOf(conversations));
  refuseBadRecords(page.rejects, { startMs: Number.NEGATIVE_INFINITY, endMs: Number.POSITIVE_INFINITY }, 'page 1');
  return page;
};

const pathOf = async (conversation: unknown): Promise<string> => {
  try {
    await decode([whole(), conversation]);
  } catch (error) {
    if (error instanceof DecodeError) return error.path;
    throw error;
  }
  return 'none';
};

const changed = (change: (segments: { [key: string]: unknown }, session: { [key: string]: unknown }, participant: { [key: string]: unknown }, conversation: { [key: string]: unknown }) => void): object => {
  const conversation = structuredClone(whole()) as { participants: [{ sessions: [{ segments: [{ [key: string]: unknown }] }] }] };
  const [participant] = conversation.participants;
  change(participant.sessions[0].segments[0], participant.sessions[0], participant, conversation);
  return conversation;
};

describe('a conversation that is not what we rely on', () => {
  it.each<[string, unknown]>([
    ['[1].participants[0].sessions[0].segments[0].segmentStart', changed((segment) => { segment['segmentStart'] = 5; })],
    ['[1].participants[0].sessions[0].segments[0].segmentEnd', changed((segment) => { segment['segmentEnd'] = 'soon'; })],
    ['[1].participants[0].sessions[0].sessionId', changed((_segment, session) => { delete session['sessionId']; })],
    ['[1].participants[0].attributes', changed((_segment, _session, participant) => { participant['attributes'] = { a: 5 }; })],
    ['[1].participants[0].sessions[0].metrics[0].value', changed((_segment, session) => { session['metrics'] = [{ name: 'a', value: 1.5 }]; })],
    ['[1].conversationId', {}],
    ['[1].conversationId', { conversationId: '' }],
    ['[1].conversationStart', { conversationId: 'c', conversationStart: 'yesterday' }],
    ['[1].conversationId', { conversationId: 'a\ud800' }],
    ['[1].participants[0].participantId', changed((_segment, _session, participant) => { participant['participantId'] = '\udc00'; })],
    ['[1].participants[0].sessions[0].sessionId', changed((_segment, session) => { session['sessionId'] = 'a\ud800b'; })],
    ['[1].participants[0].sessions[0].metrics[1].value', changed((_segment, session) => { session['metrics'] = [{ name: 'a', value: '#9223372036854775807#' }, { name: 'b', value: 1.5 }]; })],
    ['[1].participants[0].sessions[0].metrics[1].value', changed((_segment, session) => { session['metrics'] = [{ name: 'a', value: '#-9223372036854775808#' }, { name: 'b', value: '#4503599627370497.25#' }]; })],
    ['[1].participants[0].sessions[0].metrics[0].value', changed((_segment, session) => { session['metrics'] = [{ name: 'a', value: '#9223372036854775808#' }]; })],
    ['[1].participants[0].sessions[0].metrics[0].value', changed((_segment, session) => { session['metrics'] = [{ name: 'a', value: '#1e-400#' }]; })],
    ['[1]', 'canary'],
    ['[1]', null],
    ['[1]', [[]]],
  ])('is named by the path of the field: %s', async (path, conversation) => {
    expect(await pathOf(conversation)).toBe(`conversations${path}`);
  });

  it('is none where all is well', async () => {
    expect(await pathOf(whole())).toBe('none');
    expect(await pathOf({ conversationId: 'c' })).toBe('none');
    expect(await pathOf({ conversationId: 'c', participants: [] })).toBe('none');
  });

  it('is never quoted', async () => {
    const bad = changed((_segment, _session, participant) => { participant['participantId'] = { canary: 'canary' }; });
    await expect(decode([bad])).rejects.toThrow(/^(?!.*canary).*participantId is not of type string/);
    const long = changed((_segment, _session, participant) => { participant['attributes'] = { a: 'canary'.repeat(3 * 1024 * 1024) }; });
    await expect(decode([long])).rejects.toThrow(/^(?!.*canary).*attributes holds a value longer than 16 MiB/);
  });

  it('is given apart, with its place and its content to the letter', async () => {
    const bad = '{ "conversationId": "c-9", "externalTag":9007199254740993}';
    const body = new Uint8Array(Buffer.from(`{"entities":[${bad} , ${JSON.stringify(whole())}]}`));
    const { envelope, content, rejects } = await read(body);
    expect([envelope.conversationCount, content.length]).toEqual([2, 1]);
    expect(rejects).toEqual([{ conversationId: 'c-9', path: 'entities[0].externalTag', reason: 'is not of type string', record: bad }]);
  });

  it('has no id where that could be another’s as well: it is empty, or cannot be written', async () => {
    const { rejects } = await read(bodyOf([{ conversationId: '' }, { conversationId: 'a\ud800' }, { conversationId: 7 }, { conversationId: 'c', externalTag: 7 }]));
    expect(rejects.map(({ conversationId }) => conversationId)).toEqual([null, null, null, 'c']);
  });

  it('is none where the part that is odd is not read', async () => {
    const odd = changed((_segment, session) => { session['metrics'] = [{ name: 'a', value: 1.5 }]; });
    const { content } = await read(bodyOf([odd]), NO_PARTS);
    expect(content[0]?.participants[0]?.sessions[0]?.metrics).toEqual([]);
  });
});

describe('a key that stands twice', () => {
  const problemsOf = async (...conversations: readonly string[]): Promise<unknown> => (await read(new Uint8Array(Buffer.from(`{"entities":[${conversations.join(',')}]}`)))).rejects.map(({ path, reason }) => [path, reason]);
  const TWICE = 'holds a key that stands twice, with an earlier value that is not what we rely on';

  it('is refused by its earlier value too, and the reason says so', async () => {
    expect(await problemsOf('{"conversationId":7,"conversationId":"c"}', '{"conversationId":"c","participants":[{"participantId":"p","attributes":{"a" : 5,"a":"b"}}]}')).toEqual([['entities[0]', TWICE], ['entities[1]', TWICE]]);
  });

  it('is not blamed for another field, nor where it stands in text', async () => {
    expect(await problemsOf('{"conversationId":"c","externalTag":"x","externalTag":"\\"a\\":1","mediaType":7}')).toEqual([['entities[0].mediaType', 'is not of type string']]);
    expect(plainJson('{"a":"\\\\","b" :\n[-1.50e1,"1.5",{"c":"\\":"}],"d":"e:"}')).toEqual({ text: '{"a":"\\\\","b" :\n[0,"1.5",{"c":"\\":"}],"d":"e:"}', keys: 4 });
  });

  it('counts by its last value where all can be read', async () => {
    expect(await problemsOf('{"conversationId":"b","conversationId":"c"}')).toEqual([]);
  });
});

describe('ids that two share', () => {
  const twice = (part: 'participants' | 'sessions', times = 2): object =>
    changed((_segment, _session, participant, conversation) => {
      if (part === 'sessions') participant['sessions'] = Array.from({ length: times }, (_, i) => ({ sessionId: i === times - 1 ? 's-0' : `s-${String(i)}` }));
      else conversation['participants'] = Array.from({ length: times }, (_, i) => ({ participantId: i === times - 1 ? 'p-0' : `p-${String(i)}`, attributes: { [`a${String(i)}`]: 'canary' } }));
    });

  it.each([2, 3, 8, 9, 500])('are refused where rows are told apart by them, of %i', async (times) => {
    await expect(decode([twice('participants', times)])).rejects.toThrow(`participants[${String(times - 1)}].participantId is the id of another participant as well`);
    await expect(decode([twice('sessions', times)])).rejects.toThrow(`participants[0].sessions[${String(times - 1)}].sessionId is the id of another session of the participant as well`);
  });

  it('pass where no row is told apart by them, and where they are of different parents', async () => {
    const parts = { ...ALL_PARTS, participantKeys: false, sessionKeys: false };
    for (const part of ['participants', 'sessions'] as const) {
      const { content } = await read(bodyOf([twice(part)]), parts);
      expect(content).toHaveLength(1);
    }
    const shared = changed((_segment, _session, _participant, conversation) => {
      conversation['participants'] = ['p-0', 'p-1'].map((participantId) => ({ participantId, sessions: [{ sessionId: 's-0' }] }));
    });
    expect((await decode([shared])).content).toHaveLength(1);
  });
});

describe('a good conversation', () => {
  it('may have unknown fields and enum members', async () => {
    const { content } = await decode([{ ...whole(), brandNew: { deep: [1] }, originatingDirection: 'sideways' }]);
    expect(content[0]?.originatingDirection).toBe('sideways');
  });
});

describe('the reader and the schema', () => {
  /** Every path to a value in a whole conversation. */
  const pathsOf = (value: unknown, at: readonly (string | number)[] = []): (readonly (string | number)[])[] => {
    if (typeof value !== 'object' || value === null) return [at];
    return [at, ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...at, Array.isArray(value) ? Number(key) : key]))];
  };
  const put = (root: unknown, path: readonly (string | number)[], value: unknown): unknown => {
    const [key, ...rest] = path;
    if (key === undefined) return value;
    const copy: unknown = Array.isArray(root) ? [...(root as unknown[])] : { ...(root as object) };
    (copy as Record<string | number, unknown>)[key] = put((root as Record<string | number, unknown>)[key], rest, value);
    return copy;
  };
  const odd = fc.oneof(
    fc.constantFrom<unknown>(undefined, null, '', 'text', '\ud800', 'a\udc00b', '😀', '#9223372036854775807#', '#-9223372036854775808#', '#9223372036854775808#', '#4503599627370497.25#', '#1e-400#', '#1.0e2#', '#1E+400#', 0, -0, 1.5, -1, 2 ** 53, 2 ** 53 - 1, true, false, [], {}, [null], [undefined], ['a'], [1], [{}], [[]], { a: 'b' }, { a: null }, { a: undefined }),
    fc.jsonValue({ maxDepth: 2 }),
  );

  it('agree on a conversation with any one or two values replaced', () => {
    const paths = pathsOf(whole());
    fc.assert(
      fc.property(fc.constantFrom(...paths), odd, fc.option(fc.tuple(fc.constantFrom(...paths.filter((path) => path.length === 1)), odd)), (path, value, second) => {
        let mutant = put(whole(), path, value);
        if (second !== null && typeof mutant === 'object' && mutant !== null && !Array.isArray(mutant)) mutant = put(mutant, second[0], second[1]);
        // As JSON has it: no bigint, no NaN.
        const json = jsonOf(mutant);
        if (json === undefined) return;
        const { rejected } = readWholePage(new Uint8Array(Buffer.from(`{"entities":[${json}]}`)), 'next-page-url', 'page 1', ALL_PARTS);
        expect(rejected.length === 0).toBe(ConversationSchema.safeParse(JSON.parse(plainJson(json).text)).success);
      }),
      { numRuns: 4000 },
    );
  });
});

describe('what a page lists', () => {
  const hashOf = async (...conversations: readonly unknown[]): Promise<string> => (await read(bodyOf(conversations))).listHash;
  const named = (conversationId: string): object => ({ ...whole(), conversationId });

  it('is the same however its conversations are written', async () => {
    const turned = Object.fromEntries(Object.entries({ ...named('a'), externalTag: 'other' }).reverse());
    expect(await hashOf(turned, named('b'))).toBe(await hashOf(named('a'), named('b')));
  });

  it('is another with other conversations, another order, or others that cannot be read', async () => {
    const lists = [[], [named('a')], [named('b')], [named('a'), named('b')], [named('b'), named('a')], [named('a'), { id: 1 }], [named('a'), { id: 2 }]];
    expect(new Set(await Promise.all(lists.map((list) => hashOf(...list)))).size).toBe(lists.length);
  });
});

describe('what no table of a job needs', () => {
  const FLAGS = ['participantDetails', 'sessionDetails', 'segments', 'metrics', 'participantKeys', 'sessionKeys'] as const;
  const anyParts = fc.record(Object.fromEntries(FLAGS.map((flag) => [flag, fc.boolean()])) as { [F in (typeof FLAGS)[number]]: fc.Arbitrary<boolean> });
  /** Keys that nobody knows, before and behind those of each object, with known ones of wrong types behind them. */
  const withJunk = (value: unknown, key = ''): unknown => {
    if (Array.isArray(value)) return value.map((item) => withJunk(item));
    if (typeof value !== 'object' || value === null || key === 'attributes') return value;
    const junk = { conversationId: 5, participants: [{ attributes: { a: 5 }, sessions: { sessionId: [] } }], segments: 'none', metrics: [[{ value: 1.5 }]], mediaType: {} };
    return { unknown: junk, ...Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withJunk(item, name)])), conversation: [junk, junk] };
  };

  it('makes no difference, whatever the parts', async () => {
    await fc.assert(
      fc.asyncProperty(anyParts, async (parts) => {
        const clean = await read(bodyOf([whole(), { ...whole(), conversationId: 'd' }]), parts);
        expect(clean.rejects).toEqual([]);
        expect(await read(bodyOf([withJunk(whole()), withJunk({ ...whole(), conversationId: 'd' })]), parts)).toEqual(clean);
      }),
      { numRuns: 64 },
    );
  });

  it('is not what is written with escapes', async () => {
    // As a gateway may: each key with an escape of its first letter.
    const escaped = (text: string): string => text.replaceAll(/"(\w)(\w*)":/g, (_all, first: string, rest: string) => `"\\u00${first.charCodeAt(0).toString(16)}${rest}":`);
    await fc.assert(
      fc.asyncProperty(anyParts, async (parts) => {
        const text = Buffer.from(bodyOf([whole()])).toString();
        expect(await read(new Uint8Array(Buffer.from(escaped(text))), parts)).toEqual(await read(bodyOf([whole()]), parts));
        const one = text.replace('"attributes":', String.raw`"attribute\u0073":`);
        expect((await read(new Uint8Array(Buffer.from(one)), parts)).content[0]!.participants[0]!.attributes).toEqual({ names: ['a', ''], values: ['b', ''] });
      }),
      { numRuns: 64 },
    );
  });

  it('may be of any type, and twice', async () => {
    const odd = jsonOf({ conversations: [changed((_segment, session, participant) => { Object.assign(session, { segments: 5, metrics: {}, flow: 'none', direction: [] }); Object.assign(participant, { userId: {}, teamId: 5 }); })] })!;
    const { rejects, repeatedKeys, content } = await read(new Uint8Array(Buffer.from(odd.replace('"userId":', '"userId":5,"userId":'))), NO_PARTS);
    expect([rejects, repeatedKeys, content.length]).toEqual([[], 0, 1]);
  });
});
