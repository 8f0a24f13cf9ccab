import type { Table, TableName } from '../model/table.js';
import { conversations } from './conversations.js';
import { participantAttributes } from './participantAttributes.js';
import { participants } from './participants.js';
import { segments } from './segments.js';
import { sessionMetrics } from './sessionMetrics.js';
import { sessions } from './sessions.js';

/** Every table by name. */
export const TABLES: Readonly<Record<TableName, Table>> = {
  participant_attributes: participantAttributes,
  conversations,
  participants,
  sessions,
  segments,
  session_metrics: sessionMetrics,
};
