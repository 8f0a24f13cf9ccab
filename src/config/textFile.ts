import { readFile } from 'node:fs/promises';
import { errnoCode } from '../model/errnoCode.js';
import type { Reading } from './reading.js';
import { refused } from './reading.js';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file: a part of the path is no folder',
  EISDIR: 'is a folder, not a file',
  EACCES: 'cannot be read: this user has no right to',
  EPERM: 'cannot be read: this user has no right to',
  ENAMETOOLONG: 'the path is too long',
  ELOOP: 'its symbolic links go round in a circle',
  ERR_INVALID_ARG_VALUE: 'is no path',
};

/** Why the system refused a path, in words. @throws the error itself where it is none of the system */
export const explainFileError = (error: unknown): string => {
  const code = errnoCode(error);
  if (code === undefined) throw error;
  return REASONS[code] ?? `cannot be read (${code})`;
};

/** Reads a file whole. `shown` names it in problems. */
export const readBytes = async (path: string, shown: string): Promise<Reading<Uint8Array>> => {
  try {
    return { value: await readFile(path) };
  } catch (error) {
    return refused(shown, `${explainFileError(error)}${shown === path ? '' : ` (${path})`}`);
  }
};

/** The text of a UTF-8 file, without a byte order mark. `shown` names it in problems. */
export const decodeText = (bytes: Uint8Array, shown: string): Reading<string> => {
  try {
    return { value: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch (error) {
    if (error instanceof TypeError) return refused(shown, 'is not UTF-8 text');
    throw error;
  }
};
