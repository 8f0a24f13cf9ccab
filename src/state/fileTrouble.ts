import { errnoCode } from '../model/errnoCode.js';
import { SinkError } from '../model/errors.js';
import type { FileOps, OpenFile } from '../model/files.js';
import { remedyFor } from '../model/fileTrouble.js';

/**
 * File operations whose refusals say where and what to do: Node's own errors become SinkErrors, anything else passes.
 *
 * Why no StateError: that says that saved state is damaged, and damaged state is set aside. A disk that refuses has damaged nothing.
 */
export const withFileTrouble = (files: FileOps): FileOps => {
  const told = async <T>(path: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      const code = errnoCode(error);
      if (code === undefined) throw error;
      throw new SinkError(`${path}: the file system refuses (${code})`, { remedy: remedyFor(code), cause: error });
    }
  };
  const toldFile = (path: string, file: OpenFile): OpenFile => ({
    write: (bytes) => told(path, () => file.write(bytes)),
    read: (position, length, into) => told(path, () => file.read(position, length, into)),
    truncate: (length) => told(path, () => file.truncate(length)),
    sync: () => told(path, () => file.sync()),
    dataSync: () => told(path, () => file.dataSync()),
    size: () => told(path, () => file.size()),
    close: () => told(path, () => file.close()),
  });
  return {
    open: async (path, mode) => toldFile(path, await told(path, () => files.open(path, mode))),
    readFile: (path) => told(path, () => files.readFile(path)),
    makeFolder: (path) => told(path, () => files.makeFolder(path)),
    rename: (from, to) => told(from, () => files.rename(from, to)),
    link: (from, to) => told(to, () => files.link(from, to)),
    unlink: (path) => told(path, () => files.unlink(path)),
    removeFolder: (path) => told(path, () => files.removeFolder(path)),
    syncFolder: (path) => told(path, () => files.syncFolder(path)),
    list: (path) => told(path, () => files.list(path)),
    look: (path) => told(path, () => files.look(path)),
    realPath: (path) => told(path, () => files.realPath(path)),
  };
};
