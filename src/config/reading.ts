import type { Problem } from '../model/errors.js';

/** What reading a part of the configuration gave: its value, or everything that is wrong with it. */
export type Reading<T> = { readonly value: T } | { readonly problems: readonly Problem[] };

/** A reading of which one thing is wrong. */
export const refused = (where: string, what: string): { readonly problems: readonly Problem[] } => ({ problems: [{ where, what }] });

/** The problems of a reading; none where it gave a value. */
export const problemsOf = (reading: Reading<unknown>): readonly Problem[] => ('problems' in reading ? reading.problems : []);

/** What is wrong with a text, as a parser of origins, domains or proxies says; nothing where it took it. */
export const wrongOf = (outcome: object): string | undefined => ('wrong' in outcome ? String(outcome.wrong) : undefined);
