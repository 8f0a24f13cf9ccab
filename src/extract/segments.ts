import type { Row, Table } from '../model/table.js';
import { CONVERSATION_ID, CONVERSATION_START, PARTICIPANT_ID, SESSION_ID, optional, optionalText, recurringText, required } from './columns.js';

/** One row a segment of a session. */
export const segments: Table = {
  name: 'segments',
  doc: 'One row for each segment: a stretch of a session in one state (`interact`, `hold`, `wrapup`, …).',
  key: ['conversation_id', 'participant_id', 'session_id', 'segment_index'],
  needsAttributes: false,
  parts: { segments: true },
  columns: [
    CONVERSATION_ID,
    PARTICIPANT_ID,
    SESSION_ID,
    required('segment_index', 'int32', 'Place of the segment in the answer, from 0; not chronological.'),
    CONVERSATION_START,
    optional('segment_start', 'timestamp', 'When the segment began; a customer’s can lie just before `conversation_start`.'),
    optional('segment_end', 'timestamp', 'When the segment ended. NULL while it goes on.'),
    recurringText('segment_type', 'State of the session in this stretch, as the API names it.'),
    recurringText('disconnect_type', 'How the segment ended, as the API names it.'),
    recurringText('queue_id', 'Queue of the segment.'),
    recurringText('wrap_up_code', 'Wrap-up code: an id, or a name such as `ININ-WRAP-UP-TIMEOUT`. NULL in wrap-up segments without one.'),
    optionalText('wrap_up_note', 'The agent’s note. Free text, may hold personal data.'),
    optional('conference', 'boolean', 'Whether the segment was part of a conference.'),
    recurringText('error_code', 'Error that ended the segment.'),
  ],
  rows({ conversationId, conversationStart, participants }) {
    const rows: Row[] = [];
    for (const { participantId, sessions } of participants) {
      for (const { sessionId, segments: all } of sessions) {
        for (let i = 0; i < all.length; i++) {
          const segment = all[i]!;
          rows.push([
            conversationId,
            participantId,
            sessionId,
            i,
            conversationStart,
            segment.segmentStart,
            segment.segmentEnd,
            segment.segmentType,
            segment.disconnectType,
            segment.queueId,
            segment.wrapUpCode,
            segment.wrapUpNote,
            segment.conference,
            segment.errorCode,
          ]);
        }
      }
    }
    return rows;
  },
};
