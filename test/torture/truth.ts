import { createDataset, type DatasetOptions } from '../../src/simulate/dataset.js';

const DAY_MS = 86_400_000;
const USERS = ['customer', 'external', 'user'];

/** What must be in the files of one day. Text of attributes as hex of its UTF-8, so that no reader on the way can bend it. */
export interface DayTruth {
  readonly day: string;
  /** Sorted. */
  readonly conversations: readonly string[];
  /** Conversation, participant, name, value; sorted. */
  readonly attributes: readonly string[];
}

/** A lone surrogate cannot be written; U+FFFD stands in its place. */
const hex = (text: string): string => Buffer.from(text.toWellFormed()).toString('hex').toUpperCase();

/** Reads the simulator's own books for days on which nothing changes any more. */
export const truthOfDays = (options: DatasetOptions, asOfMs: number): readonly DayTruth[] => {
  const dataset = createDataset(options);
  return Array.from({ length: options.days }, (_, i) => {
    const startMs = Date.parse(`${options.from}T00:00:00.000Z`) + i * DAY_MS;
    const conversations = [...dataset.conversationsStartedIn({ startMs, endMs: startMs + DAY_MS }, asOfMs)];
    const attributes = conversations.flatMap((conversation) =>
      (conversation.participants ?? [])
        .filter(({ purpose }) => USERS.includes(purpose ?? ''))
        .flatMap(({ participantId, attributes: map }) => Object.entries(map ?? {}).map(([name, value]) => `${conversation.conversationId} ${participantId} ${hex(name)} ${hex(value)}`)),
    );
    return { day: new Date(startMs).toISOString().slice(0, 10), conversations: conversations.map(({ conversationId }) => conversationId).sort(), attributes: attributes.sort() };
  });
};
