import type { Table } from '../model/table.js';
import { CONVERSATION_ID, CONVERSATION_START, optionalText, recurringText, required } from './columns.js';

/** One row a participant, of every purpose. */
export const participants: Table = {
  name: 'participants',
  doc: 'One row for each participant of a conversation, of every purpose.',
  key: ['conversation_id', 'participant_id'],
  needsAttributes: false,
  parts: { participantDetails: true },
  columns: [
    CONVERSATION_ID,
    required('participant_id', 'string', 'The participant in the conversation: `participantId`.'),
    CONVERSATION_START,
    recurringText('purpose', 'Why the participant is there (`customer`, `agent`, `acd`, `ivr`, …), as the API names it.'),
    recurringText('user_id', 'The Genesys user, for agents and other users.'),
    optionalText('participant_name', 'Display name. Personal data.'),
    optionalText('external_contact_id', 'External contact that the participant was matched to.'),
    recurringText('external_organization_id', 'External organization of that contact.'),
    recurringText('team_id', 'Team of the user.'),
    required('session_count', 'int32', 'Sessions of the participant.'),
    required('attributes', 'map', 'All attributes of the participant, name to value, byte for byte; empty where there are none or the protocol carries none.'),
  ],
  rows(conversation) {
    return conversation.participants.map((participant) => [
      conversation.conversationId,
      participant.participantId,
      conversation.conversationStart,
      participant.purpose,
      participant.userId,
      participant.participantName,
      participant.externalContactId,
      participant.externalOrganizationId,
      participant.teamId,
      participant.sessions.length,
      participant.attributes,
    ]);
  },
};
