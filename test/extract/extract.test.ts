import { describe, expect, it } from 'vitest';
import { extractPage } from '../../src/extract/extractPage.js';
import { participantAttributes } from '../../src/extract/participantAttributes.js';
import { TABLES } from '../../src/extract/tables.js';
import { userParticipants } from '../../src/extract/userParticipants.js';
import type { Conversation, Participant } from '../../src/model/conversation.js';
import { rowsOf } from '../../src/model/columns/cells.js';
import { FLAG_HAS_ATTRIBUTES, FLAG_OPEN } from '../../src/model/columns/block.js';
import { DecodeError } from '../../src/model/errors.js';
import { TABLE_NAMES } from '../../src/model/table.js';

const USERS = { purposes: ['customer', 'external'], which: 'all' } as const;
const FIRST = { purposes: ['customer', 'external'], which: 'first' } as const;

const participant = (participantId: string, purpose: string, starts: readonly string[] = []): Participant => ({
  participantId,
  purpose,
  sessions: [{ sessionId: `${participantId}-s`, segments: starts.map((segmentStart) => ({ segmentStart })) }],
  attributes: { who: participantId },
});

const conversation = (participants: readonly Participant[], more: Partial<Conversation> = {}): Conversation => ({
  conversationId: 'c-1',
  conversationStart: '2026-01-05T10:00:00.000Z',
  participants: [...participants],
  ...more,
});

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
    const { block } = extractPage([conversation([participant('a', 'customer')]), conversation([], { conversationId: 'c-2', conversationEnd: '2026-01-05T11:00:00.000Z' })], tables, USERS);
    expect([...block.tables[0]!.rowStarts]).toEqual([0, 1, 1]);
    expect([...block.tables[1]!.rowStarts]).toEqual([0, 1, 2]);
    expect([...block.index.flags]).toEqual([FLAG_OPEN | FLAG_HAS_ATTRIBUTES, 0]);
    expect([...rowsOf(tables[1]!.columns, block.tables[1]!.batch)].map((row) => row[0])).toEqual(['c-1', 'c-2']);
  });

  it('names the field that cannot be read', () => {
    const bad = conversation([participant('a', 'customer'), participant('b', 'agent', ['2026-01-05T10:00:00.000Z', 'soon'])]);
    expect(() => extractPage([bad], tables, USERS)).toThrow(DecodeError);
    expect(() => extractPage([bad], tables, USERS)).toThrow('participants[1].sessions[0].segments[1].segmentStart is not an ISO-8601 instant');
  });

  it('leaves a conversation that one table refuses out of all of them', () => {
    const bad = conversation([participant('b', 'agent', ['soon'])], { conversationId: 'c-bad' });
    const refused: number[] = [];
    const { block } = extractPage([conversation([]), bad, conversation([], { conversationId: 'c-3' })], tables, USERS, (index) => refused.push(index));
    expect(refused).toEqual([1]);
    expect(block.index.count).toBe(2);
    expect([...rowsOf(tables[1]!.columns, block.tables[1]!.batch)].map((row) => row[0])).toEqual(['c-1', 'c-3']);
    for (const table of block.tables) expect(table.rowStarts).toHaveLength(3);
  });

  it('has no start where the conversation has none', () => {
    const { block } = extractPage([{ conversationId: 'c' }], tables, USERS);
    expect(block.index.startMs[0]).toBeNaN();
  });
});
