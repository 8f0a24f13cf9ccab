/** Above this share of bytes that are not ASCII, escaping costs more than decoding UTF-8 does. */
const MOST_ESCAPES = 0.02;
const BACKSLASH = 0x5c;
const HEX = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));
/** Bytes that `\uXXXX` takes, of a sequence of two bytes: the worst growth. */
const ESCAPE_LENGTH = 6;

/** Places where a run of bytes that are not ASCII begins, and where it ends, in turn. Undefined where there are too many. */
const runsOf = (bytes: Uint8Array<ArrayBuffer>): number[] | undefined => {
  const most = bytes.length * MOST_ESCAPES;
  const words = bytes.byteOffset % 4 === 0 ? new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2) : new Uint32Array(0);
  const runs: number[] = [];
  let found = 0;
  let at = 0;
  for (;;) {
    // Four bytes at a time while they are ASCII.
    let word = at >> 2;
    if (at % 4 === 0) {
      while (word < words.length && (words[word]! & 0x8080_8080) === 0) word++;
      at = word << 2;
    }
    const stop = Math.min(bytes.length, at + 4 - (at % 4));
    while (at < stop && bytes[at]! < 0x80) at++;
    if (at >= bytes.length) return runs;
    if (bytes[at]! < 0x80) continue;
    const start = at;
    while (at < bytes.length && bytes[at]! >= 0x80) at++;
    runs.push(start, at);
    found += at - start;
    if (found > most) return undefined;
  }
};

const putUnit = (out: Uint8Array, at: number, unit: number): number => {
  out[at] = BACKSLASH;
  out[at + 1] = 0x75;
  out[at + 2] = HEX[unit >> 12]!;
  out[at + 3] = HEX[(unit >> 8) & 15]!;
  out[at + 4] = HEX[(unit >> 4) & 15]!;
  out[at + 5] = HEX[unit & 15]!;
  return at + ESCAPE_LENGTH;
};

/** Writes a run of valid UTF-8 as escapes of its UTF-16 units. */
const putRun = (bytes: Uint8Array, start: number, end: number, out: Uint8Array, to: number): number => {
  let at = start;
  while (at < end) {
    const lead = bytes[at]!;
    if (lead < 0xe0) {
      to = putUnit(out, to, ((lead & 0x1f) << 6) | (bytes[at + 1]! & 0x3f));
      at += 2;
    } else if (lead < 0xf0) {
      to = putUnit(out, to, ((lead & 0x0f) << 12) | ((bytes[at + 1]! & 0x3f) << 6) | (bytes[at + 2]! & 0x3f));
      at += 3;
    } else {
      const point = (((lead & 0x07) << 18) | ((bytes[at + 1]! & 0x3f) << 12) | ((bytes[at + 2]! & 0x3f) << 6) | (bytes[at + 3]! & 0x3f)) - 0x1_0000;
      to = putUnit(out, to, 0xd800 | (point >> 10));
      to = putUnit(out, to, 0xdc00 | (point & 0x3ff));
      at += 4;
    }
  }
  return to;
};

/**
 * JSON in valid UTF-8 as the same JSON in ASCII, characters beyond it escaped; undefined where that does not pay, or cannot be told to be the same.
 *
 * Why: a few such characters make a page's whole text a two-byte string, which takes four times as long to make and a fifth longer to parse.
 * In JSON they occur in strings only, where an escape means the same; behind a backslash it would not, and is left to the parser to refuse.
 */
export const asciiJson = (bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | undefined => {
  const runs = runsOf(bytes);
  if (runs === undefined) return undefined;
  let nonAscii = 0;
  for (let i = 0; i < runs.length; i += 2) {
    if (bytes[runs[i]! - 1] === BACKSLASH) return undefined;
    nonAscii += runs[i + 1]! - runs[i]!;
  }
  // Two bytes become one escape, three one, four two: at most three times as long.
  const out = new Uint8Array(bytes.length + nonAscii * 2);
  let from = 0;
  let to = 0;
  for (let i = 0; i < runs.length; i += 2) {
    const start = runs[i]!;
    out.set(bytes.subarray(from, start), to);
    to = putRun(bytes, start, runs[i + 1]!, out, to + start - from);
    from = runs[i + 1]!;
  }
  out.set(bytes.subarray(from), to);
  return out.subarray(0, to + bytes.length - from);
};
