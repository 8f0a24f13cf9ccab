import { parse } from 'lossless-json';

const isInexact = (value: unknown): boolean => typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value);

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const field = (value: unknown, name: 'participants' | 'sessions' | 'metrics' | 'value'): unknown =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;

/** Whether some metric's value is an integer that JSON.parse may have rounded (beyond 2^53). */
export const hasInexactMetric = (conversations: readonly unknown[]): boolean => {
  for (const conversation of conversations) {
    for (const participant of list(field(conversation, 'participants'))) {
      for (const session of list(field(participant, 'sessions'))) {
        for (const metric of list(field(session, 'metrics'))) if (isInexact(field(metric, 'value'))) return true;
      }
    }
  }
  return false;
};

const exactNumber = (literal: string): number | bigint => {
  const value = Number(literal);
  return Number.isSafeInteger(value) || !/^-?\d+$/.test(literal) ? value : BigInt(literal);
};

/**
 * Parses JSON with integers beyond 2^53 as bigint; everything else as JSON.parse does (own `__proto__` keys, the last of two equal keys).
 *
 * Invariant: the text has passed JSON.parse and the depth limit.
 * Why not always: some ten times slower than JSON.parse.
 */
export const parseExact = (text: string): unknown => parse(text, null, { parseNumber: exactNumber, onDuplicateKey: ({ newValue }) => newValue });
