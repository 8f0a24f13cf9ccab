import type { Conversation, Participant, Session } from '../model/conversation.js';
import { instantOf } from './instantOf.js';

/** A participant's purpose, which one protocol calls role. */
export const purposeOf = (participant: Participant): string | null => participant.purpose ?? participant.role ?? null;

/** A session's media type, which one protocol calls channelType. */
export const mediaTypeOf = (session: Session): string | null => session.mediaType ?? session.channelType ?? null;

/** The conversation's start, which every table repeats. Units: UTC epoch milliseconds. @throws DecodeError */
export const conversationStartOf = (conversation: Conversation): number | null =>
  instantOf(conversation.conversationStart, () => 'conversationStart');

/** Media types of a conversation: those of its sessions, or its own where no session names one. Sorted, distinct. */
export const mediaTypesOf = (conversation: Conversation): readonly string[] => {
  const found = new Set<string>();
  for (const participant of conversation.participants ?? []) {
    for (const session of participant.sessions ?? []) {
      const type = mediaTypeOf(session);
      if (type !== null) found.add(type);
    }
  }
  const own = conversation.mediaType ?? conversation.channelType;
  if (found.size === 0 && own !== undefined && own !== null) found.add(own);
  return [...found].sort();
};

/** A participant's attributes as own keys, `__proto__` included. */
export const attributesOf = (participant: Participant): readonly (readonly [string, string])[] =>
  participant.attributes === undefined || participant.attributes === null ? [] : Object.entries(participant.attributes);
