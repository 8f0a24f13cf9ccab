import type { Column } from '../model/table.js';

/** The conversation's id, in every table. */
export const CONVERSATION_ID: Column = {
  name: 'conversation_id',
  type: 'string',
  nullable: false,
  repeats: 'inRuns',
  isLookedUp: true,
  doc: 'The conversation: `conversationId`. Joins all tables.',
};

/** The conversation's start, in every table, so that each can be filtered by time without a join. */
export const CONVERSATION_START: Column = {
  name: 'conversation_start',
  type: 'timestamp',
  nullable: true,
  doc: 'When the conversation started: `conversationStart`. Decides the partition. NULL where the protocol does not say.',
};

/** The participant's id, in every table below the conversation. */
export const PARTICIPANT_ID: Column = {
  name: 'participant_id',
  type: 'string',
  nullable: false,
  repeats: 'inRuns',
  doc: 'The participant in the conversation: `participantId`.',
};

/** The session's id, in every table below the session. */
export const SESSION_ID: Column = {
  name: 'session_id',
  type: 'string',
  nullable: false,
  repeats: 'inRuns',
  doc: 'The session of the participant: `sessionId`.',
};

/** A nullable text column, of which most values are others. */
export const optionalText = (name: string, doc: string): Column => ({ name, type: 'string', nullable: true, doc });

/** A nullable text column, of which a value recurs in many rows. */
export const recurringText = (name: string, doc: string): Column => ({ ...optionalText(name, doc), repeats: 'anywhere' });

/** A column that every row has. */
export const required = (name: string, type: Column['type'], doc: string): Column => ({ name, type, nullable: false, doc });

/** A column that a row may lack. */
export const optional = (name: string, type: Column['type'], doc: string): Column => ({ name, type, nullable: true, doc });
