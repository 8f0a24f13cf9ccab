import { randomBytes } from 'node:crypto';

/** What every temporary name begins with: readers of Hive layouts skip names that begin with a dot. */
export const TEMPORARY = '.tmp-';

/**
 * A name that nobody else has, for a file that is about to be renamed or linked.
 *
 * Why not an argument: the name is gone when the operation ends, nothing kept depends on it.
 */
export const temporaryName = (): string => `${TEMPORARY}${randomBytes(16).toString('hex')}`;
