import { QUOTE } from '../../../model/kernel/bytes.as';
import { parity } from '../../../model/kernel/parity.as';

let records: u32 = 0;
/** All bits, or none. */
let quoted: u32 = 0;

/** A file begins. */
export function beginCount(): void {
  records = 0;
  quoted = 0;
}

/** Records so far; -1 where a quote is open. */
export function countedRecords(): i32 {
  return quoted != 0 ? -1 : <i32>records;
}

@inline
function countAt(at: usize, wanted: u32): void {
  const bytes = v128.load(at);
  const newlines = <u32>i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(0x0a))) & wanted;
  const quotes = <u32>i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(QUOTE))) & wanted;
  if ((newlines | quotes) == 0) return;
  const within = <u32>parity(quotes) ^ quoted;
  records += popcnt(newlines & ~within);
  quoted ^= 0 - (popcnt(quotes) & 1);
}

/** Counts line ends outside quotes in the next bytes of a file. An inner quote is doubled, so that it toggles twice. Fifteen bytes behind them may be read. */
export function count(from: usize, length: u32): void {
  const to = from + length;
  for (; from + 16 <= to; from += 16) countAt(from, 0xffff);
  if (from < to) countAt(from, (1 << <u32>(to - from)) - 1);
}
