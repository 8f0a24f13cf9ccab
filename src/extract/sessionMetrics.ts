import { DecodeError } from '../model/errors.js';
import type { Row, Table } from '../model/table.js';
import { CONVERSATION_ID, CONVERSATION_START, PARTICIPANT_ID, SESSION_ID, optional, required } from './columns.js';
import { instantOf } from './instantOf.js';
import { conversationStartOf } from './spelling.js';

const fitsInt64 = (value: number | bigint): boolean =>
  typeof value === 'bigint' ? BigInt.asIntN(64, value) === value : Number.isSafeInteger(value);

/** One row a metric that a session emitted. */
export const sessionMetrics: Table = {
  name: 'session_metrics',
  doc: 'One row for each metric that a session emitted; the same name recurs within a session.',
  key: ['conversation_id', 'participant_id', 'session_id', 'metric_index'],
  needsAttributes: false,
  columns: [
    CONVERSATION_ID,
    PARTICIPANT_ID,
    SESSION_ID,
    required('metric_index', 'int32', 'Place of the metric in the answer, from 0.'),
    CONVERSATION_START,
    optional('emit_date', 'timestamp', 'When the metric was emitted.'),
    { name: 'name', type: 'string', nullable: false, repeats: true, doc: 'Name of the metric: `n…` counts, `t…` durations in milliseconds, `o…` others.' },
    required('value', 'int64', 'The value, exact; milliseconds for `t…`. Exceeds 32 bits in real data.'),
  ],
  rows(conversation) {
    const rows: Row[] = [];
    const start = conversationStartOf(conversation);
    conversation.participants?.forEach((participant, p) => {
      participant.sessions?.forEach((session, s) => {
        session.metrics?.forEach((metric, m) => {
          const path = (): string => `participants[${p}].sessions[${s}].metrics[${m}]`;
          if (!fitsInt64(metric.value)) throw new DecodeError('conversation', `${path()}.value`, 'is not an exact 64-bit integer');
          rows.push([
            conversation.conversationId,
            participant.participantId,
            session.sessionId,
            m,
            start,
            instantOf(metric.emitDate, () => `${path()}.emitDate`),
            metric.name,
            metric.value,
          ]);
        });
      });
    });
    return rows;
  },
};
