import { DecodeError } from '../model/errors.js';
import { parseInstant } from '../model/instant.js';
import type { SourceKind } from '../model/job.js';
import type { PageEnvelope } from '../model/page.js';
import { hasInexactMetric, parseExact } from './exactIntegers.js';
import { checkNesting } from './nesting.js';
import { pageText } from './pageText.js';

/** A page whose envelope is checked and whose conversations are not yet. */
export interface RawPage {
  readonly envelope: PageEnvelope;
  /** The key that held them, for paths in messages. */
  readonly field: 'conversations' | 'entities';
  readonly conversations: readonly unknown[];
}

type Fields = Readonly<Record<string, unknown>>;

/** Keys that an answer without conversations may have and still be an empty page. */
const EMPTY_PAGE_KEYS = new Set([
  'conversations', 'entities', 'aggregations', 'totalHits', 'total', 'cursor', 'dataAvailabilityDate', 'pageSize', 'pageNumber', 'pageCount',
  'selfUri', 'firstUri', 'lastUri', 'nextUri', 'previousUri',
]);

const parseText = (text: string, label: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // Without a cause: the parser's message quotes the text.
    throw new DecodeError(label, '', 'is not valid JSON');
  }
};

const readObject = (value: unknown, label: string): Fields => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new DecodeError(label, '', 'is not an object');
  return value as Fields;
};

const refuseErrorObject = (fields: Fields, label: string): void => {
  if (typeof fields['message'] === 'string' && (typeof fields['code'] === 'string' || typeof fields['status'] === 'number')) {
    throw new DecodeError(label, '', 'is an error object where a page was expected');
  }
};

/**
 * The page's conversations; an empty list only where the page really is empty.
 *
 * An absent array is not an empty page, except where the API is known to omit it: job results, if no key but those of an envelope is there;
 * the public query, if moreover at least one of these keys (totalHits, aggregations, …) is.
 */
const readConversations = (fields: Fields, kind: SourceKind, label: string): Pick<RawPage, 'field' | 'conversations'> => {
  const present = (['conversations', 'entities'] as const).filter((name) => fields[name] !== undefined && fields[name] !== null);
  const [field] = present;
  if (present.length > 1) throw new DecodeError(label, 'entities', 'stands beside conversations: which of the two is the page cannot be told');
  if (field !== undefined) {
    const conversations = fields[field];
    if (!Array.isArray(conversations)) throw new DecodeError(label, field, 'is not an array');
    return { field, conversations };
  }
  refuseErrorObject(fields, label);
  const keys = Object.keys(fields);
  const looksEmpty = keys.every((key) => EMPTY_PAGE_KEYS.has(key));
  const omits = kind === 'job-cursor' ? looksEmpty : kind === 'page-number' && looksEmpty && keys.length > 0;
  if (!omits) throw new DecodeError(label, 'conversations', 'is absent, which is not the same as empty', { remedy: 'Check that source.kind is the protocol that this server speaks.' });
  return { field: 'conversations', conversations: [] };
};

const readText = (fields: Fields, name: string, label: string): string | undefined => {
  const value = fields[name];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string') throw new DecodeError(label, name, 'is not a string');
  return value;
};

const readCount = (fields: Fields, name: string, label: string): number | undefined => {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw new DecodeError(label, name, 'is not a count');
  return value;
};

const readEnvelope = (fields: Fields, kind: SourceKind, conversationCount: number, label: string): PageEnvelope => {
  const totalHits = readCount(fields, 'totalHits', label) ?? readCount(fields, 'total', label);
  const total = totalHits === undefined ? {} : { totalHits };
  if (kind === 'page-number') return { conversationCount, ...total };
  if (kind === 'next-page-url') {
    const nextPageUrl = readText(fields, 'nextPageUrl', label) ?? readText(fields, 'nextUri', label);
    return { conversationCount, ...total, ...(nextPageUrl === undefined ? {} : { nextPageUrl }) };
  }
  const cursor = readText(fields, 'cursor', label);
  const date = readText(fields, 'dataAvailabilityDate', label);
  const dataAvailabilityMs = date === undefined ? undefined : parseInstant(date);
  if (date !== undefined && dataAvailabilityMs === undefined) throw new DecodeError(label, 'dataAvailabilityDate', 'is not a timestamp');
  return { conversationCount, ...total, ...(cursor === undefined ? {} : { cursor }), ...(dataAvailabilityMs === undefined ? {} : { dataAvailabilityMs }) };
};

/**
 * Reads a page's bytes: its envelope, checked, and its conversations, as parsed.
 *
 * Invariant: strict UTF-8, nested at most 64 deep; metric values beyond 2^53 are exact (bigint); unknown keys pass.
 * Either spelling of the list (`conversations`, `entities`) and of the link (`nextPageUrl`, `nextUri`) is read.
 * @throws DecodeError for anything else than a page: never zero conversations by mistake.
 */
export const parsePage = (body: Uint8Array<ArrayBuffer>, kind: SourceKind, label: string): RawPage => {
  const text = pageText(body, label);
  let value = parseText(text, label);
  checkNesting(value, label);
  let page = readConversations(readObject(value, label), kind, label);
  if (hasInexactMetric(page.conversations)) {
    value = parseExact(text);
    page = readConversations(readObject(value, label), kind, label);
  }
  return { ...page, envelope: readEnvelope(readObject(value, label), kind, page.conversations.length, label) };
};
