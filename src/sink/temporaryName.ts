import { randomBytes } from 'node:crypto';
import { hiveEscape } from './layout.js';

/** What every temporary name begins with: readers of Hive layouts skip names that begin with a dot. */
export const TEMPORARY = '.tmp-';

/**
 * A name that nobody else has, for a file that is about to be renamed or linked.
 *
 * Why not an argument: the name is gone when the operation ends, nothing kept depends on it.
 */
export const temporaryName = (): string => `${TEMPORARY}${randomBytes(16).toString('hex')}`;

/** What the temporary names of an attempt begin with: whoever ends the attempt finds what a kill left of it. */
export const attemptTemporaryPrefix = (attemptId: string): string => `${TEMPORARY}${hiveEscape(attemptId)}-`;

/** A name that nobody else has, for a file of an attempt. */
export const attemptTemporaryName = (attemptId: string): string => `${attemptTemporaryPrefix(attemptId)}${randomBytes(16).toString('hex')}`;
