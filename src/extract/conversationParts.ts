import type { ConversationParts } from '../model/conversation.js';
import type { ParticipantPolicy } from '../model/participantPolicy.js';
import type { Table } from '../model/table.js';

/** What has to be read of a conversation for these tables. */
export const conversationParts = (tables: readonly Pick<Table, 'parts' | 'key'>[], policy: ParticipantPolicy): ConversationParts => {
  const isNeeded = (part: keyof ConversationParts): boolean => tables.some(({ parts }) => parts[part] === true);
  const isKey = (column: string): boolean => tables.some(({ key }) => key.includes(column));
  return {
    participantDetails: isNeeded('participantDetails'),
    sessionDetails: isNeeded('sessionDetails'),
    // Who is the first is told by segments.
    segments: isNeeded('segments') || policy.which === 'first',
    metrics: isNeeded('metrics'),
    participantKeys: isKey('participant_id'),
    sessionKeys: isKey('session_id'),
  };
};
