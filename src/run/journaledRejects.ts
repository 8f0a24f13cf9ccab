import type { Journal, Reject } from '../model/journal.js';
import { DistinctRejects } from './distinctRejects.js';

/** The records of a journal's pages that did not decode, each once, as they first came. */
export async function* journaledRejects(journal: Journal): AsyncGenerator<Reject, void, void> {
  const distinct = new DistinctRejects();
  for await (const { facts } of journal.pages()) for (const reject of facts.rejects) if (distinct.seenIn(reject, facts.generation) === undefined) yield reject;
}
