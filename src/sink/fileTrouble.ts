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
  // What was to be done with a folder may stop at a link deep in it.
  const at = code === 'ELOOP' && error instanceof Error && 'path' in error && typeof error.path === 'string' ? error.path : path;
  return new SinkError(`${at}: it cannot be ${doing} (${code})`, { remedy: remedyFor(code), cause: error });
};

/** Does something with a path. @throws SinkError where the file system refuses */
export const guarded = async <T>(path: string, doing: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw fileTrouble(error, path, doing);
  }
};
