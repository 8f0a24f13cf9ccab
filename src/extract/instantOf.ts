import { DecodeError } from '../model/errors.js';
import { parseInstant } from '../model/instant.js';

/**
 * Reads a timestamp field; null where the answer has none.
 *
 * Units: UTC epoch milliseconds.
 * @param path names the field below the conversation; called only when it is needed.
 * @throws DecodeError where there is a text that is no ISO-8601 instant.
 */
export const instantOf = (text: string | null | undefined, path: () => string): number | null => {
  if (text === undefined || text === null) return null;
  const ms = parseInstant(text);
  if (ms === undefined) throw new DecodeError('conversation', path(), 'is not an ISO-8601 instant');
  return ms;
};
