import { StateError } from '../model/errors.js';
import type { OpenFile } from '../model/files.js';

/** A stretch of a file. Units: bytes. */
export interface Span {
  readonly offset: number;
  readonly length: number;
}

/**
 * Reads a stretch of a file that this run, or one before, has written.
 *
 * @param into memory to read into.
 * @throws StateError where the file ends before it.
 */
export const readExactly = async (path: string, file: OpenFile, { offset, length }: Span, into?: ArrayBuffer): Promise<Uint8Array<ArrayBuffer>> => {
  const bytes = await file.read(offset, length, into);
  if (bytes.length !== length) throw new StateError(`${path}: is shorter than it was`, { remedy: 'Run again: the partition is asked for anew.' });
  return bytes;
};
