import { createHash } from 'node:crypto';
import { LinkError } from '../../model/errors.js';

/** Tells pages that lead on from pages that lead round in circles. */
export interface LoopGuard {
  /** @throws LinkError where this link or cursor was followed before. */
  follow(link: string, label: string): void;
  /** @throws LinkError where too many pages in a row brought nothing new, or where there are more pages than any window can have. */
  arrived(page: { readonly number: number; readonly hash: string; readonly conversationCount: number }, label: string): void;
}

/** More pages than any window can have. */
const MOST_PAGES = 1_000_000;

/**
 * A guard for one pass through a window.
 *
 * A page brings nothing new when it is empty or has the bytes of an earlier page, links aside. Which conversations are new is the consumer's to know.
 * Why it begins afresh when a run resumes: a circle is noticed on its next round.
 */
export const createLoopGuard = (maxIdlePages = 3): LoopGuard => {
  const links = new Set<string>();
  const hashes = new Set<string>();
  let idle = 0;
  const remedy = 'The server leads in circles; report it with the correlation id of the answer. Nothing of this window was committed.';
  return {
    follow: (link, label) => {
      const key = createHash('sha256').update(link).digest('base64url').slice(0, 24);
      if (links.has(key)) throw new LinkError(`${label}: the answer leads to a page that was read already`, { remedy });
      links.add(key);
    },
    arrived: ({ number, hash, conversationCount }, label) => {
      idle = conversationCount === 0 || hashes.has(hash) ? idle + 1 : 0;
      hashes.add(hash);
      if (idle >= maxIdlePages) throw new LinkError(`${label}: ${String(idle)} pages in a row brought nothing new, and still there is a next one`, { remedy });
      if (number >= MOST_PAGES) throw new LinkError(`${label}: more than ${String(MOST_PAGES)} pages`, { remedy });
    },
  };
};
