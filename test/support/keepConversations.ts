import type { Conversation } from '../../src/model/conversation.js';
import type { ConversationSink } from '../../src/model/conversationSink.js';

/** Keeps a page's conversations as they are. */
export const keepConversations = (): ConversationSink<readonly Conversation[]> => {
  let kept: Conversation[] = [];
  return {
    begin: () => {
      kept = [];
    },
    add: (conversation) => {
      kept.push(conversation);
    },
    finish: () => kept,
  };
};
