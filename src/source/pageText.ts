import { isAscii, isUtf8 } from 'node:buffer';
import { asciiJson } from './asciiJson.js';
import { DecodeError } from '../model/errors.js';

/**
 * The text of an answer that is JSON: strict UTF-8, a byte order mark at its beginning dropped. Characters beyond ASCII may come as escapes.
 *
 * Why two ways: ASCII read as Latin-1 gives a one-byte string, several times faster than decoding UTF-8.
 * @throws DecodeError where the bytes are no UTF-8; replacement characters would change data in silence.
 */
export const pageText = (body: Uint8Array<ArrayBuffer>, label: string): string => {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (isAscii(bytes)) return bytes.toString('latin1');
  if (!isUtf8(bytes)) throw new DecodeError(label, '', 'is not valid UTF-8');
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const ascii = asciiJson(body.subarray(start));
  return ascii === undefined ? bytes.toString('utf8', start) : Buffer.from(ascii.buffer, ascii.byteOffset, ascii.byteLength).latin1Slice();
};
