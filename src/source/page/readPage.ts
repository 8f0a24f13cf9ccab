import { isUtf8 } from 'node:buffer';
import type { Conversation, ConversationParts } from '../../model/conversation.js';
import { DecodeError } from '../../model/errors.js';
import type { SourceKind } from '../../model/job.js';
import type { PageEnvelope } from '../../model/page.js';
import { fingerprint, listHashOf } from './listHash.js';
import { listField, readEnvelope, type ListField } from './pageEnvelope.js';
import { keysOfConversation, readConversation } from './readConversation.js';
import type { ReadingContext } from './reading.js';
import { ARRAY, JsonTape, OBJECT, UnexpectedValue } from './tape/jsonTape.js';
import { MAX_DEPTH, NestedTooDeep, NotJson } from './tape/tapeKernel.js';
import type { WantedKeys } from './tape/wantedKeys.js';

/** A conversation that is not what we rely on. */
export interface RejectedConversation {
  /** Its place in the page. */
  readonly index: number;
  /** As the API sent it: JSON. */
  readonly source: string;
}

/** What a page says of itself, and what of it could not be read. */
export interface ReadPage {
  readonly envelope: PageEnvelope;
  /** The key that held them, for paths in messages. */
  readonly field: ListField;
  /** Of the ids of its conversations, and of the JSON of those that could not be read. */
  readonly listHash: string;
  readonly rejected: readonly RejectedConversation[];
  /** Keys that stood twice in one object, of those that the job's tables need; the last of them counts. */
  readonly repeatedKeys: number;
}

type TakeConversation = (conversation: Conversation) => void;
type List = Pick<ReadPage, 'listHash' | 'rejected'> & { readonly count: number };

/** Reads the list's conversations. */
const readList = (json: JsonTape, context: ReadingContext, take: TakeConversation): List => {
  const listed: string[] = [];
  const rejected: RejectedConversation[] = [];
  for (const end = json.enterArray(); json.more(end); ) {
    const start = json.at;
    const conversation = readOrReject(json, context);
    if (conversation !== undefined) {
      take(conversation);
      listed.push(conversation.conversationId);
      continue;
    }
    json.at = start;
    rejected.push({ index: listed.length, source: json.source() });
    listed.push(fingerprint(json.bytesOfNext()));
    json.skip();
  }
  return { listHash: listHashOf(listed), rejected, count: listed.length };
};

/** Undefined where it is not what we rely on. */
const readOrReject = (json: JsonTape, context: ReadingContext): Conversation | undefined => {
  try {
    return readConversation(json, context);
  } catch (error) {
    if (error instanceof UnexpectedValue) return undefined;
    throw error;
  }
};

/** By the parts of a job's tables, which are one object. */
const wanted = new WeakMap<ConversationParts, WantedKeys>();

const wantedBy = (parts: ConversationParts): WantedKeys => {
  const known = wanted.get(parts);
  if (known !== undefined) return known;
  const made = keysOfConversation(parts);
  wanted.set(parts, made);
  return made;
};

const isList = (name: string): name is ListField => name === 'conversations' || name === 'entities';

const read = (body: Uint8Array<ArrayBuffer>, kind: SourceKind, label: string, parts: ConversationParts, take: TakeConversation): ReadPage => {
  const json = new JsonTape(body, body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0, wantedBy(parts));
  const context: ReadingContext = { parts, repeatedKeys: 0 };
  const fields = new Map<string, unknown>();
  const lists: ListField[] = [];
  let list: List = { listHash: '', rejected: [], count: 0 };
  if (json.kind() !== OBJECT) throw new DecodeError(label, '', 'is not an object');
  for (const end = json.enterObject(); json.more(end); ) {
    const name = json.keyText();
    if (isList(name) && json.kind() === ARRAY) {
      if (lists.includes(name)) throw new DecodeError(label, name, 'stands twice in the answer: which of the two is the page cannot be told');
      if (lists.length === 0) list = readList(json, context, take);
      else json.skip();
      lists.push(name);
      continue;
    }
    if (fields.has(name)) context.repeatedKeys++;
    fields.set(name, JSON.parse(json.source()));
    json.skip();
  }
  const field = listField(fields, lists, kind, label) ?? 'conversations';
  const envelope = readEnvelope(fields, kind, list.count, label);
  const { listHash, rejected } = list;
  return { envelope, field, listHash, rejected, repeatedKeys: context.repeatedKeys };
};

/**
 * Reads a page's bytes: its envelope, checked, and its conversations, as far as `parts` says, which `take` is given one by one; those that are not what we rely on are set aside.
 *
 * Invariant: strict UTF-8, JSON to the last byte, nested at most 64 deep, metric values exact; unknown keys and enum members pass.
 * Either spelling of everything is read. Never zero conversations by mistake.
 * @throws DecodeError for anything else than a page; free of values.
 */
export const readPage = (body: Uint8Array<ArrayBuffer>, kind: SourceKind, label: string, parts: ConversationParts, take: TakeConversation): ReadPage => {
  if (!isUtf8(body)) throw new DecodeError(label, '', 'is not valid UTF-8');
  try {
    return read(body, kind, label, parts, take);
  } catch (error) {
    // Without a cause: nothing of the answer is quoted.
    if (error instanceof NotJson) throw new DecodeError(label, '', 'is not valid JSON');
    if (error instanceof NestedTooDeep) throw new DecodeError(label, '', `is nested deeper than ${String(MAX_DEPTH)} levels`);
    throw error;
  }
};
