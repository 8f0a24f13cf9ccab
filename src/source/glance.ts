import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Glance } from '../model/glance.js';
import type { ApiResponse } from '../model/send.js';
import { parseSmall } from './smallAnswer.js';

/** The fields that tables are made from. Left out: evaluations, surveys and resolutions, which come days later and no table has. */
const Seen = z.looseObject({
  conversationId: z.string(),
  conversationStart: z.unknown().optional(),
  conversationEnd: z.string().nullish(),
  originatingDirection: z.unknown().optional(),
  externalTag: z.unknown().optional(),
  divisionIds: z.unknown().optional(),
  participants: z.unknown().optional(),
});
const Answer = z.looseObject({ conversations: z.array(Seen).nullish(), cursor: z.string().nullish() });
type Seen = z.infer<typeof Seen>;

/** As deep as a page may be. What lies deeper is not told apart. */
const DEEPEST = 64;

/** A value as text that does not depend on the order of keys and of lists: the API promises neither. */
const canonical = (value: unknown, depth: number): string => {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'absent';
  if (depth > DEEPEST) return 'deep';
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item, depth + 1)).sort().join()}]`;
  return `{${Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}:${canonical(item, depth + 1)}`).sort().join()}}`;
};

const fingerprintOf = (seen: Seen): string => {
  const { conversationStart, conversationEnd, originatingDirection, externalTag, divisionIds, participants } = seen;
  const text = canonical([conversationStart, conversationEnd, originatingDirection, externalTag].map((value) => JSON.stringify(value) ?? '').concat(canonical(divisionIds, 0), canonical(participants, 0)), 0);
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
};

/** What an answer shows. */
export interface GlancePage {
  /** By id. */
  readonly glances: ReadonlyMap<string, Glance>;
  /** Of the next page; undefined: there is none. */
  readonly cursor: string | undefined;
}

/** Reads a small answer. @throws DecodeError */
export const glancesIn = (response: Pick<ApiResponse, 'body'>, label: string): GlancePage => {
  const { conversations, cursor } = parseSmall(Answer, response, label);
  const glances = new Map((conversations ?? []).map((seen) => [seen.conversationId, { isOpen: seen.conversationEnd == null, fingerprint: fingerprintOf(seen) }]));
  return { glances, cursor: cursor == null || cursor === '' ? undefined : cursor };
};

/** Gathers what is seen of the conversations that were asked for, and of no others. */
export class AskedGlances {
  /** By the ids as they were asked for. */
  readonly found = new Map<string, Glance>();
  /** By what they are in lower case: another endpoint may spell the same id in another case. */
  readonly #asked: ReadonlyMap<string, string>;

  constructor(ids: readonly string[]) {
    this.#asked = new Map(ids.map((id) => [id.toLowerCase(), id]));
  }

  add(glances: GlancePage['glances']): void {
    for (const [id, glance] of glances) {
      const asked = this.#asked.get(id.toLowerCase());
      if (asked !== undefined) this.found.set(asked, glance);
    }
  }
}
