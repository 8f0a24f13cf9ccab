import type { Row, Table } from '../model/table.js';
import { CONVERSATION_ID, CONVERSATION_START, PARTICIPANT_ID, optionalText, required } from './columns.js';
import { attributesOf, conversationStartOf, mediaTypeOf, purposeOf } from './spelling.js';
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
  columns: [
    CONVERSATION_ID,
    PARTICIPANT_ID,
    { name: 'name', type: 'string', nullable: false, repeats: true, doc: 'The attribute’s name, byte for byte: case, spaces and newlines are kept, and names that differ only in case are different names.' },
    required('value', 'string', 'The attribute’s value, always text, byte for byte. The empty string is a value, not NULL.'),
    CONVERSATION_START,
    optionalText('participant_purpose', 'The participant’s purpose (`customer`, `external`, …), as the API names it; new members appear without notice.', true),
    optionalText('media_type', 'Media type of the participant’s first session that names one, else the conversation’s own.', true),
    required('truncated', 'boolean', 'True where the value is exactly 1,024 characters long, where analytics cuts: the full value may be longer.'),
  ],
  rows(conversation, policy) {
    const rows: Row[] = [];
    const start = conversationStartOf(conversation);
    for (const participant of userParticipants(conversation, policy)) {
      const attributes = attributesOf(participant);
      if (attributes.length === 0) continue;
      const session = participant.sessions?.find((candidate) => mediaTypeOf(candidate) !== null);
      const media = session === undefined ? (conversation.mediaType ?? conversation.channelType ?? null) : mediaTypeOf(session);
      const purpose = purposeOf(participant);
      for (const [name, value] of attributes) {
        rows.push([conversation.conversationId, participant.participantId, name, value, start, purpose, media, isCut(value)]);
      }
    }
    return rows;
  },
};
