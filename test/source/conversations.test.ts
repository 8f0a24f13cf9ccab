import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Conversation } from '../../src/model/conversation.js';
import { DecodeError } from '../../src/model/errors.js';
import { decodeConversations } from '../../src/source/conversations.js';
import { isConversation } from '../../src/source/conversationShape.js';

const whole = (): Record<string, unknown> => ({
  conversationId: 'c', conversationStart: '2026-01-05T00:00:00.000Z', conversationEnd: null, originatingDirection: 'inbound', divisionIds: ['d'], externalTag: 't', mediaType: 'voice', channelType: 'voice',
  participants: [
    {
      participantId: 'p', purpose: 'customer', role: 'customer', userId: 'u', participantName: 'n', externalContactId: 'e', externalOrganizationId: 'o', teamId: 't', attributes: { a: 'b', '': '' },
      sessions: [
        {
          sessionId: 's', mediaType: 'voice', channelType: 'voice', direction: 'inbound', provider: 'p', ani: 'a', dnis: 'd', addressFrom: 'f', addressTo: 't', messageType: 'm', outboundCampaignId: 'o',
          flow: { flowId: 'f', flowName: 'n', flowType: 'BOT', exitReason: 'x' },
          segments: [{ segmentStart: 'a', segmentEnd: 'b', segmentType: 'c', disconnectType: 'd', queueId: 'e', wrapUpCode: 'f', wrapUpNote: 'g', conference: false, errorCode: 'h' }],
          metrics: [{ emitDate: 'a', name: 'tTalk', value: 5 }],
        },
      ],
    },
  ],
});

const pathOf = (conversation: unknown): string => {
  try {
    decodeConversations([whole(), conversation], { label: 'page 1', onBadRecord: 'fail' });
  } catch (error) {
    if (error instanceof DecodeError) return error.path;
    throw error;
  }
  return 'none';
};

const changed = (change: (segments: { [key: string]: unknown }, session: { [key: string]: unknown }, participant: { [key: string]: unknown }) => void): unknown => {
  const conversation = structuredClone(whole()) as { participants: [{ sessions: [{ segments: [{ [key: string]: unknown }] }] }] };
  const [participant] = conversation.participants;
  change(participant.sessions[0].segments[0], participant.sessions[0], participant);
  return conversation;
};

describe('a conversation that is not what we rely on', () => {
  it('is named by the path of the field', () => {
    expect(pathOf(changed((segment) => { segment['segmentStart'] = 5; }))).toBe('conversations[1].participants[0].sessions[0].segments[0].segmentStart');
    expect(pathOf(changed((_segment, session) => { delete session['sessionId']; }))).toBe('conversations[1].participants[0].sessions[0].sessionId');
    expect(pathOf(changed((_segment, _session, participant) => { participant['attributes'] = { a: 5 }; }))).toBe('conversations[1].participants[0].attributes');
    expect(pathOf(changed((_segment, session) => { session['metrics'] = [{ name: 'a', value: 1.5 }]; }))).toBe('conversations[1].participants[0].sessions[0].metrics[0].value');
    expect(pathOf({})).toBe('conversations[1].conversationId');
    expect(pathOf({ conversationId: '' })).toBe('conversations[1].conversationId');
    expect(pathOf('canary')).toBe('conversations[1]');
    expect(pathOf(whole())).toBe('none');
  });

  it('is never quoted', () => {
    const bad = changed((_segment, _session, participant) => { participant['participantId'] = { canary: 'canary' }; });
    expect(() => decodeConversations([bad], { label: 'page 1', onBadRecord: 'fail' })).toThrow(/^(?!.*canary).*participantId is not of type string/);
  });

  it('is set aside, with its place and its content, where the job says so', () => {
    const bad = { conversationId: 7 };
    const good = whole();
    const { conversations, rejects } = decodeConversations([bad, good], { label: 'page 1', field: 'entities', onBadRecord: 'reject' });
    expect(conversations).toEqual([good]);
    expect(rejects).toEqual([{ index: 0, path: 'entities[0].conversationId', problem: 'is not of type string', raw: bad }]);
  });
});

describe('a good conversation', () => {
  it('is passed on as it is, unknown fields and enum members included', () => {
    const raw = { ...whole(), brandNew: { deep: [1] }, originatingDirection: 'sideways' };
    const { conversations } = decodeConversations([raw], { label: 'page 1', onBadRecord: 'fail' });
    expect(conversations[0]).toBe(raw);
  });

  it('may hold next to nothing', () => {
    expect(isConversation({ conversationId: 'c' })).toBe(true);
    expect(isConversation({ conversationId: 'c', participants: [] })).toBe(true);
  });
});

describe('the quick check and the schema', () => {
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
    fc.constantFrom<unknown>(undefined, null, '', 'text', 0, -0, 1.5, 1e400, -1, 2 ** 53, 2 ** 53 - 1, 5n, true, false, [], {}, [null], [undefined], ['a'], [1], [{}], [[]], { a: 'b' }, { a: null }, { a: undefined }),
    fc.jsonValue({ maxDepth: 2 }),
  );

  it('agree on a conversation with any one or two values replaced', () => {
    const paths = pathsOf(whole());
    fc.assert(
      fc.property(fc.constantFrom(...paths), odd, fc.option(fc.tuple(fc.constantFrom(...paths.filter((path) => path.length === 1)), odd)), (path, value, second) => {
        let mutant = put(whole(), path, value);
        if (second !== null && typeof mutant === 'object' && mutant !== null && !Array.isArray(mutant)) mutant = put(mutant, second[0], second[1]);
        expect(isConversation(mutant)).toBe(Conversation.safeParse(mutant).success);
      }),
      { numRuns: 4000 },
    );
  });
});
