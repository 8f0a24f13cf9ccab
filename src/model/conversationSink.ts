import type { Conversation } from './conversation.js';

/**
 * Takes a page's conversations one by one, as they are read, and makes something of them.
 *
 * Why one by one: a conversation is garbage before the next is read. A whole page of them is some megabytes of objects that outlive two collections and have to be moved by them.
 */
export interface ConversationSink<T> {
  /** A page begins; whatever was taken since the last one is forgotten. */
  begin(): void;
  add(conversation: Conversation): void;
  /** The page has ended. */
  finish(): T;
}
