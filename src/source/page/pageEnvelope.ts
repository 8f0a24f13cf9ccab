import { DecodeError } from '../../model/errors.js';
import { parseInstant } from '../../model/instant.js';
import type { SourceKind } from '../../model/job.js';
import type { PageEnvelope } from '../../model/page.js';

/** The keys that may hold a page's conversations. */
export type ListField = 'conversations' | 'entities';

/** A page's fields beside its conversations, as parsed; of the list itself what `listField` says. */
export type PageFields = ReadonlyMap<string, unknown>;

/** Keys that an answer without conversations may have and still be an empty page. */
const EMPTY_PAGE_KEYS = new Set([
  'conversations', 'entities', 'aggregations', 'totalHits', 'total', 'cursor', 'dataAvailabilityDate', 'pageSize', 'pageNumber', 'pageCount',
  'selfUri', 'firstUri', 'lastUri', 'nextUri', 'previousUri',
]);

const errorObject = (label: string): DecodeError => new DecodeError(label, '', 'is an error object where a page was expected');

const refuseErrorObject = (fields: PageFields, label: string): void => {
  if (typeof fields.get('message') === 'string' && (typeof fields.get('code') === 'string' || typeof fields.get('status') === 'number')) {
    throw errorObject(label);
  }
};

/** An empty list beside the status of a failure is none. A status of success is some gateways' habit. */
const refuseFailure = (fields: PageFields, label: string): void => {
  const status = fields.get('status');
  if (typeof status === 'number' && status >= 400 && typeof fields.get('message') === 'string') throw errorObject(label);
};

/**
 * The key whose value is the page's list of conversations; undefined only where the page really is empty.
 *
 * An absent array is not an empty page, except where the API is known to omit it: job results, if no key but those of an envelope is there;
 * the public query, if moreover at least one of these keys (totalHits, aggregations, …) is.
 * @param lists the keys that did hold an array
 * @throws DecodeError
 */
export const listField = (fields: PageFields, lists: readonly ListField[], kind: SourceKind, label: string): ListField | undefined => {
  const present = (['conversations', 'entities'] as const).filter((name) => lists.includes(name) || (fields.get(name) ?? null) !== null);
  const [field] = present;
  if (present.length > 1) throw new DecodeError(label, 'entities', 'stands beside conversations: which of the two is the page cannot be told');
  if (field !== undefined) {
    if (!lists.includes(field)) throw new DecodeError(label, field, 'is not an array');
    return field;
  }
  refuseErrorObject(fields, label);
  const keys = [...fields.keys()];
  const looksEmpty = keys.every((key) => EMPTY_PAGE_KEYS.has(key));
  const omits = kind === 'job-cursor' ? looksEmpty : kind === 'page-number' && looksEmpty && keys.length > 0;
  if (!omits) throw new DecodeError(label, 'conversations', 'is absent, which is not the same as empty', { remedy: 'Check that source.kind is the protocol that this server speaks.' });
  return undefined;
};

const readText = (fields: PageFields, name: string, label: string): string | undefined => {
  const value = fields.get(name);
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string') throw new DecodeError(label, name, 'is not a string');
  return value;
};

const readCount = (fields: PageFields, name: string, label: string): number | undefined => {
  const value = fields.get(name);
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw new DecodeError(label, name, 'is not a count');
  return value;
};

/**
 * What the answer says beside its conversations; either spelling of the link (`nextPageUrl`, `nextUri`) is read.
 *
 * @throws DecodeError where a field is not of its type.
 */
export const readEnvelope = (fields: PageFields, kind: SourceKind, conversationCount: number, label: string): PageEnvelope => {
  if (conversationCount === 0) refuseFailure(fields, label);
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
