import type { ConversationParts } from '../../model/conversation.js';
import { OBJECT, UnexpectedValue, type JsonTape } from './tape/jsonTape.js';

/** What reading needs to know, and what it notices. */
export interface ReadingContext {
  readonly parts: ConversationParts;
  /** Keys that stood twice in the same object, of those that the job's tables need; the last of them counts, as for JSON.parse. An earlier value that is not what we rely on refuses the conversation all the same. */
  repeatedKeys: number;
}

/* Reading is one function an object of the API: readConversation.ts, readSession.ts, readAttributes.ts. */

/** Takes note of a key of one object; gives the places seen so far, a bit each. @param place as KeyTable gives it */
export const noteRepeated = (context: ReadingContext, seen: number, place: number): number => {
  if (place < 0) return seen;
  if ((seen & (1 << place)) !== 0) context.repeatedKeys++;
  return seen | (1 << place);
};

/** What an absent list is. */
export const NOTHING: readonly never[] = Object.freeze([]);

/** A list of objects or values; empty where it is null. */
export const readList = <T>(json: JsonTape, context: ReadingContext, read: (json: JsonTape, context: ReadingContext) => T): readonly T[] => {
  const items: T[] = [];
  for (const end = json.enterArray(); json.more(end); ) items.push(read(json, context));
  return items;
};

/** Up to so many texts a look at each is faster than a set. */
const FEW = 24;

/** Whether one of the texts stands there twice. */
export const hasRepeated = (texts: readonly string[]): boolean => {
  if (texts.length > FEW) return new Set(texts).size < texts.length;
  for (let i = 1; i < texts.length; i++) for (let j = 0; j < i; j++) if (texts[i] === texts[j]) return true;
  return false;
};

/** Enters an object that must be there; gives its end. */
export const enterRequired = (json: JsonTape): number => {
  if (json.kind() !== OBJECT) throw new UnexpectedValue();
  return json.enterObject();
};
