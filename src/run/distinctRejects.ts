import { createHash } from 'node:crypto';
import type { Reject } from '../model/journal.js';

/**
 * Tells a record that did not decode from the same record come again: on a later page, or after the API had forgotten our position.
 *
 * Why by id, and by content only where there is none of use: a conversation is one record, whatever changed about it meanwhile.
 */
export class DistinctRejects {
  readonly #generations = new Map<string, number>();

  /** The generation of the page that brought it before; undefined where it is new. */
  seenIn({ conversationId, record }: Reject, generation: number): number | undefined {
    // A journal of an earlier version may hold the empty string.
    const key = createHash('sha256').update(conversationId === null || conversationId === '' ? `record ${record}` : `id ${conversationId}`).digest('base64url').slice(0, 24);
    const before = this.#generations.get(key);
    this.#generations.set(key, generation);
    return before;
  }
}
