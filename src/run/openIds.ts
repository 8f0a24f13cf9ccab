import { FLAG_OPEN, type ConversationIndex } from '../model/columns/block.js';
import { MOST_OPEN_IDS } from '../model/manifest.js';
import type { ConversationRecords } from './conversationRecords.js';
import type { Words } from './idWords.js';

/** So many are kept in case that some turn out to be repetitions of conversations that had an end. */
const MOST_SEEN = MOST_OPEN_IDS * 2;

const keyOf = (id: Words): string => id.join();

/** Keeps the ids of conversations without an end, as long as they are few. */
export class OpenIds {
  readonly #texts = new Map<string, string>();
  #isFull = false;

  note(id: Words, { ids }: ConversationIndex, conversation: number): void {
    if (this.#texts.size >= MOST_SEEN) this.#isFull = true;
    else this.#texts.set(keyOf(id), Buffer.from(ids.bytes.subarray(ids.offsets[conversation]!, ids.offsets[conversation + 1]!)).toString('utf8'));
  }

  /** Of those that are kept, the open ones that were noted. */
  among(records: ConversationRecords, kept: Uint32Array): string[] {
    const found: string[] = [];
    for (const n of kept) {
      const text = (records.flags(n) & FLAG_OPEN) === 0 ? undefined : this.#texts.get(keyOf(records.id(n)));
      if (text !== undefined) found.push(text);
    }
    return found;
  }

  /** The ids found, in order; null where they are more than `MOST_OPEN_IDS` or not all are known. */
  listed(found: readonly string[], open: number): readonly string[] | null {
    return this.#isFull || open > MOST_OPEN_IDS ? null : [...found].sort();
  }
}
