import { keyNumber, MOST_KEYS } from './keyTable.js';

// As in kernel/tape.as.ts.
const WANTED = 1;
const WHOLLY = 2;

/**
 * The keys whose values somebody reads: a tape leaves the others out, with all that stands behind them.
 *
 * Why: of a page's keys and values two tables need a quarter, or a tenth where conversations are large.
 * Wanted are all keys of the outermost object, too, and, wholly, those that are written with escapes, as these may be any.
 */
export class WantedKeys {
  /** For the kernel: one for each key that is known, by its number. */
  readonly flags = new Uint8Array(MOST_KEYS);

  /**
   * @param keys wherever they stand
   * @param wholly keys of whose values everything is wanted, as keys within are anybody's
   */
  constructor(keys: readonly string[], wholly: readonly string[]) {
    for (const key of keys) this.flags[keyNumber(key)] = WANTED;
    for (const key of wholly) this.flags[keyNumber(key)] = WHOLLY;
  }
}
