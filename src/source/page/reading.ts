import type { ConversationParts } from '../../model/conversation.js';
import { UnexpectedValue, type JsonBytes } from './jsonBytes.js';

/** What reading needs to know, and what it notices. */
export interface ReadingContext {
  readonly parts: ConversationParts;
  /** Keys that stood twice in the same object, of those that are read; the last of them counts, as for JSON.parse. */
  repeatedKeys: number;
}

/*
 * Reading is one function an object of the API (readConversation.ts, readSession.ts, readAttributes.ts). Depths are those of the object in its page: page 1, list 2, conversation 3, and so on;
 * they bound what is passed over (JsonBytes.skip).
 */

/** Takes note of a key of one object; gives the places seen so far, a bit each. @param place as KeyTable gives it */
export const noteRepeated = (context: ReadingContext, seen: number, place: number): number => {
  if (place < 0) return seen;
  if ((seen & (1 << place)) !== 0) context.repeatedKeys++;
  return seen | (1 << place);
};

/** What an absent list is. */
export const NOTHING: readonly never[] = Object.freeze([]);

/** A list of objects or values; empty where it is null. */
export const readList = <T>(json: JsonBytes, context: ReadingContext, read: (json: JsonBytes, context: ReadingContext) => T): readonly T[] => {
  if (!json.enterArray()) return NOTHING;
  const items: T[] = [];
  for (let first = true; json.nextItem(first); first = false) items.push(read(json, context));
  return items;
};

/** Enters an object that must be there. */
export const enterRequired = (json: JsonBytes): void => {
  if (!json.enterObject()) throw new UnexpectedValue();
};
