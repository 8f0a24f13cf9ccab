import { crc32 } from 'node:zlib';

const QUOTE = 34;
const BACKSLASH = 92;
const COLON = 58;
const LINK_KEYS = ['"nextPageUrl"', '"nextUri"', '"cursor"'];
/** Links stand before or after the conversations: they are looked for this far from either end. */
const MARGIN = 20 * 1024;

type Span = readonly [start: number, end: number];

const isSpace = (byte: number | undefined): boolean => byte === 32 || byte === 10 || byte === 13 || byte === 9;

/** The string value that follows a key, or `undefined` where none does. */
const valueSpan = (bytes: Buffer, afterKey: number): Span | undefined => {
  let at = afterKey;
  while (isSpace(bytes[at])) at++;
  if (bytes[at++] !== COLON) return undefined;
  while (isSpace(bytes[at])) at++;
  if (bytes[at++] !== QUOTE) return undefined;
  const start = at;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return [start, Math.min(at, bytes.length)];
};

const linksWithin = (bytes: Buffer, [from, to]: Span): Span[] => {
  const part = bytes.subarray(from, to);
  const links: Span[] = [];
  for (const key of LINK_KEYS) {
    for (let at = part.indexOf(key); at !== -1; at = part.indexOf(key, at + key.length)) {
      const link = valueSpan(bytes, from + at + key.length);
      if (link !== undefined) links.push(link);
    }
  }
  return links;
};

/**
 * A fingerprint of a page's bytes without the values of its links (`nextPageUrl`, `nextUri`, `cursor`): length and CRC-32.
 *
 * Why: a server that gives the same page under ever new links is told by what the links lead to.
 * Why CRC: it costs a tenth of a cryptographic hash on the thread that fetches, and several pages in a row have to agree before anything follows from it.
 */
export const contentHash = (body: Uint8Array<ArrayBuffer>): string => {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const head = Math.min(MARGIN, bytes.length);
  const links = [...linksWithin(bytes, [0, head]), ...linksWithin(bytes, [Math.max(head, bytes.length - MARGIN), bytes.length])];
  let sum = 0;
  let length = 0;
  let from = 0;
  for (const [start, end] of links.sort((a, b) => a[0] - b[0])) {
    if (start < from) continue;
    sum = crc32(bytes.subarray(from, start), sum);
    length += start - from;
    from = end;
  }
  return `${String(length + bytes.length - from)}-${String(crc32(bytes.subarray(from), sum))}`;
};
