import * as z from 'zod';
import { nearest } from './didYouMean.js';

/** Purposes known today. Source: genesys-cloud-api.md section 3. The service adds to them: others are accepted. */
const KNOWN = [
  'acd', 'agent', 'api', 'botflow', 'campaign', 'customer', 'dialer', 'external', 'fax', 'group',
  'inbound', 'ivr', 'manual', 'outbound', 'station', 'user', 'voicemail', 'voicesurveyflow', 'workflow',
] as const;

const EXPECTED = 'expected a list such as [customer, external, user], or all';

/** What is wrong with one purpose. Why a near miss is an error: it would export no rows and say nothing. */
const wrongPurpose = (value: string): string | undefined => {
  if (!/^[A-Za-z][A-Za-z0-9_]{0,63}$/.test(value)) return 'expected the purpose of a participant, such as customer';
  if ((KNOWN as readonly string[]).includes(value)) return undefined;
  const meant = nearest(value, KNOWN);
  return meant === undefined ? undefined : `expected the purpose of a participant; did you mean ${meant}?`;
};

/** The field rule of `participants.purposes`: a list of purposes, or the word `all`. */
export const purposes = (doc: string) =>
  z
    .unknown()
    .transform((value, context): readonly string[] | 'all' => {
      if (value === 'all') return value;
      if (!Array.isArray(value) || value.length === 0) {
        context.addIssue({ code: 'custom', message: EXPECTED });
        return z.NEVER;
      }
      const list = value as readonly unknown[];
      list.forEach((item, n) => {
        const message = typeof item === 'string' ? wrongPurpose(item) : EXPECTED;
        if (message !== undefined) context.addIssue({ code: 'custom', message, path: [n] });
      });
      return [...new Set(list.map(String))];
    })
    .describe(doc)
    .meta({ title: 'list of purposes, or `all`', anyOf: [{ const: 'all' }, { type: 'array', items: { type: 'string' }, minItems: 1 }] });
