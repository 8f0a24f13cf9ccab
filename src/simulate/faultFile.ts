import { parse } from 'yaml';
import * as z from 'zod';
import { ConfigError, type Problem } from '../model/errors.js';
import type { Fault, FaultMatch } from './faults.js';

const headers = z.record(z.string(), z.union([z.string(), z.array(z.string())]));
const whole = z.int().nonnegative();

const Action = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('status'), status: z.int().min(200).max(599), headers: headers.exactOptional(), body: z.string().exactOptional() }),
  z.strictObject({ kind: z.literal('html'), status: z.int().exactOptional() }),
  z.strictObject({ kind: z.literal('reset'), afterBytes: whole.exactOptional() }),
  z.strictObject({ kind: z.literal('hang') }),
  z.strictObject({ kind: z.literal('drip'), bytes: z.int().positive(), everyMs: whole }),
  z.strictObject({ kind: z.literal('truncate'), framing: z.enum(['content-length', 'chunked', 'close']), keep: z.number().min(0).max(1) }),
  z.strictObject({ kind: z.literal('gzip'), damage: z.enum(['truncated', 'crc', 'not-gzip', 'trailing-garbage']) }),
  z.strictObject({ kind: z.literal('bomb'), bytes: whole }),
  z.strictObject({ kind: z.literal('contentType'), value: z.string() }),
  z.strictObject({ kind: z.literal('text'), text: z.string() }),
  z.strictObject({ kind: z.literal('nextPageUrl'), to: z.string() }),
  z.strictObject({ kind: z.literal('omitConversations') }),
  z.strictObject({ kind: z.literal('dropPage') }),
  z.strictObject({ kind: z.literal('dataAvailabilityDate'), to: z.string() }),
  z.strictObject({ kind: z.literal('duplicatePage') }),
  z.strictObject({ kind: z.literal('redirect'), to: z.string(), status: z.int().exactOptional() }),
  z.strictObject({ kind: z.literal('revokeToken') }),
  z.strictObject({ kind: z.literal('expireLinks') }),
  z.strictObject({ kind: z.literal('expireJobs') }),
  z.strictObject({ kind: z.literal('expireCursors') }),
  z.strictObject({ kind: z.literal('failJobs'), message: z.string() }),
  z.strictObject({ kind: z.literal('delay'), ms: whole }),
]);

const Match = z.strictObject({
  method: z.enum(['GET', 'POST', 'PATCH', 'DELETE']).exactOptional(),
  path: z.string().exactOptional(),
  nth: z.union([z.int().positive(), z.array(z.int().positive())]).exactOptional(),
  every: z.int().positive().exactOptional(),
  probability: z.number().min(0).max(1).exactOptional(),
});

const FaultFile = z.strictObject({ faults: z.array(z.strictObject({ match: Match, action: Action })) });

const problemsOf = (error: z.ZodError, where: string): Problem[] =>
  error.issues.map((issue) => ({ where: `${where}: ${issue.path.length === 0 ? 'the document' : issue.path.map(String).join('.')}`, what: issue.message }));

const readDocument = (text: string, where: string): unknown => {
  try {
    return parse(text);
  } catch (error) {
    throw new ConfigError([{ where, what: 'is neither YAML nor JSON' }], { cause: error, remedy: 'Write a document with a list under faults.' });
  }
};

/** A path between slashes is an expression, e.g. `/jobs\/[^/]+\/results$/`; an API path never ends in a slash. */
const asMatch = (match: FaultMatch, where: string): FaultMatch => {
  const { path } = match;
  if (typeof path !== 'string' || path.length < 3 || !path.startsWith('/') || !path.endsWith('/')) return match;
  try {
    return { ...match, path: new RegExp(path.slice(1, -1)) };
  } catch (error) {
    throw new ConfigError([{ where, what: 'a path between slashes is no regular expression' }], { cause: error });
  }
};

/**
 * The faults of a fault file (YAML or JSON): `faults: [{match: {path, nth}, action: {kind: status, status: 503}}]`.
 *
 * @throws ConfigError listing every problem.
 */
export const parseFaults = (text: string, where = 'the fault file'): readonly Fault[] => {
  const result = FaultFile.safeParse(readDocument(text, where));
  if (!result.success) throw new ConfigError(problemsOf(result.error, where), { remedy: 'Write each fault as {match: {…}, action: {kind, …}}.' });
  return result.data.faults.map((fault, i) => ({ match: asMatch(fault.match, `${where}: faults.${String(i)}.match.path`), action: fault.action }));
};
