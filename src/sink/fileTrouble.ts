import { errnoCode } from '../model/errnoCode.js';
import { SinkError } from '../model/errors.js';
import { remedyFor } from '../model/fileTrouble.js';

/**
 * What the file system refused, as an error that says where and what to do; any other error is given back as it is.
 *
 * @param doing the end of the sentence "it cannot be …".
 */
export const fileTrouble = (error: unknown, path: string, doing: string): unknown => {
  const code = errnoCode(error);
  if (code === undefined || error instanceof SinkError) return error;
  return new SinkError(`${path}: it cannot be ${doing} (${code})`, { remedy: remedyFor(code), cause: error });
};

/** Does something with a path. @throws SinkError where the file system refuses */
export const guarded = async <T>(path: string, doing: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw fileTrouble(error, path, doing);
  }
};
