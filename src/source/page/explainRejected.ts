import type * as z from 'zod';
import { ConversationSchema } from './conversationSchema.js';
import { countKeys, plainJson } from './plainJson.js';

/** What is wrong with a conversation. */
export interface Explanation {
  /** The API's id of it, where it has one that tells it from others. */
  readonly conversationId: string | null;
  /** `.participants[0].participantId`, below the conversation; empty where it is none at all. */
  readonly path: string;
  /** What is wrong there; free of values. */
  readonly problem: string;
}

const NOT_WHAT_WE_RELY_ON = 'is not what we rely on';
/** JSON.parse sees the last value of a key only; a conversation is refused for an earlier one, too. */
const REPEATED = 'holds a key that stands twice, with an earlier value that is not what we rely on';

const formatPath = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, key) => (typeof key === 'number' ? `${text}[${String(key)}]` : `${text}.${String(key)}`), '');

const describe = (issue: z.core.$ZodIssue): string => {
  if (issue.code === 'invalid_type') return `is not of type ${issue.expected}`;
  if (issue.code === 'too_small') return 'is empty';
  return issue.code === 'custom' ? issue.message : NOT_WHAT_WE_RELY_ON;
};

/**
 * Says what is wrong with a conversation that could not be read.
 *
 * Why apart: the schema is loaded and asked only when a conversation is refused, which in most runs never happens.
 * @param source the conversation as the API sent it: JSON
 */
export const explainRejected = (source: string): Explanation => {
  const { text, keys } = plainJson(source);
  const raw: unknown = JSON.parse(text);
  const id: unknown = typeof raw === 'object' && raw !== null && 'conversationId' in raw ? raw.conversationId : null;
  const issue = ConversationSchema.safeParse(raw).error?.issues[0];
  return {
    conversationId: typeof id === 'string' && id !== '' && id.isWellFormed() ? id : null,
    path: formatPath(issue?.path ?? []),
    problem: issue === undefined ? (countKeys(raw) < keys ? REPEATED : NOT_WHAT_WE_RELY_ON) : describe(issue),
  };
};
