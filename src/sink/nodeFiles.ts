import { constants, readSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import { dirname } from 'node:path';
import { errnoCode } from '../model/errnoCode.js';
import type { FileFacts, FileOps, OpenFile, OpenMode } from '../model/files.js';

/** Who may read what is written. */
export interface Modes {
  /** Permission bits of files. */
  readonly fileMode: number;
  /** Permission bits of folders. */
  readonly dirMode: number;
  /**
   * Reads hold the thread up instead of going through another. For threads that have nothing else to do.
   * Why: what was just written is in memory, and handing a read to a thread pool and back costs three times the read.
   */
  readonly readsBlock?: boolean;
}

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDONLY, O_RDWR } = constants;

/** Whatever is written is not written through a symbolic link. */
const FLAGS: Readonly<Record<OpenMode, number>> = {
  read: O_RDONLY,
  create: O_CREAT | O_EXCL | O_RDWR | O_NOFOLLOW,
  update: O_RDWR | O_NOFOLLOW,
};

const PERMISSIONS = 0o7777;

/** A file by its descriptor. Invariant: after an error of `sync` the kernel may have dropped the bytes, so a second `sync` fails too. */
class NodeFile implements OpenFile {
  readonly #handle: fs.FileHandle;
  readonly #readsBlock: boolean;
  #lost: Error | undefined;

  constructor(handle: fs.FileHandle, readsBlock: boolean) {
    this.#handle = handle;
    this.#readsBlock = readsBlock;
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await this.#handle.write(bytes, at, bytes.length - at, null);
      at += bytesWritten;
    }
  }

  async read(position: number, length: number, into?: ArrayBuffer): Promise<Uint8Array<ArrayBuffer>> {
    const buffer = into !== undefined && into.byteLength >= length ? new Uint8Array(into, 0, length) : new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const bytesRead = this.#readsBlock
        ? readSync(this.#handle.fd, buffer, filled, length - filled, position + filled)
        : (await this.#handle.read(buffer, filled, length - filled, position + filled)).bytesRead;
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return buffer.subarray(0, filled);
  }

  truncate(length: number): Promise<void> {
    return this.#handle.truncate(length);
  }

  sync(): Promise<void> {
    return this.#durable(() => this.#handle.sync());
  }

  dataSync(): Promise<void> {
    return this.#durable(() => this.#handle.datasync());
  }

  async size(): Promise<number> {
    return (await this.#handle.stat()).size;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  async #durable(sync: () => Promise<void>): Promise<void> {
    if (this.#lost !== undefined) throw this.#lost;
    try {
      await sync();
    } catch (error) {
      if (error instanceof Error) this.#lost = error;
      throw error;
    }
  }
}

const kindOf = (stats: { isFile(): boolean; isDirectory(): boolean; isSymbolicLink(): boolean }): FileFacts['kind'] =>
  stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : stats.isSymbolicLink() ? 'symlink' : 'other';

const orIfAbsent = async <T>(work: Promise<T>, fallback: T): Promise<T> => {
  try {
    return await work;
  } catch (error) {
    if (errnoCode(error) === 'ENOENT') return fallback;
    throw error;
  }
};

const syncFolder = async (path: string): Promise<void> => {
  const handle = await fs.open(path, O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** Makes folders durable in their parents, once a process. */
class FolderMaker {
  readonly #dirMode: number;
  readonly #durable = new Set<string>();

  constructor(dirMode: number) {
    this.#dirMode = dirMode;
  }

  async make(path: string): Promise<void> {
    if (await this.#isThere(path)) return this.#adopt(path);
    const parent = dirname(path);
    await this.make(parent);
    try {
      await fs.mkdir(path, { mode: this.#dirMode });
    } catch (error) {
      if (errnoCode(error) !== 'EEXIST' || !(await this.#isThere(path))) throw error;
    }
    if (((await fs.stat(path)).mode & PERMISSIONS) !== this.#dirMode) await fs.chmod(path, this.#dirMode);
    await syncFolder(parent);
    this.#durable.add(path);
  }

  forget(path: string): void {
    this.#durable.delete(path);
  }

  async #isThere(path: string): Promise<boolean> {
    const stats = await orIfAbsent(fs.stat(path), undefined);
    if (stats === undefined || stats.isDirectory()) return stats !== undefined;
    throw Object.assign(new Error(`ENOTDIR: not a directory, '${path}'`), { code: 'ENOTDIR' });
  }

  /** A run that was killed may have made the folder and not got to its parent's fsync. */
  async #adopt(path: string): Promise<void> {
    if (this.#durable.has(path)) return;
    try {
      await syncFolder(dirname(path));
    } catch (error) {
      // A parent that we may not even open is one in which we made nothing.
      if (!['EACCES', 'EPERM', 'EROFS', 'EINVAL'].includes(errnoCode(error) ?? '')) throw error;
    }
    this.#durable.add(path);
  }
}

const create = async (path: string, fileMode: number): Promise<fs.FileHandle> => {
  const handle = await fs.open(path, FLAGS.create, fileMode);
  try {
    // The umask takes bits away at creation.
    if (((await handle.stat()).mode & PERMISSIONS) !== fileMode) await handle.chmod(fileMode);
    return handle;
  } catch (error) {
    await handle.close();
    await fs.unlink(path);
    throw error;
  }
};

/** File operations on the real file system; modes are applied whatever the umask. */
export const createNodeFiles = ({ fileMode, dirMode, readsBlock = false }: Modes): FileOps => {
  const folders = new FolderMaker(dirMode);
  return {
    open: async (path, mode) => new NodeFile(mode === 'create' ? await create(path, fileMode) : await fs.open(path, FLAGS[mode]), readsBlock),
    readFile: async (path) => new Uint8Array(await fs.readFile(path)),
    makeFolder: (path) => folders.make(path),
    rename: (from, to) => fs.rename(from, to),
    link: (from, to) => fs.link(from, to),
    unlink: (path) => fs.unlink(path),
    removeFolder: async (path) => {
      await fs.rmdir(path);
      folders.forget(path);
    },
    syncFolder,
    list: async (path) => (await orIfAbsent(fs.readdir(path), [])).sort(),
    look: async (path) => {
      const stats = await orIfAbsent(fs.lstat(path), undefined);
      return stats === undefined
        ? undefined
        : { kind: kindOf(stats), size: stats.size, modifiedMs: stats.mtimeMs, mode: stats.mode & PERMISSIONS, inode: stats.ino };
    },
    realPath: (path) => fs.realpath(path),
  };
};
