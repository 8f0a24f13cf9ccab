import type { AnalyticsConversation } from '../../src/simulate/analyticsModel.js';
import type { Dataset } from '../../src/simulate/dataset.js';

/** An attribute row as it must come out, by the simulator's own books: written without the exporter's code. */
export interface TruthAttribute {
  readonly conversation_id: string;
  readonly participant_id: string;
  readonly name: string;
  readonly value: string;
}

const USERS = ['customer', 'external', 'user'];

/** The truth has no lone surrogates: files hold U+FFFD in their place. */
const writable = (text: string): string => text.toWellFormed();

const key = (row: TruthAttribute): string => JSON.stringify([row.conversation_id, row.participant_id, row.name, row.value]);

/** Conversations that started on a UTC day, as everybody sees them when nothing changes any more. */
export const truthOf = (dataset: Dataset, day: string, asOfMs: number): AnalyticsConversation[] => {
  const startMs = Date.parse(`${day}T00:00:00.000Z`);
  return [...dataset.conversationsStartedIn({ startMs, endMs: startMs + 86_400_000 }, asOfMs)];
};

/** Attribute rows of conversations, sorted as `sortedRows` sorts. */
export const truthAttributes = (conversations: readonly AnalyticsConversation[]): TruthAttribute[] =>
  sortedRows(
    conversations.flatMap((conversation) =>
      (conversation.participants ?? [])
        .filter((participant) => USERS.includes(participant.purpose ?? ''))
        .flatMap((participant) =>
          Object.entries(participant.attributes ?? {}).map(([name, value]) => ({
            conversation_id: conversation.conversationId,
            participant_id: participant.participantId,
            name: writable(name),
            value: writable(value),
          })),
        ),
    ),
  );

/** Rows in an order of their own, so that two sets can be compared. */
export const sortedRows = <T extends TruthAttribute>(rows: readonly T[]): T[] => [...rows].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
