import type { Conversation } from '../model/conversation.js';

const NONE: readonly string[] = [];

/** Media types of a conversation: those of its sessions, or its own where no session names one. Sorted, distinct. */
export const mediaTypesOf = (conversation: Conversation): readonly string[] => {
  let only: string | null = null;
  let several: Set<string> | undefined;
  for (const { sessions } of conversation.participants) {
    for (const { mediaType } of sessions) {
      if (mediaType === null || mediaType === only) continue;
      if (only === null) only = mediaType;
      else (several ??= new Set([only])).add(mediaType);
    }
  }
  if (several !== undefined) return [...several].sort();
  const type = only ?? conversation.mediaType;
  return type === null ? NONE : [type];
};
