import { errnoCode } from '../model/errnoCode.js';
import { StateError } from '../model/errors.js';
import { remedyFor } from '../model/fileTrouble.js';

/**
 * Does something with a file of the job's folder; what the file system refuses becomes a StateError that names it.
 *
 * @param doing the end of the sentence "<path>: <what> cannot be …".
 */
export const orStateError = async <T>(path: string, doing: string, work: () => Promise<T>, what = 'it'): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    const code = errnoCode(error);
    if (code === undefined) throw error;
    throw new StateError(`${path}: ${what} cannot be ${doing} (${code})`, { remedy: remedyFor(code), cause: error });
  }
};
