/** How many of sixteen bytes, or of those that are left, come before the first that is special. */
@inline
export function plainBytes(special: v128, left: usize): usize {
  return min<usize>(ctz(i8x16.bitmask(special) | 0x10000), left);
}
