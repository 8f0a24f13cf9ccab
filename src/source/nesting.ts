import { DecodeError } from '../model/errors.js';

/** Containers may lie this deep in one another. Real pages need nine levels. */
export const MAX_DEPTH = 64;

const isDeeper = (container: object, levels: number): boolean => {
  if (levels === 0) return true;
  if (Array.isArray(container)) {
    for (const item of container as readonly unknown[]) if (typeof item === 'object' && item !== null && isDeeper(item, levels - 1)) return true;
    return false;
  }
  for (const key in container) {
    const inner: unknown = container[key as keyof typeof container];
    if (typeof inner === 'object' && inner !== null && isDeeper(inner, levels - 1)) return true;
  }
  return false;
};

/**
 * Refuses values nested deeper than MAX_DEPTH: JSON.stringify fails at some thousand levels, long after JSON.parse.
 *
 * Why after parsing: JSON.parse takes millions of levels unharmed and this walk stops at the limit; it costs a twentieth of the parse, a scan of the bytes almost half of it.
 * @throws DecodeError
 */
export const checkNesting = (value: unknown, label: string): void => {
  if (typeof value === 'object' && value !== null && isDeeper(value, MAX_DEPTH)) throw new DecodeError(label, '', `is nested deeper than ${String(MAX_DEPTH)} levels`);
};
