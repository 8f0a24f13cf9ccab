import { isUtf8 } from 'node:buffer';
import { DecodeError } from '../model/errors.js';

/**
 * The text of a small answer: strict UTF-8, a byte order mark at its beginning dropped.
 *
 * @throws DecodeError where the bytes are no UTF-8; replacement characters would change data in silence.
 */
export const answerText = (body: Uint8Array<ArrayBuffer>, label: string): string => {
  if (!isUtf8(body)) throw new DecodeError(label, '', 'is not valid UTF-8');
  return new TextDecoder().decode(body);
};
