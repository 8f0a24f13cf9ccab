import type { z } from 'zod';
import { Conversation } from '../model/conversation.js';
import { DecodeError } from '../model/errors.js';
import { isConversation } from './conversationShape.js';

/** A conversation that is not what we rely on, set aside. */
export interface RejectedConversation {
  /** Its place in the page. */
  readonly index: number;
  /** `conversations[3].participants[0].participantId` */
  readonly path: string;
  /** What is wrong there; free of values. */
  readonly problem: string;
  readonly raw: unknown;
}

/** A page's conversations, told apart. */
export interface DecodedConversations {
  readonly conversations: readonly Conversation[];
  readonly rejects: readonly RejectedConversation[];
}

/** How to decode. */
export interface DecodeOptions {
  /** Names the call in messages. */
  readonly label: string;
  /** The key that held the list. */
  readonly field?: 'conversations' | 'entities';
  /** `fail`: the first bad conversation is an error; `reject`: it is set aside. */
  readonly onBadRecord: 'fail' | 'reject';
}

const formatPath = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, key) => (typeof key === 'number' ? `${text}[${String(key)}]` : `${text}.${String(key)}`), '');

const describe = (issue: z.core.$ZodIssue): string => {
  if (issue.code === 'invalid_type') return `is not of type ${issue.expected}`;
  if (issue.code === 'too_small') return 'is empty';
  if (issue.code === 'invalid_union') return 'is not an integer';
  return issue.code === 'custom' ? issue.message : 'is not what we rely on';
};

const explain = (raw: unknown, index: number, field: string): RejectedConversation | undefined => {
  const checked = Conversation.safeParse(raw);
  if (checked.success) return undefined;
  const [issue] = checked.error.issues;
  return { index, path: `${field}[${String(index)}]${formatPath(issue?.path ?? [])}`, problem: issue === undefined ? 'is not a conversation' : describe(issue), raw };
};

/**
 * Checks the fields that we use of every conversation of a page; the rest passes as it came.
 *
 * Invariant: gives the very objects that were parsed, never copies, so own keys such as `__proto__` survive.
 * @throws DecodeError with the path of the offending field, in mode `fail`.
 */
export const decodeConversations = (raw: readonly unknown[], options: DecodeOptions): DecodedConversations => {
  const conversations: Conversation[] = [];
  const rejects: RejectedConversation[] = [];
  raw.forEach((value, index) => {
    if (isConversation(value)) {
      conversations.push(value);
      return;
    }
    const reject = explain(value, index, options.field ?? 'conversations');
    if (reject === undefined) {
      // The schema has the last word.
      conversations.push(value as Conversation);
    } else if (options.onBadRecord === 'fail') {
      throw new DecodeError(options.label, reject.path, reject.problem);
    } else {
      rejects.push(reject);
    }
  });
  return { conversations, rejects };
};
