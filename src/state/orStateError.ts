import { errnoCode } from '../model/errnoCode.js';
import { StateError } from '../model/errors.js';

/**
 * Does something with a file of the job's folder; what the file system refuses becomes a StateError that names it.
 *
 * @param doing the end of the sentence "<path>: it cannot be …"; `told` for other words than "it", and another remedy.
 */
export const orStateError = async <T>(path: string, doing: string, work: () => Promise<T>, told = { what: 'it', remedy: 'Check free space and the rights of output.root.' }): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    const code = errnoCode(error);
    if (code === undefined) throw error;
    throw new StateError(`${path}: ${told.what} cannot be ${doing} (${code})`, { remedy: told.remedy, cause: error });
  }
};
