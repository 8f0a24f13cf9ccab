import { describe, expect, it } from 'vitest';
import { conversationParts } from '../../src/extract/conversationParts.js';
import { PageExtractor, type ExtractedPage } from '../../src/extract/extractPage.js';
import { participantAttributes } from '../../src/extract/participantAttributes.js';
import { TABLES } from '../../src/extract/tables.js';
import { userParticipants } from '../../src/extract/userParticipants.js';
import type { Conversation } from '../../src/model/conversation.js';
import { rowsOf } from '../../src/model/columns/cells.js';
import { FLAG_HAS_ATTRIBUTES, FLAG_OPEN } from '../../src/model/columns/block.js';
import { TABLE_NAMES, type Table } from '../../src/model/table.js';
import { readWholePage } from '../support/readWholePage.js';
import { ALL_PARTS, NO_PARTS } from '../support/allParts.js';
import { conversationOf } from '../support/wireConversation.js';

const USERS = { purposes: ['customer', 'external'], which: 'all' } as const;
const FIRST = { purposes: ['customer', 'external'], which: 'first' } as const;

const participant = (participantId: string, purpose: string, starts: readonly string[] = []): object => ({
  participantId,
  purpose,
  sessions: [{ sessionId: `${participantId}-s`, segments: starts.map((segmentStart) => ({ segmentStart })) }],
  attributes: { who: participantId },
});

const conversation = (participants: readonly object[], more: object = {}): Conversation =>
  conversationOf({ conversationId: 'c-1', conversationStart: '2026-01-05T10:00:00.000Z', participants, ...more });

const extracted = (tables: readonly Table[], conversations: readonly Conversation[]): ExtractedPage => {
  const extractor = new PageExtractor(tables, USERS);
  extractor.begin();
  for (const one of conversations) extractor.add(one);
  return extractor.finish();
};

describe('the user’s participants', () => {
  const late = participant('late', 'customer', ['2026-01-05T10:05:00.000Z']);
  const early = participant('early', 'external', ['2026-01-05T10:09:00.000Z', '2026-01-05T10:01:00.000Z']);
  const agent = participant('agent', 'agent', ['2026-01-05T09:00:00.000Z']);

  it('are all of those purposes, in the answer’s order', () => {
    expect(userParticipants(conversation([agent, late, early]), USERS).map((p) => p.participantId)).toEqual(['late', 'early']);
  });

  it('with which: first are the one whose first segment began earliest, not the first in the answer', () => {
    expect(userParticipants(conversation([agent, late, early]), FIRST).map((p) => p.participantId)).toEqual(['early']);
  });

  it('are not told by a segment without a start: it says nothing of who was first', () => {
    const untold = conversationOf({ conversationId: 'c', participants: [{ participantId: 'untold', purpose: 'customer', sessions: [{ sessionId: 's', segments: [{ segmentStart: null }, {}] }] }, late] });
    expect(userParticipants(untold, FIRST).map((p) => p.participantId)).toEqual(['late']);
  });

  it('without any segment keep the answer’s order', () => {
    expect(userParticipants(conversation([participant('b', 'customer'), participant('a', 'customer')]), FIRST).map((p) => p.participantId)).toEqual(['b']);
  });

  it('with purposes: all are everybody', () => {
    expect(userParticipants(conversation([agent, late]), { purposes: 'all', which: 'all' })).toHaveLength(2);
  });
});

describe('participant attributes', () => {
  const cut = (value: string): unknown =>
    participantAttributes.rows(conversation([{ participantId: 'p', purpose: 'customer', attributes: { a: value } }]), USERS)[0]?.[7];

  it('are marked where the value is as long as analytics cuts', () => {
    expect(cut('x'.repeat(1024))).toBe(true);
    expect(cut('x'.repeat(1023))).toBe(false);
    expect(cut('x'.repeat(1025))).toBe(false);
    expect(cut('😀'.repeat(512))).toBe(true);
    expect(cut('😀'.repeat(1024))).toBe(true);
  });
});

describe('a page', () => {
  const tables = TABLE_NAMES.map((name) => TABLES[name]);

  it('gives each conversation its rows in every table', () => {
    const { block } = extracted(tables, [conversation([participant('a', 'customer')]), conversation([], { conversationId: 'c-2', conversationEnd: '2026-01-05T11:00:00.000Z' })]);
    expect([...block.tables[0]!.rowStarts]).toEqual([0, 1, 1]);
    expect([...block.tables[1]!.rowStarts]).toEqual([0, 1, 2]);
    expect([...block.index.flags]).toEqual([FLAG_OPEN | FLAG_HAS_ATTRIBUTES, 0]);
    expect([...rowsOf(tables[1]!.columns, block.tables[1]!.batch)].map((row) => row[0])).toEqual(['c-1', 'c-2']);
  });

  it('has no start where the conversation has none', () => {
    const { block } = extracted(tables, [conversationOf({ conversationId: 'c' })]);
    expect(block.index.startMs[0]).toBeNaN();
  });
});

describe('the parts of a conversation that a table names', () => {
  const body = new Uint8Array(Buffer.from(JSON.stringify({
    entities: [
      {
        conversationId: 'c', conversationStart: '2026-01-05T10:00:00.000Z', divisionIds: ['d'], externalTag: 't', originatingDirection: 'inbound',
        participants: [
          {
            participantId: 'p', purpose: 'customer', userId: 'u', participantName: 'n', externalContactId: 'e', externalOrganizationId: 'o', teamId: 't', attributes: { a: 'b' },
            sessions: [
              {
                sessionId: 's', mediaType: 'voice', direction: 'inbound', provider: 'p', ani: 'a', dnis: 'd', addressFrom: 'f', addressTo: 't', messageType: 'm', outboundCampaignId: 'o',
                flow: { flowId: 'f', flowName: 'n', flowType: 'BOT', exitReason: 'x' },
                segments: [{ segmentStart: '2026-01-05T10:00:00.000Z', segmentType: 'interact', conference: false }],
                metrics: [{ name: 'tTalk', value: 5 }],
              },
            ],
          },
        ],
      },
    ],
  })));
  const read = (parts: typeof ALL_PARTS): Conversation => readWholePage(body.slice(), 'next-page-url', 'page', parts).conversations[0]!;

  it.each(TABLE_NAMES)('are all that the rows of %s are made of', (name) => {
    const table = TABLES[name];
    expect(table.rows(read({ ...NO_PARTS, ...table.parts }), USERS)).toEqual(table.rows(read(ALL_PARTS), USERS));
    expect(table.rows(read(ALL_PARTS), USERS)).not.toEqual([]);
  });

  it('are read for a job where one of its tables needs them, and segments where the first participant is wanted', () => {
    expect(conversationParts([TABLES.conversations], USERS)).toEqual(NO_PARTS);
    expect(conversationParts([TABLES.conversations, TABLES.participant_attributes], USERS)).toEqual({ ...NO_PARTS, participantKeys: true });
    expect(conversationParts([TABLES.participant_attributes], FIRST)).toEqual({ ...NO_PARTS, participantKeys: true, segments: true });
    expect(conversationParts(TABLE_NAMES.map((name) => TABLES[name]), USERS)).toEqual(ALL_PARTS);
  });
});
