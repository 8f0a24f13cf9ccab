import { DecodeError } from '../model/errors.js';
import { parseInstant } from '../model/instant.js';

let lastText = '';
let lastMs: number | undefined;

/** The same instant recurs: a conversation's start in each of its rows' tables, a segment's end as the next one's start. */
const parseAgain = (text: string): number | undefined => {
  if (text === lastText) return lastMs;
  lastMs = parseInstant(text);
  lastText = text;
  return lastMs;
};

/**
 * Reads a timestamp field; null where the answer has none.
 *
 * Units: UTC epoch milliseconds.
 * @param path names the field below the conversation; called only when it is needed.
 * @throws DecodeError where there is a text that is no ISO-8601 instant.
 */
export const instantOf = (text: string | null | undefined, path: () => string): number | null => {
  if (text === undefined || text === null) return null;
  const ms = parseAgain(text);
  if (ms === undefined) throw new DecodeError('conversation', path(), 'is not an ISO-8601 instant');
  return ms;
};
