import type { Row, Table } from '../model/table.js';
import { CONVERSATION_ID, CONVERSATION_START, PARTICIPANT_ID, optionalText, recurringText, required } from './columns.js';

/** One row a session of a participant. */
export const sessions: Table = {
  name: 'sessions',
  doc: 'One row for each session: a participant’s stay on one medium.',
  key: ['conversation_id', 'participant_id', 'session_id'],
  needsAttributes: false,
  parts: { sessionDetails: true, segments: true, metrics: true },
  columns: [
    CONVERSATION_ID,
    PARTICIPANT_ID,
    required('session_id', 'string', 'The session of the participant: `sessionId`.'),
    CONVERSATION_START,
    recurringText('media_type', '`voice`, `message`, `email`, `callback`, …, as the API names it.'),
    recurringText('direction', 'Direction of the session; agents’ legs of an inbound call are `inbound` too.'),
    recurringText('provider', 'Provider of the session, e.g. `Edge` or `PureCloud Messaging`.'),
    optionalText('ani', 'Caller’s address. Personal data.'),
    recurringText('dnis', 'Address that was called.'),
    optionalText('address_from', 'Sender’s address, for e-mail and messages. Personal data.'),
    recurringText('address_to', 'Recipient’s address, for e-mail and messages. Personal data.'),
    recurringText('message_type', 'Kind of message, e.g. `webmessaging`, `whatsapp`, `sms`.'),
    recurringText('flow_id', 'Flow that the session ran through.'),
    recurringText('flow_name', 'That flow’s name at the time.'),
    recurringText('flow_type', 'That flow’s type, e.g. `INBOUNDCALL`.'),
    recurringText('exit_reason', 'How the session left the flow.'),
    recurringText('outbound_campaign_id', 'Campaign, for dialled sessions.'),
    required('segment_count', 'int32', 'Segments of the session.'),
    required('metric_count', 'int32', 'Metrics that the session emitted.'),
  ],
  rows({ conversationId, conversationStart, participants }) {
    const rows: Row[] = [];
    for (const { participantId, sessions: all } of participants) {
      for (const session of all) {
        const { flow } = session;
        rows.push([
          conversationId,
          participantId,
          session.sessionId,
          conversationStart,
          session.mediaType,
          session.direction,
          session.provider,
          session.ani,
          session.dnis,
          session.addressFrom,
          session.addressTo,
          session.messageType,
          flow === null ? null : flow.flowId,
          flow === null ? null : flow.flowName,
          flow === null ? null : flow.flowType,
          flow === null ? null : flow.exitReason,
          session.outboundCampaignId,
          session.segments.length,
          session.metrics.length,
        ]);
      }
    }
    return rows;
  },
};
