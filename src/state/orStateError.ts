import { errnoCode } from '../model/errnoCode.js';
import { StateError } from '../model/errors.js';

/**
 * Does something with a file of the job's folder; what the file system refuses becomes a StateError that names it.
 *
 * @param doing the end of the sentence "<path>: it cannot be …".
 */
export const orStateError = async <T>(path: string, doing: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    const code = errnoCode(error);
    if (code === undefined) throw error;
    throw new StateError(`${path}: it cannot be ${doing} (${code})`, { remedy: 'Check free space and the rights of output.root.', cause: error });
  }
};
