const MARK = '\u0001integer:';
const MARKED = /"\\u0001integer:(-?\d+)"/g;

/**
 * JSON text in which a bigint is an integer literal, e.g. 9007199254740993.
 *
 * `bigIntegers`: whether there may be any; looking for them costs, and nearly never are there.
 * Why not JSON.rawJSON: Node 20 does not have it.
 */
export const jsonText = (value: unknown, bigIntegers: boolean): string => {
  if (!bigIntegers) return JSON.stringify(value);
  return JSON.stringify(value, (_name, v: unknown) => (typeof v === 'bigint' ? `${MARK}${v.toString()}` : v)).replace(MARKED, '$1');
};
