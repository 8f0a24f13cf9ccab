/** The first eight bytes of a text, or all that it has and zeros: little-endian. Bytes behind it may be read. Without a branch, as lengths come in no order. */
@inline
export function firstBytes(at: usize, length: u32): u64 {
  return load<u64>(at) & select<u64>(-1, (<u64>1 << (<u64>length << 3)) - 1, length >= 8);
}

/** The last eight bytes of a text, likewise. Bytes before it may be read. */
@inline
export function lastBytes(at: usize, length: u32): u64 {
  return select<u64>(load<u64>(at + length - 8), firstBytes(at, length), length >= 8);
}

/** Which of sixteen bytes are the same, a bit each. */
@inline
function sameBits(one: usize, other: usize): u32 {
  return <u32>i8x16.bitmask(i8x16.eq(v128.load(one), v128.load(other)));
}

/** Which of thirty-two bytes are. */
@inline
function sameBits32(one: usize, other: usize): u32 {
  return sameBits(one, other) | (sameBits(one + 16, other + 16) << 16);
}

/** Whether two texts of the same length are the same: 1 to 32 bytes, and so many of both may be read. Without a branch. */
@inline
export function isSame32(one: usize, other: usize, length: u32): bool {
  const wanted = <u32>0xffffffff >> (32 - length);
  return (sameBits32(one, other) & wanted) == wanted;
}

/** The same of texts of at most 48 bytes. */
@inline
export function isSame48(one: usize, other: usize, length: u32): bool {
  const wanted = (<u64>1 << length) - 1;
  return ((<u64>sameBits32(one, other) | (<u64>sameBits(one + 32, other + 32) << 32)) & wanted) == wanted;
}
