import type { ConversationParts } from '../../src/model/conversation.js';

/** Everything of a conversation is read. */
export const ALL_PARTS: ConversationParts = { participantDetails: true, sessionDetails: true, segments: true, metrics: true, participantKeys: true, sessionKeys: true };
/** Only what every job reads. */
export const NO_PARTS: ConversationParts = { participantDetails: false, sessionDetails: false, segments: false, metrics: false, participantKeys: false, sessionKeys: false };
