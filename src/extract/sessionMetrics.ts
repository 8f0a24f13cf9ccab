import type { Row, Table } from '../model/table.js';
import { CONVERSATION_ID, CONVERSATION_START, PARTICIPANT_ID, SESSION_ID, optional, required } from './columns.js';

/** One row a metric that a session emitted. */
export const sessionMetrics: Table = {
  name: 'session_metrics',
  doc: 'One row for each metric that a session emitted; the same name recurs within a session.',
  key: ['conversation_id', 'participant_id', 'session_id', 'metric_index'],
  needsAttributes: false,
  parts: { metrics: true },
  columns: [
    CONVERSATION_ID,
    PARTICIPANT_ID,
    SESSION_ID,
    required('metric_index', 'int32', 'Place of the metric in the answer, from 0.'),
    CONVERSATION_START,
    optional('emit_date', 'timestamp', 'When the metric was emitted.'),
    { name: 'name', type: 'string', nullable: false, repeats: 'anywhere', doc: 'Name of the metric: `n…` counts, `t…` durations in milliseconds, `o…` others.' },
    required('value', 'int64', 'The value, exact; milliseconds for `t…`. Exceeds 32 bits in real data.'),
  ],
  rows({ conversationId, conversationStart, participants }) {
    const rows: Row[] = [];
    for (const { participantId, sessions } of participants) {
      for (const { sessionId, metrics } of sessions) {
        for (let i = 0; i < metrics.length; i++) {
          const { emitDate, name, value } = metrics[i]!;
          rows.push([conversationId, participantId, sessionId, i, conversationStart, emitDate, name, value]);
        }
      }
    }
    return rows;
  },
};
