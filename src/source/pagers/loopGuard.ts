import { createHash } from 'node:crypto';
import { LinkError } from '../../model/errors.js';

/** Tells pages that lead on from pages that lead round in circles. */
export interface LoopGuard {
  /** @throws LinkError where this link or cursor was followed before. */
  follow(link: string, label: string): void;
  /** @throws LinkError where too many pages in a row brought nothing new, or where there are more pages than any window can have. */
  arrived(page: { readonly number: number; readonly listHash: string; readonly conversationCount: number }, label: string): void;
}

/** So many pages in a row may bring nothing new. */
const MOST_IDLE_PAGES = 3;
/** More pages than any window can have. */
const MOST_PAGES = 1_000_000;
/** So many are remembered at least, and twice as many at most. */
const REMEMBERED = 8192;

/** Remembers the last 8,192 to 16,384 things that it was shown. */
class LatelySeen {
  #young = new Set<string>();
  #old = new Set<string>();

  has(key: string): boolean {
    return this.#young.has(key) || this.#old.has(key);
  }

  add(key: string): void {
    this.#young.add(key);
    if (this.#young.size < REMEMBERED) return;
    this.#old = this.#young;
    this.#young = new Set();
  }
}

/**
 * Notices any circle, however long, in a round or two more: what it was shown is held against the one that it was shown at the last power of two.
 *
 * Source: R. P. Brent, An improved Monte Carlo factorization algorithm, BIT 20 (1980).
 */
class Anchor {
  #key = '';
  #shown = 0;
  #next = 1;

  isAt(key: string): boolean {
    if (key === this.#key) return true;
    if (++this.#shown === this.#next) [this.#key, this.#next] = [key, this.#next * 2];
    return false;
  }
}

/** Half of a hash: a text of its own, as a part of a longer one would keep that in memory. */
const keyOf = (link: string): string => createHash('sha256').update(link).digest().toString('latin1', 0, 16);

/**
 * A guard for one pass through a window. Its memory does not grow with the pages.
 *
 * A page brings nothing new when it is empty or lists the conversations of an earlier page. Which conversations are new is the consumer's to know.
 * Why it begins afresh when a run resumes: a circle is noticed on its next round.
 */
export const createLoopGuard = (): LoopGuard => {
  const links = new LatelySeen();
  const anchor = new Anchor();
  const lists = new LatelySeen();
  let idle = 0;
  const remedy = 'The server leads in circles; report it with the correlation id of the answer. Nothing of this window was committed.';
  return {
    follow: (link, label) => {
      const key = keyOf(link);
      if (links.has(key) || anchor.isAt(key)) throw new LinkError(`${label}: the answer leads to a page that was read already`, { remedy });
      links.add(key);
    },
    arrived: ({ number, listHash, conversationCount }, label) => {
      idle = conversationCount === 0 || lists.has(listHash) ? idle + 1 : 0;
      lists.add(listHash);
      if (idle >= MOST_IDLE_PAGES) throw new LinkError(`${label}: ${String(idle)} pages in a row brought nothing new, and still there is a next one`, { remedy });
      if (number >= MOST_PAGES) throw new LinkError(`${label}: more than ${String(MOST_PAGES)} pages`, { remedy });
    },
  };
};
