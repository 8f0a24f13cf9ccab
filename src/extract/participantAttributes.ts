import type { Row, Table } from '../model/table.js';
import { CONVERSATION_ID, CONVERSATION_START, PARTICIPANT_ID, recurringText, required } from './columns.js';
import { userParticipants } from './userParticipants.js';

/** Analytics cuts names and values at so many characters. Source: Genesys Cloud, asynchronous conversation details query. */
const ANALYTICS_CUT = 1024;

/** Counted as UTF-16 units and as code points: which of the two the service counts is not published. */
const isCut = (value: string): boolean =>
  value.length === ANALYTICS_CUT || (value.length > ANALYTICS_CUT && value.length <= 2 * ANALYTICS_CUT && [...value].length === ANALYTICS_CUT);

/** One row an attribute of the user's participants: tall, so that new names need no new columns. */
export const participantAttributes: Table = {
  name: 'participant_attributes',
  doc: 'One row for each attribute that flows, bots, scripts or agents set on a participant on the user’s side of a conversation.',
  key: ['conversation_id', 'participant_id', 'name'],
  needsAttributes: true,
  parts: {},
  columns: [
    CONVERSATION_ID,
    PARTICIPANT_ID,
    { name: 'name', type: 'string', nullable: false, repeats: 'anywhere', doc: 'The attribute’s name, byte for byte: case, spaces and newlines are kept, and names that differ only in case are different names.' },
    required('value', 'string', 'The attribute’s value, always text, byte for byte. The empty string is a value, not NULL.'),
    CONVERSATION_START,
    recurringText('participant_purpose', 'The participant’s purpose (`customer`, `external`, …), as the API names it; new members appear without notice.'),
    recurringText('media_type', 'Media type of the participant’s first session that names one, else the conversation’s own.'),
    required('truncated', 'boolean', 'True where the value is exactly 1,024 characters long, where analytics cuts: the full value may be longer.'),
  ],
  rows(conversation, policy) {
    const rows: Row[] = [];
    const { conversationId, conversationStart } = conversation;
    for (const { participantId, purpose, sessions, attributes } of userParticipants(conversation, policy)) {
      const { names, values } = attributes;
      if (names.length === 0) continue;
      const media = sessions.find(({ mediaType }) => mediaType !== null)?.mediaType ?? conversation.mediaType;
      for (let i = 0; i < names.length; i++) {
        const value = values[i]!;
        rows.push([conversationId, participantId, names[i]!, value, conversationStart, purpose, media, isCut(value)]);
      }
    }
    return rows;
  },
};
