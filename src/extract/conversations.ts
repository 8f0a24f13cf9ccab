import type { Table } from '../model/table.js';
import { CONVERSATION_START, optional, optionalText, recurringText, required } from './columns.js';
import { mediaTypesOf } from './mediaTypes.js';

/** One row a conversation. */
export const conversations: Table = {
  name: 'conversations',
  doc: 'One row for each conversation that started in the partition.',
  key: ['conversation_id'],
  needsAttributes: false,
  parts: {},
  columns: [
    required('conversation_id', 'string', 'The conversation: `conversationId`. Joins all tables.'),
    CONVERSATION_START,
    optional('conversation_end', 'timestamp', 'When the conversation ended: `conversationEnd`. NULL while it is open.'),
    optional('duration_ms', 'int64', 'Milliseconds from start to end. NULL while the conversation is open.'),
    required('is_open', 'boolean', 'True where the answer had no `conversationEnd`: a later export of the same day may restate the row.'),
    recurringText('originating_direction', '`inbound` or `outbound`: who began the conversation.'),
    required('media_types', 'list', 'Distinct media types of all sessions, sorted.'),
    required('division_ids', 'list', 'Divisions the conversation belongs to, in the API’s order; several when it crossed queues or flows.'),
    optionalText('external_tag', 'Tag that an outside system set on the conversation.'),
    required('participant_count', 'int32', 'Participants of the conversation, of every purpose.'),
    required('attribute_count', 'int32', 'Attributes of all participants, of every purpose; 0 over page-number, which carries none.'),
  ],
  rows(conversation) {
    const { conversationStart: start, conversationEnd: end, participants } = conversation;
    return [
      [
        conversation.conversationId,
        start,
        end,
        start === null || end === null ? null : end - start,
        end === null,
        conversation.originatingDirection,
        mediaTypesOf(conversation),
        conversation.divisionIds,
        conversation.externalTag,
        participants.length,
        participants.reduce((sum, { attributes }) => sum + attributes.names.length, 0),
      ],
    ];
  },
};
