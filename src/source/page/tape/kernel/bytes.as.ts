import { ZERO } from '../../../../model/kernel/bytes.as';

/** Whether it is one. */
@inline
export function isDigit(byte: u8): bool {
  return <u8>(byte - ZERO) <= 9;
}

/** The first eight bytes of a text, or all that it has and zeros: little-endian. Bytes behind it may be read. */
@inline
export function firstBytes(at: usize, length: u32): u64 {
  return length >= 8 ? load<u64>(at) : load<u64>(at) & ((<u64>1 << (<u64>length << 3)) - 1);
}

/** The last eight bytes of a text, likewise. */
@inline
export function lastBytes(at: usize, length: u32): u64 {
  return length >= 8 ? load<u64>(at + length - 8) : firstBytes(at, length);
}
