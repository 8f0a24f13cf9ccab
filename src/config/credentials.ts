import { open } from 'node:fs/promises';
import { Secret } from '../model/secret.js';
import type { Reading } from './reading.js';
import { refused } from './reading.js';
import { explainFileError } from './textFile.js';

const MAX_BYTES = 65_536;

/** What is wrong with an OAuth client id; nothing where it may be one. */
export const wrongClientId = (value: string): string | undefined =>
  /^[^\s:]{1,200}$/.test(value) ? undefined : 'expected the OAuth client id: no spaces, no colon';

/** What is wrong with an OAuth client secret; nothing where it may be one. Invariant: the text does not repeat it. */
export const wrongClientSecret = (value: string): string | undefined =>
  /^[^\s\p{Cc}]{1,4096}$/u.test(value) ? undefined : 'expected the OAuth client secret, one word without spaces or line ends';

/** Windows has no permission bits: Node reports made-up ones there. */
const hasPermissionBits = process.platform !== 'win32';

/**
 * Reads a secret from a file that nobody but its owner may touch; the line end after it does not count.
 *
 * `where` names the key in problems. Why mode and content come from one handle: the file cannot be exchanged between the two looks.
 */
export const readSecretFile = async (path: string, where: string): Promise<Reading<Secret>> => {
  try {
    const file = await open(path, 'r');
    try {
      const facts = await file.stat();
      const { mode, size } = facts;
      // Of a folder the reading below says that it is one.
      if (hasPermissionBits && !facts.isDirectory() && (mode & 0o077) !== 0) {
        return refused(where, `the file may be used by others (mode ${(mode & 0o777).toString(8).padStart(4, '0')}): run chmod 600 on it`);
      }
      if (size > MAX_BYTES) return refused(where, 'the file is too large to hold a secret');
      const text = (await file.readFile('utf8')).trim();
      const wrong = text === '' ? 'the file is empty' : wrongClientSecret(text);
      return wrong === undefined ? { value: new Secret(text) } : refused(where, wrong);
    } finally {
      await file.close();
    }
  } catch (error) {
    return refused(where, `the file: ${explainFileError(error)}`);
  }
};
