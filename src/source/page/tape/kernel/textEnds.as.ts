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
