import { errnoCode } from '../model/errnoCode.js';
import { SinkError } from '../model/errors.js';

const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: 'Free space on that disk, then run again: what is committed is untouched.',
  EDQUOT: 'Free space or raise the disk quota, then run again: what is committed is untouched.',
  EFBIG: 'Raise the limit on file sizes (ulimit -f), then run again.',
  EACCES: 'Let the user who runs gcx write there, or choose another output.root.',
  EPERM: 'Let the user who runs gcx write there, or choose another output.root.',
  EROFS: 'Mount the disk writable, or choose another output.root.',
  EIO: 'Check the disk (the system log says more), then run again: what is committed is untouched.',
  EMFILE: 'Raise the limit on open files (ulimit -n), or lower the job’s concurrency.',
  ENFILE: 'Raise the system’s limit on open files, or lower the job’s concurrency.',
  ENAMETOOLONG: 'Choose a shorter output.root.',
  ENOENT: 'Something removed the folder during the run: run again, with nothing else cleaning there.',
  ELOOP: 'Remove the symbolic link: output is not written through links.',
};

/**
 * What the file system refused, as an error that says where and what to do; any other error is given back as it is.
 *
 * @param doing the end of the sentence "it cannot be …".
 */
export const fileTrouble = (error: unknown, path: string, doing: string): unknown => {
  const code = errnoCode(error);
  if (code === undefined || error instanceof SinkError) return error;
  return new SinkError(`${path}: it cannot be ${doing} (${code})`, { remedy: REMEDIES[code] ?? 'Check the output folder, then run again: what is committed is untouched.', cause: error });
};

/** Does something with a path. @throws SinkError where the file system refuses */
export const guarded = async <T>(path: string, doing: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw fileTrouble(error, path, doing);
  }
};
